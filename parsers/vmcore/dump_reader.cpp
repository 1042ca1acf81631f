#include "parsers/vmcore/dump_reader.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <system_error>

#include "parsers/vmcore/dump_message.h"

namespace stallsight {

namespace {

using namespace std::chrono_literals;

// One answer is a few pages; a process that takes longer is caught in a loop.
constexpr auto longest_wait = 20s;
constexpr std::uint64_t memory_of_process = 1ULL << 30U;  // beside what it is forked with
constexpr std::uint64_t longest_message = 64ULL << 20U;

enum Request : std::uint64_t { read_memory, find_vmcoreinfo_page, use_vmcoreinfo_text };

std::string errno_text() {
    return std::generic_category().message(errno);
}

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

bool send_message(int socket, std::string_view message) {
    const std::uint64_t size = message.size();
    return send_all(socket, {reinterpret_cast<const char*>(&size), sizeof size}) && send_all(socket, message);
}

// Whether all of `out` came; `wait` says whether to go on waiting.
template <class Wait>
bool receive_all(int socket, std::span<char> out, const Wait& wait) {
    while (!out.empty()) {
        if (!wait()) return false;
        const ssize_t n = ::recv(socket, out.data(), out.size(), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        out = out.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

template <class Wait>
std::optional<std::string> receive_message(int socket, const Wait& wait) {
    std::uint64_t size = 0;
    if (!receive_all(socket, {reinterpret_cast<char*>(&size), sizeof size}, wait) || size > longest_message)
        return {};
    std::string message(size, '\0');
    if (!receive_all(socket, message, wait)) return {};
    return message;
}

// --- in the process ---

std::string answer(KdumpFile& file, std::string_view request) {
    MessageReader in(request);
    MessageWriter out;
    switch (in.number()) {
        case read_memory: {
            const auto space = static_cast<AddressSpace>(in.number());
            const std::uint64_t address = in.number();
            std::string bytes(std::min<std::uint64_t>(in.number(), DumpReader::most_bytes), '\0');
            const bool done = file.read(space, address, std::as_writable_bytes(std::span(bytes)));
            out.number(done ? 1 : 0);
            out.text(done ? bytes : file.failure());
            break;
        }
        case find_vmcoreinfo_page: {
            std::optional<std::uint64_t> page = in.number();
            const std::string text = file.find_vmcoreinfo(page, in.number());
            out.text(text);
            out.number(page ? 1 : 0);
            out.number(page.value_or(0));
            break;
        }
        case use_vmcoreinfo_text:
            file.use_vmcoreinfo(in.text());
            break;
        default:
            break;
    }
    return out.bytes();
}

void limit_process() {
    // The parent's handlers are not for this process's crashes.
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM})
        std::signal(signal, SIG_DFL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const std::uint64_t most = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) + memory_of_process;
    const rlimit memory{most, most};
    ::setrlimit(RLIMIT_AS, &memory);
}

[[noreturn]] void serve(int socket, std::span<const int> descriptors, const DumpLayout& layout) {
    limit_process();
    auto file = KdumpFile::open(descriptors, layout);
    MessageWriter first;
    first.number(file ? 1 : 0);
    if (file)
        write_facts(first, file->facts());
    else
        first.text(file.error());
    bool going = send_message(socket, first.bytes()) && file.has_value();
    while (going) {
        const auto request = receive_message(socket, [] { return true; });
        going = request && send_message(socket, answer(*file, *request));
    }
    ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<DumpReader>> DumpReader::start(const std::string& name, std::vector<int> descriptors,
                                                      const DumpLayout& layout) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail(errno_text(), name);
    const pid_t process = ::fork();
    if (process < 0) {
        const std::string why = errno_text();
        ::close(ends[0]);
        ::close(ends[1]);
        return fail(why, name);
    }
    if (process == 0) {
        ::close(ends[0]);
        serve(ends[1], descriptors, layout);
    }
    ::close(ends[1]);
    std::unique_ptr<DumpReader> reader(new DumpReader(process, ends[0]));
    const auto first = reader->receive();
    if (!first) return fail(reader->failure_, name);
    MessageReader in(*first);
    if (in.number() == 0) return fail(in.text(), name);
    reader->facts_ = read_facts(in);
    return reader;
}

DumpReader::~DumpReader() {
    give_up({});
}

void DumpReader::give_up(const std::string& why) {
    failure_ = why;
    if (socket_ < 0) return;
    ::close(std::exchange(socket_, -1));
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::optional<std::string> DumpReader::receive() {
    const auto end = std::chrono::steady_clock::now() + longest_wait;
    bool late = false;
    const auto wait = [&] {
        while (true) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
            late = left <= 0ms;
            if (late) return false;
            pollfd ready{socket_, POLLIN, 0};
            const int n = ::poll(&ready, 1, static_cast<int>(left.count()));
            if (n > 0) return true;
            if (n < 0 && errno != EINTR) return false;
        }
    };
    auto message = receive_message(socket_, wait);
    if (!message)
        give_up(late ? "the dump is damaged: libkdumpfile does not come to an end with it"
                     : "the dump is damaged: libkdumpfile crashed on it");
    return message;
}

std::optional<std::string> DumpReader::ask(const std::string& request) {
    if (socket_ < 0) return {};
    send_message(socket_, request);  // where nobody listens any more, there is no answer
    return receive();
}

bool DumpReader::read(AddressSpace space, std::uint64_t address, std::span<std::byte> out) {
    while (!out.empty()) {
        const std::size_t part = std::min(out.size(), most_bytes);
        MessageWriter request;
        request.number(read_memory);
        request.number(static_cast<std::uint64_t>(space));
        request.number(address);
        request.number(part);
        const auto answer = ask(request.bytes());
        if (!answer) return false;
        MessageReader in(*answer);
        const bool done = in.number() != 0;
        const std::string bytes = in.text();
        if (!done || bytes.size() != part) {
            failure_ = bytes;
            return false;
        }
        std::memcpy(out.data(), bytes.data(), part);
        address += part;
        out = out.subspan(part);
    }
    return true;
}

std::string DumpReader::find_vmcoreinfo(std::optional<std::uint64_t>& page, std::uint64_t count) {
    MessageWriter request;
    request.number(find_vmcoreinfo_page);
    request.number(page.value_or(0));
    request.number(count);
    page.reset();
    const auto answer = ask(request.bytes());
    if (!answer) return {};
    MessageReader in(*answer);
    std::string text = in.text();
    if (in.number() != 0) page = in.number();
    return text;
}

void DumpReader::use_vmcoreinfo(const std::string& text) {
    MessageWriter request;
    request.number(use_vmcoreinfo_text);
    request.text(text);
    ask(request.bytes());
}

}  // namespace stallsight
