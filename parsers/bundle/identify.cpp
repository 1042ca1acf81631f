// What a file is: by its bytes first and its name second.
#include <algorithm>
#include <array>
#include <cctype>

#include "parsers/bundle/archive.h"
#include "parsers/bundle/bundle.h"
#include "parsers/vmcore/crash_rows.h"
#include "parsers/vmcore/debugger_text.h"
#include "parsers/vmcore/terminal_line.h"

namespace stallsight {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t sample_bytes = std::size_t{256} * 1024;

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> suffixes) {
    return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view s) { return path.ends_with(s); });
}

template <class Visit>
bool any_line(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (visit(text.substr(0, end))) return true;
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return false;
}

bool is_elf_core(std::string_view bytes) {
    constexpr int core_type = 4;  // ET_CORE
    if (bytes.size() < 18) return false;
    const bool big = bytes[5] == 2;
    return bytes[big ? 17 : 16] == core_type && bytes[big ? 16 : 17] == 0;
}

// A serial capture has stray NULs and escapes; a binary has them everywhere. What is packed or encrypted has nearly
// a tenth of control characters, and half of its bytes are no ASCII.
bool is_binary(std::string_view sample) {
    if (sample.starts_with("\xff\xfe"sv) || sample.starts_with("\xfe\xff"sv)) return false;
    std::size_t odd = 0, beyond_ascii = 0;
    for (const char c : sample) {
        const auto u = static_cast<unsigned char>(c);
        odd += u < 32 && "\n\r\t\b\x1b\f\a"sv.find(c) == std::string_view::npos ? 1 : 0;
        beyond_ascii += u >= 128 ? 1 : 0;
    }
    return odd * 10 > sample.size() || (odd * 20 > sample.size() && beyond_ascii * 3 > sample.size());
}

bool looks_like_patch(std::string_view sample) {
    return sample.starts_with("diff --git ") || sample.starts_with("--- ") ||
           (sample.find("\n@@ -"sv) != sample.npos && sample.find("\n+++ "sv) != sample.npos);
}

// Calls visit(line) with what a terminal showed of each line, until it says yes: script(1) saves the codes around a
// prompt, too.
template <class Visit>
bool any_shown_line(std::string_view text, Visit visit) {
    return any_line(text, [&](std::string_view line) {
        return has_terminal_codes(line) ? visit(std::string_view(shown_by_terminal(line))) : visit(line);
    });
}

bool looks_like_crash(std::string_view sample) {
    return any_shown_line(sample, [](std::string_view line) {
        if (crash_command(line)) return true;
        line.remove_prefix(std::min(line.find_first_not_of(" >"sv), line.size()));
        return line.starts_with("PID: "sv) && line.find(" TASK: "sv) != line.npos &&
               line.find(" COMMAND: "sv) != line.npos;
    });
}

bool looks_like_config(std::string_view sample) {
    std::size_t options = 0;
    std::size_t others = 0;
    any_line(sample, [&](std::string_view line) {
        if (line.starts_with("CONFIG_"sv) || (line.starts_with("# CONFIG_"sv)))
            ++options;
        else if (!line.empty() && line[0] != '#')
            ++others;
        return false;
    });
    return options > 10 && options > others * 10;
}

bool looks_like_system_map(std::string_view sample) {
    std::size_t symbols = 0;
    std::size_t lines = 0;
    any_line(sample, [&](std::string_view line) {
        const std::size_t blank = line.find(' ');
        const bool hex = (blank == 8 || blank == 16) && line.size() > blank + 3 && line[blank + 2] == ' ' &&
                         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(blank),
                                     [](unsigned char c) { return std::isxdigit(c) != 0; });
        symbols += hex ? 1 : 0;
        return ++lines >= 20;
    });
    return symbols >= 10 && symbols * 10 >= lines * 9;
}

// "[   12.345678] " anywhere near the front of a line: what every way to keep a kernel log has in common.
bool has_kernel_time(std::string_view line) {
    for (std::size_t open = line.find('['); open != line.npos && open < 120; open = line.find('[', open + 1)) {
        std::size_t i = open + 1;
        while (i < line.size() && line[i] == ' ') ++i;
        const std::size_t first = i;
        while (i < line.size() && std::isdigit(static_cast<unsigned char>(line[i])) != 0) ++i;
        if (i == first || i + 7 >= line.size() || line[i] != '.') continue;
        const std::string_view fraction = line.substr(i + 1, 6);
        if (std::all_of(fraction.begin(), fraction.end(), [](unsigned char c) { return std::isdigit(c) != 0; }) &&
            line[i + 7] == ']')
            return true;
    }
    return false;
}

bool looks_like_kernel_log(std::string_view sample) {
    static constexpr std::array words = {"Call Trace:"sv,
                                         "Kernel panic"sv,
                                         "BUG: "sv,
                                         "rcu: INFO: "sv,
                                         "INFO: rcu"sv,
                                         "WARNING: "sv,
                                         "Linux version "sv,
                                         " kernel: "sv,
                                         "blocked for more than"sv,
                                         "Oops"sv,
                                         "cut here"sv,
                                         "_TRANSPORT=kernel"sv,
                                         "SYSLOG_IDENTIFIER"sv,
                                         "Modules linked in:"sv};
    if (std::any_of(words.begin(), words.end(), [&](auto w) { return sample.find(w) != sample.npos; })) return true;
    return any_line(sample, has_kernel_time);
}

// drgn's and gdb's back traces: a prompt, or "#0 ..." as only they print it.
bool looks_like_debugger(std::string_view sample) {
    const bool printed = any_shown_line(sample, [](std::string_view line) {
        if (debugger_command(line)) return true;
        if (!line.starts_with("#0  "sv)) return false;
        const bool source = line.ends_with(')') && line.find(" ("sv) != line.npos && line.find(':') != line.npos;
        return source || (line.find(" in "sv) != line.npos && line.find(") at "sv) != line.npos);
    });
    return printed && !any_line(sample, has_kernel_time);
}

ArtifactKind identify_text(std::string_view path, std::string_view bytes) {
    const std::string_view head = bytes.substr(0, sample_bytes);
    if (ends_with_any(path, {".c", ".h", ".S", ".cpp", ".rs"})) return ArtifactKind::source;
    if (ends_with_any(path, {".md", ".rst", ".html", ".json"}) && !head.starts_with("{\n   \"dmesg\""))
        return ArtifactKind::status_text;
    if (looks_like_patch(head)) return ArtifactKind::patch;
    if (looks_like_crash(head)) return ArtifactKind::crash_text;
    if (looks_like_debugger(head)) return ArtifactKind::crash_text;
    if (looks_like_config(head)) return ArtifactKind::kernel_config;
    if (looks_like_system_map(head)) return ArtifactKind::system_map;
    if (head.starts_with("\xff\xfe"sv) || head.starts_with("\xfe\xff"sv)) return ArtifactKind::kernel_log;
    if (looks_like_kernel_log(head)) return ArtifactKind::kernel_log;
    // A long boot of user-space chatter may come before the kernel's first word.
    if (bytes.size() > sample_bytes && looks_like_kernel_log(bytes.substr(bytes.size() - sample_bytes)))
        return ArtifactKind::kernel_log;
    return ArtifactKind::status_text;
}

}  // namespace

std::string_view name_of(ArtifactKind kind) {
    static constexpr std::array names = {"kernel_log"sv, "crash_text"sv, "patch"sv,       "debug_info"sv,
                                         "vmcore"sv,     "source"sv,     "status_text"sv, "kernel_config"sv,
                                         "system_map"sv, "binary"sv,     "empty"sv};
    return names.at(static_cast<std::size_t>(kind));
}

bool is_packed_debug_file(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    if (dot == std::string_view::npos || !ends_with_any(path, {".xz", ".zst", ".gz", ".bz2", ".lz4"})) return false;
    const std::string_view name = path.substr(path.rfind('/') + 1, dot - path.rfind('/') - 1);
    const bool versioned = name.starts_with("vmlinux-") && name.size() > 8 && name[8] >= '0' && name[8] <= '9';
    return name == "vmlinux" || (versioned && !name.ends_with(".tar")) || name.ends_with(".ko");
}

ArtifactKind identify(std::string_view path, std::string_view bytes) {
    if (bytes.empty()) return ArtifactKind::empty;
    if (is_packed_debug_file(path) && is_packed(bytes)) return ArtifactKind::debug_info;
    if (bytes.starts_with("\x7f"
                          "ELF"sv))
        return is_elf_core(bytes) ? ArtifactKind::vmcore : ArtifactKind::debug_info;
    if (bytes.starts_with("KDUMP   "sv) || bytes.starts_with("DISKDUMP"sv) || bytes.starts_with("makedumpfile"sv))
        return ArtifactKind::vmcore;
    if (is_binary(bytes.substr(0, sample_bytes))) return ArtifactKind::binary;
    return identify_text(path, bytes);
}

}  // namespace stallsight
