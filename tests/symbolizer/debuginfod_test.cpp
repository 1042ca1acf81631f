// Debug info from a debuginfod server on this machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "symbolizer/debuginfod.h"
#include "tests/symbolizer/toolchain.h"

namespace stallsight {
namespace {

namespace fs = std::filesystem;
using namespace test;

// A port that nobody listens on: the system chooses one, and it is free again for the server.
int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
    ::close(socket);
    return bound ? ntohs(address.sin_port) : 0;
}

class Server {
public:
    Server(const fs::path& folder, int port) : pid_(::fork()) {
        if (pid_ != 0) return;
        ::execlp("debuginfod", "debuginfod", "-d", ":memory:", "-p", std::to_string(port).c_str(), "-F",
                 folder.c_str(), nullptr);
        ::_exit(127);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }

private:
    pid_t pid_;
};

class DebuginfodTest : public testing::Test {
protected:
    void SetUp() override {
        if (!installed("debuginfod")) GTEST_SKIP() << "no debuginfod";
        fs::copy_file(kernel, folder.path() / "kernel");
        Symbolizer reader;
        id = reader.add("vmlinux", *Bytes::map_file(kernel))->build_id;
        port = free_port();
        ASSERT_NE(port, 0);
        server.emplace(folder.path(), port);
        ::setenv("DEBUGINFOD_URLS", ("http://127.0.0.1:" + std::to_string(port)).c_str(), 1);
    }
    void TearDown() override {
        ::unsetenv("DEBUGINFOD_URLS");
        ::unsetenv("DEBUGINFOD_CACHE_PATH");
    }

    // The server needs a moment to find its files; the client remembers for ten minutes what was not there.
    std::optional<Resolution> ask(const Progress* progress, const CodePlace& place,
                                  std::chrono::seconds patience = std::chrono::seconds(0)) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        for (;;) {
            ::setenv("DEBUGINFOD_CACHE_PATH", (folder.path() / ("cache" + std::to_string(++caches))).c_str(), 1);
            const Symbolizer symbolizer(progress);
            if (auto answer = symbolizer.resolve(place)) return answer;
            if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        }
    }

    CodePlace caller() const {
        CodePlace place;
        place.function = "caller";
        place.offset = 1;
        place.build_id = id;
        return place;
    }

    const std::string kernel = std::string(STALLSIGHT_BIN_DIR) + "/test_kernel";
    TemporaryFolder folder;
    std::string id;
    static constexpr std::chrono::seconds server_start{60};  // a busy machine included
    int port = 0, caches = 0;
    std::optional<Server> server;
};

TEST_F(DebuginfodTest, BringsWhatTheLogNamesByBuildId) {
    const auto answer = ask(nullptr, caller(), server_start);
    ASSERT_TRUE(answer);
    EXPECT_THAT(answer->places.back().file, testing::EndsWith("main.cxx"));
    EXPECT_EQ(answer->doubt, "");
}

TEST_F(DebuginfodTest, WhatNoServerHasIsSaidOnce) {
    ASSERT_TRUE(ask(nullptr, caller(), server_start));
    Symbolizer symbolizer;
    EXPECT_TRUE(symbolizer.resolve(caller()));
    EXPECT_THAT(symbolizer.take_errors(), testing::IsEmpty());
    CodePlace unknown = caller();
    unknown.build_id = std::string(40, 'a');
    EXPECT_TRUE(symbolizer.resolve(unknown)->other_build) << "by what was at hand";
    const auto errors = symbolizer.take_errors();
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].text(),
              "debuginfod, build-id " + unknown.build_id + ": no server of DEBUGINFOD_URLS has it");
}

TEST_F(DebuginfodTest, StopsWhenToldTo) {
    ASSERT_TRUE(ask(nullptr, caller(), server_start));
    Progress progress;
    progress.cancelled = true;
    int told = 0;
    progress.report = [&](const std::string&, double) { ++told; };
    EXPECT_FALSE(ask(&progress, caller()));
    EXPECT_GT(told, 0);
    progress.cancelled = false;
    EXPECT_TRUE(ask(&progress, caller()));
}

TEST_F(DebuginfodTest, IsNotAskedUnlessTheUserHasNamedIt) {
    ASSERT_TRUE(ask(nullptr, caller(), server_start));
    ::unsetenv("DEBUGINFOD_URLS");
    EXPECT_FALSE(ask(nullptr, caller()));
    EXPECT_EQ(Debuginfod(nullptr).find(id, Debuginfod::What::debuginfo).error().what, "");
}

}  // namespace
}  // namespace stallsight
