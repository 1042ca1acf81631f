// The program, killed at any moment of an edit: every note that it had finished is found again.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <sstream>

#include "tests/support/process.h"

namespace stallsight::test {
namespace {

// A shell that writes note after note with the program, each a number, and says which ones are finished.
pid_t start_writer(const std::string& log, const std::string& said) {
    const std::string program = STALLSIGHT_BIN_DIR "/stallsight";
    const std::string script = "i=0; while :; do " + program + " note " + quoted(log) + " --at " +
                               quoted(std::filesystem::path(log).filename().string() + ":1") +
                               " \"$i\" && echo $i; i=$((i+1)); done >" + quoted(said) + " 2>&1";
    const pid_t child = ::fork();
    if (child == 0) {
        ::setpgid(0, 0);
        ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    ::setpgid(child, child);
    return child;
}

int finished_notes(const std::string& said) {
    std::istringstream lines(slurp(said));
    int finished = 0;
    for (std::string line; std::getline(lines, line);) {
        EXPECT_EQ(line, std::to_string(finished));
        ++finished;
    }
    return finished;
}

// How long the writer takes for a few notes here and now: a machine may be slow, or have other work.
std::chrono::microseconds time_of_notes(int notes) {
    const TemporaryFolder folder;
    const std::string log = folder.file("kern.log", "[    1.000000] one\n");
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < notes; ++i) EXPECT_EQ(stallsight("note " + quoted(log) + " --at kern.log:1 one").status, 0);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
}

TEST(KilledProgram, LosesNoFinishedNote) {
    std::mt19937 random(7);
    std::uniform_int_distribution<std::int64_t> microseconds(0, time_of_notes(5).count());
    int finished_in_all = 0;
    for (int moment = 0; moment < 200; ++moment) {
        const TemporaryFolder folder;
        const std::string log = folder.file("kern.log", "[    1.000000] one\n[    2.000000] two\n");
        const std::string said = (folder.path() / "said").string();
        const pid_t writer = start_writer(log, said);
        ASSERT_GT(writer, 0);
        ::usleep(static_cast<useconds_t>(microseconds(random)));
        ::kill(-writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        const int finished = finished_notes(said);
        finished_in_all += finished;

        const std::string listed = stallsight("note " + quoted(log)).out;
        for (int i = 0; i < finished; ++i)
            EXPECT_NE(listed.find("  " + std::to_string(i) + "\n"), std::string::npos)
                << "note " << i << " is lost";
        EXPECT_EQ(stallsight("note " + quoted(log) + " --at kern.log:2 later").status, 0)
            << "what the killed one left behind is in the way";
    }
    EXPECT_GT(finished_in_all, 50) << "the program was killed before it could do anything";
}

}  // namespace
}  // namespace stallsight::test
