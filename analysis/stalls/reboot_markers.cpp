#include "analysis/stalls/reboot_markers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "parsers/records/record.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20U;  // of each log: the offset does not need more
constexpr std::size_t most_markers = 1000;

// What a line that holds `text` says of another kernel. Its clock begins to count in start_kernel(), some time
// after the processor was let go: boot loaders take seconds.
struct Text {
    std::string_view text, and_then;  // both in the line, in this order
    bool ends;
    std::optional<Window> starts;  // seconds from the line on
    bool weak;
    std::string_view source;  // Linux 6.1
};
constexpr Window let_go{-1, 10}, about_to_be_let_go{0, 30}, announced{-120, 0};
constexpr std::array texts = {
    Text{"remote processor ", " is now up", false, let_go, false,
         "drivers/remoteproc/remoteproc_core.c: rproc_start()"},
    Text{"Booting fw image ", ", size ", false, about_to_be_let_go, false,
         "drivers/remoteproc/remoteproc_core.c: rproc_fw_boot()"},
    Text{"powering up ", "", false, about_to_be_let_go, false,
         "drivers/remoteproc/remoteproc_core.c: rproc_boot()"},
    Text{"crash detected in ",
         ": type ",
         true,
         {},
         false,
         "drivers/remoteproc/remoteproc_core.c: rproc_report_crash()"},
    Text{"handling crash #",
         " in ",
         true,
         {},
         false,
         "drivers/remoteproc/remoteproc_core.c: rproc_crash_handler_work()"},
    Text{"stopped remote processor ", "", true, {}, false, "drivers/remoteproc/remoteproc_core.c: rproc_stop()"},
    Text{"destroying channel ", " addr 0x", true, {}, true, "drivers/rpmsg/rpmsg_ns.c: rpmsg_ns_cb()"},
    Text{"creating channel ", " addr 0x", false, announced, true, "drivers/rpmsg/rpmsg_ns.c: rpmsg_ns_cb()"},
};

// Beside a core's name, in the lines of boards' own drivers and managers: "nt-b: watchdog reset", "rebooting nt-b".
struct Verb {
    std::string_view word;
    bool ends;
    std::optional<Window> starts;
    bool weak;
};
constexpr Window starts_again{0, 60};
constexpr std::array verbs = {
    Verb{"reset", true, starts_again, false},
    Verb{"resetting", true, starts_again, false},
    Verb{"reboot", true, starts_again, false},
    Verb{"rebooted", true, starts_again, false},
    Verb{"rebooting", true, starts_again, false},
    Verb{"reboots", true, starts_again, false},
    Verb{"restart", true, starts_again, false},
    Verb{"restarted", true, starts_again, false},
    Verb{"restarting", true, starts_again, false},
    Verb{"crashed", true, {}, false},
    Verb{"died", true, {}, false},
    Verb{"lost", true, {}, false},
    Verb{"stopped", true, {}, false},
    Verb{"halted", true, {}, false},
    Verb{"down", true, {}, false},
    Verb{"off", true, {}, false},
    Verb{"booting", false, starts_again, false},
    Verb{"started", false, let_go, false},
    Verb{"starting", false, starts_again, false},
    Verb{"up", false, announced, true},
    Verb{"alive", false, announced, true},
    Verb{"online", false, announced, true},
};
// What may stand between the name and the verb.
constexpr std::array between_words = {
    std::string_view("board"), std::string_view("core"),     std::string_view("cpu"),   std::string_view("is"),
    std::string_view("was"),   std::string_view("has"),      std::string_view("been"),  std::string_view("now"),
    std::string_view("of"),    std::string_view("watchdog"), std::string_view("power"), std::string_view("powered"),
    std::string_view("link"),  std::string_view("to"),       std::string_view("went")};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

std::vector<std::string> words_of(std::string_view message) {
    std::vector<std::string> words;
    std::string word;
    const auto end_word = [&] {
        while (!word.empty() && (word.back() == '.' || word.back() == '-')) word.pop_back();
        if (!word.empty()) words.push_back(lower(word));
        word.clear();
    };
    for (const char c : message) {
        if (is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.')
            word += c;
        else
            end_word();
    }
    end_word();
    return words;
}

template <typename Visit>
void for_each_line_with(std::string_view text, std::string_view literal, Visit visit) {
    for (std::size_t at = 0; at < text.size();) {
        const void* found = memmem(text.data() + at, text.size() - at, literal.data(), literal.size());
        if (found == nullptr) return;
        const auto place = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        const std::size_t before = place == 0 ? std::string_view::npos : text.rfind('\n', place - 1);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t end = std::min(text.find('\n', place), text.size());
        visit(begin, text.substr(begin, end - begin));
        at = end;
    }
}

class Finder {
public:
    Finder(const Analysis& analysis, const Core& says, const Core& of) : analysis_(analysis), says_(says), of_(of) {
        const auto cores_of_board = std::count_if(analysis.cores.begin(), analysis.cores.end(),
                                                  [&](const CoreInfo& core) { return core.board == of.first; });
        // A name that both have tells nothing.
        if (of.first != says.first && cores_of_board == 1) name_ = lower(of.first);
        if (of.first == says.first && of.second != says.second) name_ = lower(of.second);
    }

    std::vector<RebootMarker> run() {
        for (const ArtifactInfo& info : analysis_.artifacts)
            if (info.artifact.kind == ArtifactKind::kernel_log && info.artifact.board == says_.first &&
                info.artifact.core == says_.second && info.scan.boots <= 1)
                search(info);
        if (processors_.size() > 1)  // which one the other core is, nothing tells
            std::erase_if(found_, [](const Found& found) { return !found.named; });
        std::vector<RebootMarker> markers;
        for (Found& found : found_) markers.push_back(std::move(found.marker));
        std::stable_sort(markers.begin(), markers.end(),
                         [](const RebootMarker& a, const RebootMarker& b) { return a.at_s < b.at_s; });
        return markers;
    }

private:
    struct Found {
        RebootMarker marker;
        bool named = false;
    };

    void search(const ArtifactInfo& info) {
        const std::string_view text = info.artifact.bytes.view().substr(0, most_bytes);
        std::set<std::size_t> known;  // lines of the kernel's own texts
        for (const Text& row : texts)
            for_each_line_with(text, row.text, [&](std::size_t offset, std::string_view line) {
                const Record record = parse_record(line);
                const std::size_t at = record.message.find(row.text);
                if (at == std::string_view::npos || !contains(record.message.substr(at), row.and_then)) return;
                known.insert(offset);
                const bool named = names(record.message);
                if (!named && analysis_.cores.size() != 2) return;
                if (!named) processors_.insert(std::string(record.message.substr(0, record.message.find(':'))));
                add(info, offset, record, {row.ends, row.starts, row.weak}, named);
            });
        if (name_.empty()) return;
        // As the folder has it; a log may write it otherwise, but most write it so.
        const std::string& as_named = of_.first == says_.first ? of_.second : of_.first;
        for_each_line_with(text, as_named, [&](std::size_t offset, std::string_view line) {
            const Record record = parse_record(line);
            if (const Verb* verb = known.contains(offset) ? nullptr : verb_in(record.message))
                add(info, offset, record, {verb->ends, verb->starts, verb->weak}, true);
        });
    }

    [[nodiscard]] bool names(std::string_view message) const {
        if (name_.empty()) return false;
        const std::vector<std::string> words = words_of(message);
        return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
            return word == name_ || word.starts_with(name_ + ".") || word.starts_with(name_ + "-");
        });
    }

    // Of the line's words: the name, then a verb, or the other way round, with little between them.
    [[nodiscard]] const Verb* verb_in(std::string_view message) const {
        const std::vector<std::string> words = words_of(message);
        const auto name = std::find(words.begin(), words.end(), name_);
        if (name == words.end()) return nullptr;
        const auto verb_from = [&](auto from, auto to) -> const Verb* {
            for (auto word = from; word != to; ++word) {
                const auto verb =
                    std::find_if(verbs.begin(), verbs.end(), [&](const Verb& v) { return v.word == *word; });
                if (verb != verbs.end()) return &*verb;
                if (std::find(between_words.begin(), between_words.end(), *word) == between_words.end())
                    return nullptr;
            }
            return nullptr;
        };
        const Verb* after = verb_from(name + 1, words.end());
        return after != nullptr ? after : verb_from(std::make_reverse_iterator(name), words.rend());
    }

    struct Says {
        bool ends;
        const std::optional<Window>& starts;
        bool weak;
    };

    void add(const ArtifactInfo& info, std::size_t offset, const Record& record, const Says& says, bool named) {
        if (!record.time || found_.size() >= most_markers) return;
        RebootMarker marker;
        marker.at_s = seconds(*record.time);
        marker.ends = says.ends;
        marker.weak = says.weak;
        if (says.starts) marker.starts = Window{marker.at_s + says.starts->from_s, marker.at_s + says.starts->to_s};
        const std::uint64_t line = info.scan.index.line_at(info.artifact.bytes.view(), offset);
        marker.place = info.artifact.path + ":" + std::to_string(line);
        marker.words = std::string(trim(record.message));
        found_.push_back({std::move(marker), named});
    }

    const Analysis& analysis_;
    const Core& says_;
    const Core& of_;
    std::string name_;
    std::vector<Found> found_;
    std::set<std::string> processors_;  // "remoteproc remoteproc0", of lines that name no core
};

}  // namespace

std::vector<RebootMarker> reboot_markers(const Analysis& analysis, const Core& says, const Core& of) {
    return Finder(analysis, says, of).run();
}

}  // namespace stallsight
