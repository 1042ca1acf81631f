// The same log in another form has the same reports, and names changed everywhere change nothing but themselves:
// metamorphic tests over the corpus of known reports beside the checkout. Without it they skip.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <regex>
#include <set>

#include "analysis/guilty/guilty.h"
#include "analysis/guilty/rules.h"
#include "base/bytes.h"
#include "parsers/bundle/archive.h"
#include "parsers/reports/scan.h"
#include "parsers/text.h"

namespace stallsight {
namespace {

using Logs = std::map<std::string, std::string>;

constexpr std::size_t every = 3;  // log of the corpus is taken, so that a test takes seconds

const Logs& corpus() {
    static const Logs logs = [] {
        Logs out;
        const std::string path = STALLSIGHT_SOURCE_DIR "/../shared/corpus/kernel-reports/logs.tar.xz";
        const auto bytes = Bytes::map_file(path);
        if (!bytes) return out;
        std::vector<Error> problems;
        std::uint64_t unpacked = 0;
        std::size_t number = 0;
        read_archive(
            path, bytes->view(), {}, unpacked, {},
            [&](const ArchiveMember& member) {
                if (member.path.ends_with(".log") && number++ % every == 0)
                    out[member.path] = std::string(member.bytes.view());
            },
            problems);
        return out;
    }();
    return logs;
}

// What must not change: kind and guilty function of each report. Copies of a report are known by their microsecond,
// which not every form has: equal neighbours count once.
using Answer = std::vector<std::pair<EventKind, std::string>>;

Answer answer(std::string_view log) {
    Answer out;
    for (const Event& event : scan_log(log).events) out.emplace_back(event.kind, find_guilty(event).function);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

// A line "[   12.345678] message" in parts.
struct Stamped {
    std::string stamp;  // "[   12.345678]"
    std::string message;
};

std::optional<Stamped> stamped(const std::string& line) {
    static const std::regex form(R"(^(?:<\d>)?(\[ *\d+\.\d{6}\])(?!\[ *[TC]\d) ?(.*)$)");
    std::smatch match;
    if (!std::regex_match(line, match, form)) return std::nullopt;
    return Stamped{match[1], match[2]};
}

std::vector<std::string> lines_of(const std::string& log) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < log.size();) {
        const std::size_t end = std::min(log.find('\n', at), log.size());
        out.push_back(log.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

std::string with_each_line(const std::string& log, const std::function<std::string(const Stamped&)>& write) {
    std::string out;
    for (const std::string& line : lines_of(log)) {
        const auto parts = stamped(line);
        out += (parts ? write(*parts) : line) + "\n";
    }
    return out;
}

// Logs of stamped lines without caller tags: only those can be told anew in every form.
bool is_plain(const std::string& log) {
    const auto lines = lines_of(log);
    return !lines.empty() && std::all_of(lines.begin(), lines.end(),
                                         [](const std::string& line) { return stamped(line).has_value(); });
}

struct Form {
    const char* name;
    std::function<std::string(const Stamped&)> write;
};

const std::vector<Form>& forms() {
    static const std::vector<Form> all = {
        {"dmesg -T", [](const Stamped& s) { return "[Mon Nov 23 04:00:00 2026] " + s.message; }},
        {"syslog", [](const Stamped& s) { return "Nov 23 04:00:00 nt-a kernel: " + s.stamp + " " + s.message; }},
        {"journal short", [](const Stamped& s) { return "Nov 23 04:00:00 nt-a kernel: " + s.message; }},
        {"RFC 3339",
         [](const Stamped& s) {
             return "2026-11-23T04:00:00.000001+00:00 nt-a kernel: " + s.stamp + " " + s.message;
         }},
        {"levels", [](const Stamped& s) { return "<4>" + s.stamp + " " + s.message; }},
        {"CRLF", [](const Stamped& s) { return s.stamp + " " + s.message + "\r"; }},
        {"one caller", [](const Stamped& s) { return s.stamp + "[  T123] " + s.message; }},
        {"no stamps", [](const Stamped& s) { return s.message; }},
    };
    return all;
}

TEST(Variants, AnotherFormOfTheLogHasTheSameReports) {
    if (corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    std::size_t plain = 0;
    for (const auto& [name, log] : corpus()) {
        if (!is_plain(log)) continue;
        ++plain;
        const Answer expected = answer(log);
        for (const Form& form : forms()) {
            const bool contradicts = form.name == std::string("one caller") && expected.size() > 1;
            if (contradicts) continue;
            EXPECT_EQ(answer(with_each_line(log, form.write)), expected) << name << " as " << form.name;
        }
    }
    EXPECT_GT(plain, 30U);
}

// Names that neither a rule nor a dispatcher knows, in the frames of a log's reports.
std::set<std::string> own_names(std::string_view log) {
    std::set<std::string> out;
    const auto note = [&](const std::string& function) {
        const std::string name(without_suffix(function));
        const bool plain = std::all_of(name.begin(), name.end(), is_symbol) && name.size() > 3;
        if (plain && rule_for(name) == nullptr && !is_dispatcher(name) && !waits_for_cpus(name)) out.insert(name);
    };
    for (const Event& event : scan_log(log).events) {
        for (const Section& section : event.sections)
            for (const Frame& frame : section.frames) note(frame.function);
        note(find_guilty(event).function);
    }
    return out;
}

std::string renamed(const std::string& name) {
    return "zq" + name;
}

// Each whole word of `names` becomes renamed(word).
std::string with_names_changed(const std::string& log, const std::set<std::string>& names) {
    std::string out;
    for (std::size_t at = 0; at < log.size();) {
        std::size_t end = at;
        while (end < log.size() && (is_alpha(log[end]) || is_digit(log[end]) || log[end] == '_')) ++end;
        const std::string word = log.substr(at, std::max<std::size_t>(end - at, 1));
        out += names.contains(word) ? renamed(word) : word;
        at += word.size();
    }
    return out;
}

TEST(Variants, NamesThatNoRuleKnowsDecideNothing) {
    if (corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    for (const auto& [name, log] : corpus()) {
        const auto names = own_names(log);
        Answer expected = answer(log);
        for (auto& [kind, function] : expected)
            if (names.contains(function)) function = renamed(function);
        EXPECT_EQ(answer(with_names_changed(log, names)), expected) << name;
    }
}

}  // namespace
}  // namespace stallsight
