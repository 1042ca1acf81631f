#include "analysis/stalls/reboot_offset.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "analysis/words.h"
#include "parsers/records/record.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double tolerance_s = 1;  // of one line against another
// A watchdog's usual time-out: so long a kernel may hang before it is reset, or be gone before it is missed.
constexpr double unnoticed_s = 60;
constexpr double saved_together_s = 3600;  // two logs of one bundle were saved within
constexpr double one_moment_s = 120;       // several lines about one end or start

// A kernel, from its start to its end, as the other core's log tells.
struct Life {
    std::optional<Window> start;  // when its clock stood at 0
    std::optional<double> end_s;  // it was gone by then
    std::string start_words, end_words;
};

// A boot, as its own log tells.
struct Boot {
    double last_s = 0;
    bool said_end = false;  // it rebooted, halted or panicked
    double silent_s = 0;    // how long it may have lived on behind its last line
};

std::string quoted(const RebootMarker& marker) {
    return "\"" + marker.words + "\" (" + marker.place + ")";
}

class Lives {
public:
    std::vector<Life> of(const std::vector<RebootMarker>& markers) {
        for (const RebootMarker& marker : markers) {
            if (marker.ends) end(marker);
            if (marker.starts) start(marker);
        }
        return std::move(lives_);
    }

private:
    void end(const RebootMarker& marker) {
        const bool open = !lives_.empty() && !lives_.back().end_s;
        if (!open && !lives_.empty() && marker.at_s - *lives_.back().end_s < one_moment_s) return;
        if (!open) lives_.emplace_back();
        lives_.back().end_s = marker.at_s;
        lives_.back().end_words = quoted(marker);
    }

    void start(const RebootMarker& marker) {
        const bool lost = !lives_.empty() && lives_.back().end_s;
        const bool again = !lives_.empty() && !lost && lives_.back().start &&
                           std::abs(marker.starts->middle() - lives_.back().start->middle()) < one_moment_s;
        if (again) return narrow(*lives_.back().start, marker);
        if (marker.weak && !lost) return;
        if (!lives_.empty() && !lost) lives_.back().end_s = marker.starts->to_s;  // unseen, but before this
        const double earliest = lost ? *lives_.back().end_s : -never;
        lives_.emplace_back();
        lives_.back().start = Window{std::max(marker.starts->from_s, earliest), marker.starts->to_s};
        lives_.back().start_words = quoted(marker);
    }

    // "Booting fw image", then "is now up": what both allow.
    void narrow(Window& start, const RebootMarker& marker) {
        const Window both{std::max(start.from_s, marker.starts->from_s), std::min(start.to_s, marker.starts->to_s)};
        if (both.from_s > both.to_s) return;
        start = both;
        lives_.back().start_words = quoted(marker);
    }

    std::vector<Life> lives_;
};

// kernel/reboot.c, kernel/panic.c, drivers/tty/sysrq.c
constexpr std::array last_words = {
    std::string_view("Restarting system"), std::string_view("Power down"),
    std::string_view("System halted"),     std::string_view("Rebooting in "),
    std::string_view("end Kernel panic"),  std::string_view("Kernel panic - not syncing"),
    std::string_view("sysrq: Resetting")};

// The last lines of a log: whether they say that the kernel ends, and the longest silence between them.
void read_end(const ArtifactInfo& info, Boot& boot) {
    constexpr std::uint64_t looks = 200, last = 50;
    const std::uint64_t lines = info.scan.index.lines();
    std::optional<double> before;
    double longest_s = 0;
    for (std::uint64_t line = lines > looks ? lines - looks : 1; line <= lines; ++line) {
        const Record record = parse_record(info.scan.index.line_text(info.artifact.bytes.view(), line));
        if (record.time && before) longest_s = std::max(longest_s, seconds(*record.time) - *before);
        if (record.time) before = seconds(*record.time);
        boot.said_end =
            boot.said_end ||
            (line + last > lines && std::any_of(last_words.begin(), last_words.end(), [&](std::string_view words) {
                 return contains(record.message, words);
             }));
    }
    boot.silent_s = boot.said_end ? unnoticed_s : std::max(unnoticed_s, longest_s);
}

// Of the core's log with the most boots, the longest one of several.
std::vector<Boot> boots_of(const Analysis& analysis, const Core& core) {
    const ArtifactInfo* log = nullptr;
    const auto rank = [](const ArtifactInfo& info) {
        return std::pair(info.scan.boots, info.scan.last_time.value_or(Time(0)));
    };
    for (const ArtifactInfo& info : analysis.artifacts)
        if (info.artifact.kind == ArtifactKind::kernel_log && info.artifact.board == core.first &&
            info.artifact.core == core.second && info.scan.last_time && !info.scan.timed_by_wall &&
            (log == nullptr || rank(info) > rank(*log)))
            log = &info;
    std::vector<Boot> boots;
    if (log == nullptr) return boots;
    for (const BootSpan& span : log->scan.earlier_boots)
        if (span.last) boots.push_back({seconds(*span.last), false, never});
    boots.push_back({seconds(*log->scan.last_time), false, 0});
    read_end(*log, boots.back());
    return boots;
}

std::optional<double> end_of_log(const Analysis& analysis, const Core& core) {
    for (const CoreInfo& info : analysis.cores)
        if (info.board == core.first && info.core == core.second) return info.last_s;
    return std::nullopt;
}

class Fitter {
public:
    Fitter(std::vector<Life> lives, std::vector<Boot> boots, double end_s)
        : lives_(std::move(lives)), boots_(std::move(boots)), end_s_(end_s) {}

    // The life that the last boot is, and where its clock then stood at 0. Of several ways to fit, the only one
    // that fits tightly, or none.
    [[nodiscard]] std::optional<std::pair<std::size_t, Window>> run() const {
        std::vector<std::pair<std::size_t, Window>> ways, tight;
        for (std::size_t life = 0; life < lives_.size(); ++life) {
            const auto zero = fit_up_to(life);
            if (!zero) continue;
            ways.emplace_back(life, *zero);
            if (is_tight(life)) tight.emplace_back(life, *zero);
        }
        const auto& left = tight.empty() ? ways : tight;
        if (left.size() != 1) return std::nullopt;
        const Window& zero = left.front().second;
        return std::isfinite(zero.from_s) && std::isfinite(zero.to_s) ? std::optional(left.front()) : std::nullopt;
    }

private:
    // Visits the boots that the other core's log reaches, when the last one is this life; false stops.
    template <typename Visit>
    bool for_each_boot(std::size_t life, Visit visit) const {
        for (std::size_t back = 0; back <= life && back < boots_.size(); ++back)
            if (!visit(boots_[boots_.size() - 1 - back], life - back)) return false;
        return true;
    }

    [[nodiscard]] std::optional<Window> fit_up_to(std::size_t life) const {
        const bool all =
            for_each_boot(life, [&](const Boot& boot, std::size_t of) { return fit(boot, of).has_value(); });
        return all ? fit(boots_.back(), life) : std::nullopt;
    }

    // Some boot's log is as long as the life that both its start and its end bound.
    [[nodiscard]] bool is_tight(std::size_t life) const {
        constexpr double least_s = 15, share = 0.05;
        return !for_each_boot(life, [&](const Boot& boot, std::size_t of) {
            const Life& bounded = lives_[of];
            if (!bounded.start || !bounded.end_s || bounded.end_words.empty()) return true;
            const double length_s = *bounded.end_s - bounded.start->middle();
            return std::abs(length_s - boot.last_s) > std::max(least_s, share * boot.last_s);
        });
    }

    [[nodiscard]] std::optional<Window> fit(const Boot& boot, std::size_t number) const {
        const Life& life = lives_[number];
        Window zero{-never, never};
        if (life.start) zero = *life.start;
        if (!life.start && number > 0) zero.from_s = *lives_[number - 1].end_s - tolerance_s;
        if (life.end_s) {
            zero.to_s = std::min(zero.to_s, *life.end_s - boot.last_s + tolerance_s);
            if (!life.start) zero.from_s = std::max(zero.from_s, *life.end_s - boot.last_s - boot.silent_s);
        } else {
            zero.to_s = std::min(zero.to_s, end_s_ + saved_together_s - boot.last_s);
            // It ended, but nobody noticed while the other log went on.
            if (boot.said_end && zero.to_s + boot.last_s + unnoticed_s < end_s_) return std::nullopt;
        }
        if (zero.from_s > zero.to_s) return std::nullopt;
        return zero;
    }

    std::vector<Life> lives_;
    std::vector<Boot> boots_;
    double end_s_;
};

}  // namespace

std::optional<RebootOffset> reboot_offset(const Analysis& analysis, const Core& says, const Core& of) {
    const auto markers = reboot_markers(analysis, says, of);
    const auto boots = boots_of(analysis, of);
    const auto end_s = end_of_log(analysis, says);
    if (markers.empty() || boots.empty() || !end_s) return std::nullopt;
    const std::vector<Life> lives = Lives().of(markers);
    const auto found = Fitter(lives, boots, *end_s).run();
    if (!found) return std::nullopt;
    const auto& [number, zero] = *found;
    const Life& life = lives[number];
    std::string basis = "reboot markers: " + (of.first == says.first ? of.second : of.first);
    if (life.start) basis += " starts at " + life.start_words;
    if (!life.end_words.empty()) basis += (life.start ? ", and ends at " : " ends at ") + life.end_words;
    if (!life.start) basis += ", at most " + duration_words(zero.to_s - zero.from_s) + " behind its last line";
    return RebootOffset{zero.middle(), std::max(tolerance_s, (zero.to_s - zero.from_s) / 2), basis};
}

}  // namespace stallsight
