#include "analysis/stalls/offsets.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "analysis/stalls/reboot_offset.h"
#include "analysis/stalls/shared_messages.h"
#include "analysis/words.h"
#include "parsers/reports/calendar.h"

namespace stallsight {

namespace {

// When a core's clock stood at 0, in seconds of some common clock.
struct Epoch {
    double s = 0, error_s = 0;
    std::string basis;
    bool year = true;  // false: the stamps name none, and this is in 2000
};

// read_wall() takes a stamp that has no year for one of 2000.
constexpr double leap_year_s = 366 * 86400.0;
constexpr double half_a_year_s = leap_year_s / 2;

double since_1970(Moment moment) {
    return std::chrono::duration<double>(moment.time_since_epoch()).count();
}

double resolution_s(const WallClock& wall) {
    return std::chrono::duration<double>(wall.resolution).count();
}

std::string_view line_at(const ArtifactInfo& info, std::uint64_t line) {
    return info.scan.index.line_text(info.artifact.bytes.view(), line);
}

// Of a log whose times count from its first stamp.
std::optional<Epoch> epoch_of_first_stamp(const ArtifactInfo& info) {
    constexpr std::uint64_t looks = 1000;
    for (std::uint64_t line = 1; line <= std::min(looks, info.scan.index.lines()); ++line)
        if (const auto wall = read_wall(parse_record(line_at(info, line)).wall))
            return Epoch{since_1970(wall->moment), resolution_s(*wall), "wall clock in " + info.artifact.path,
                         wall->year};
    return std::nullopt;
}

// By the lines that carry both clocks.
std::optional<Epoch> epoch_of(const ArtifactInfo& info) {
    constexpr std::size_t enough = 3;
    if (info.scan.boots > 1) return std::nullopt;  // each boot has its own
    if (info.scan.timed_by_wall) return epoch_of_first_stamp(info);
    std::vector<double> epochs;
    double resolution = 1;
    bool year = true;
    for (const auto& [time, wall] : info.scan.clock_pairs) {
        const double epoch = since_1970(wall.moment) - seconds(time);
        const bool next_year = !wall.year && !epochs.empty() && epochs.front() - epoch > half_a_year_s;
        epochs.push_back(epoch + (next_year ? leap_year_s : 0));
        resolution = resolution_s(wall);
        year = wall.year;
    }
    if (epochs.size() < enough) return std::nullopt;
    std::sort(epochs.begin(), epochs.end());
    // A line is written at its time or a little later, never earlier: the smallest ones are nearest.
    const double low = epochs.front();
    const double spread = epochs[epochs.size() / 2] - low;
    return Epoch{low, std::max(resolution, spread), "wall clock in " + info.artifact.path, year};
}

std::optional<Epoch> epoch_of_rtc(const ArtifactInfo& info) {
    if (info.scan.boots > 1) return std::nullopt;
    const std::string_view text = info.artifact.bytes.view();
    const auto set = find_system_clock_set(text);
    if (!set) return std::nullopt;
    const Record record = parse_record(line_at(info, info.scan.index.line_at(text, set->offset)));
    if (!record.time) return std::nullopt;
    return Epoch{since_1970(set->clock.moment) - seconds(*record.time), 1,
                 "real-time clock in " + info.artifact.path};
}

// The same day and time of 2000.
double in_leap_year(double s) {
    const auto day = std::chrono::floor<std::chrono::days>(
        std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(s))));
    const std::chrono::year_month_day date(day);
    const auto same = std::chrono::sys_days(std::chrono::year(2000) / date.month() / date.day());
    return s + std::chrono::duration<double>(same - day).count();
}

// How much later `a` is. Without a year, one log's January follows another's December.
double later_s(const Epoch& a, const Epoch& b) {
    if (a.year && b.year) return a.s - b.s;
    return std::remainder(in_leap_year(a.s) - in_leap_year(b.s), leap_year_s);
}

// One end of a same moment: "nt-a/core-0/kern.log:25".
struct CoreTime {
    Core core;
    double s = 0;
};

Result<CoreTime> read_moment(const Analysis& analysis, const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const std::string path = text.substr(0, colon);
    std::uint64_t line = 0;
    if (colon != std::string::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), line);
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (info.artifact.path != path) continue;
        if (line == 0 || line > info.scan.index.lines()) return tl::unexpected(Error{"no such line", text, ""});
        const Record record = parse_record(line_at(info, line));
        if (!record.time) return tl::unexpected(Error{"the line has no kernel time", text, ""});
        return CoreTime{{info.artifact.board, info.artifact.core}, seconds(*record.time)};
    }
    return tl::unexpected(Error{"no such file in the bundle", text, ""});
}

class Aligner {
public:
    explicit Aligner(Analysis& analysis) : analysis_(analysis) {}

    std::vector<ClockOffset> run(const ClockHints& hints) {
        for (auto set = hints.set.rbegin(); set != hints.set.rend(); ++set) by_hand(*set);
        for (const std::string& text : hints.same_moments) by_user(text);
        by_logs();
        if (out_.size() < 2) out_.clear();  // one clock alone is not aligned with anything
        return std::move(out_);
    }

private:
    void by_hand(const ClockOffset& set) {
        const CoreInfo& first = analysis_.cores.front();
        if (out_.empty()) add({first.board, first.core}, {0, 0, "others are set to it"});
        add({set.board, set.core}, {set.offset_s, set.error_s, set.basis});
    }

    void by_user(const std::string& text) {
        const std::size_t equals = text.find('=');
        const auto first = read_moment(analysis_, text.substr(0, equals));
        const auto second = read_moment(analysis_, equals == std::string::npos ? "" : text.substr(equals + 1));
        for (const auto* end : {&first, &second})
            if (!*end) return analysis_.problems.push_back(end->error());
        if (out_.empty()) add(first->core, {0, 0, "others are set to it"});
        const ClockOffset* known = find(first->core);
        if (known == nullptr)
            return analysis_.problems.push_back(
                {"its first record's core is not aligned with anything yet", text, ""});
        add(second->core, {known->offset_s + first->s - second->s, known->error_s, "set: " + text});
    }

    // The cores that nothing has aligned yet, against the one that others are set to already, or else against the
    // first one with which the logs align another.
    void by_logs() {
        for (const Core& first : references()) {
            for (const CoreInfo& other : analysis_.cores) by_logs(first, {other.board, other.core});
            if (!out_.empty()) return;
        }
    }

    [[nodiscard]] std::vector<Core> references() const {
        constexpr std::size_t most = 4;  // more would take their time where nothing aligns anything
        if (!out_.empty()) return {{out_.front().board, out_.front().core}};
        std::vector<Core> cores;
        for (const CoreInfo& core : analysis_.cores) cores.emplace_back(core.board, core.core);
        std::stable_partition(cores.begin(), cores.end(),
                              [&](const Core& core) { return epoch_of_core(core).has_value(); });
        if (cores.size() > most) cores.resize(most);
        return cores;
    }

    void by_logs(const Core& first, const Core& other) {
        if (other == first || find(other) != nullptr) return;
        const std::vector<Epoch> findings = findings_of(first, other);
        if (findings.empty()) return;
        if (find(first) == nullptr) add(first, {0, 0, "others are set to it"});
        add(other, findings.front());
        for (const Epoch& finding : findings)
            if (out_.back().contradiction.empty())
                out_.back().contradiction = contradiction(findings.front(), finding);
    }

    // What the logs say of the other core's clock, the most trusted first. A core's offset is how much later than
    // the first one it was at 0.
    [[nodiscard]] std::vector<Epoch> findings_of(const Core& first, const Core& other) const {
        std::vector<Epoch> out;
        const auto here = epoch_of_core(first), there = epoch_of_core(other);
        if (here && there) {
            // Both stamps are cut off, never rounded up: their errors do not add.
            out.push_back({later_s(*there, *here), std::max(here->error_s, there->error_s), there->basis});
        } else if (const auto shared = shared_messages(analysis_, first, other)) {
            out.push_back({shared->offset_s, shared->error_s, shared->basis});
        }
        if (const auto reboot = reboot_offset(analysis_, first, other))
            out.push_back({reboot->offset_s, reboot->error_s, reboot->basis});
        if (const auto reboot = reboot_offset(analysis_, other, first))
            out.push_back({-reboot->offset_s, reboot->error_s, reboot->basis});
        return out;
    }

    static std::string contradiction(const Epoch& a, const Epoch& b) {
        constexpr double least_s = 1;
        if (std::abs(a.s - b.s) <= a.error_s + b.error_s + least_s) return {};
        return offset_words(a.s, a.error_s) + " by " + a.basis + ", but " + offset_words(b.s, b.error_s) + " by " +
               b.basis;
    }

    [[nodiscard]] std::optional<Epoch> epoch_of_core(const Core& core) const {
        std::optional<Epoch> best;
        for (const ArtifactInfo& info : analysis_.artifacts) {
            if (info.artifact.kind != ArtifactKind::kernel_log || info.artifact.board != core.first ||
                info.artifact.core != core.second)
                continue;
            for (const auto& epoch : {epoch_of(info), epoch_of_rtc(info)})
                if (epoch && (!best || epoch->error_s < best->error_s)) best = epoch;
        }
        return best;
    }

    [[nodiscard]] const ClockOffset* find(const Core& core) const {
        const auto it = std::find_if(out_.begin(), out_.end(), [&](const ClockOffset& o) {
            return o.board == core.first && o.core == core.second;
        });
        return it == out_.end() ? nullptr : &*it;
    }

    void add(const Core& core, const Epoch& offset) {
        if (find(core) == nullptr)
            out_.push_back({core.first, core.second, offset.s, offset.error_s, offset.basis, {}});
    }

    Analysis& analysis_;
    std::vector<ClockOffset> out_;
};

}  // namespace

std::vector<ClockOffset> find_offsets(Analysis& analysis, const ClockHints& hints) {
    return Aligner(analysis).run(hints);
}

std::vector<std::string> clock_words(const Analysis& analysis, const CoreBoot& boot) {
    const CoreInfo& core = *boot.core;
    std::vector<std::string> out;
    if (const CoreClock* clock = analysis.clock_of(core.board, core.core, boot.number)) {
        out.push_back(clock->hz ? "HZ " + std::to_string(*clock->hz) + ": " + clock->basis : "HZ " + clock->basis);
        if (!clock->contradiction.empty()) out.push_back("HZ is contradictory: " + clock->contradiction);
    }
    for (const ClockOffset& offset : analysis.offsets) {
        if (!boot.last || offset.board != core.board || offset.core != core.core) continue;
        out.push_back(offset.contradiction.empty()
                          ? "clock " + offset_words(offset.offset_s, offset.error_s) + ": " + offset.basis
                          : "clock is contradictory: " + offset.contradiction);
    }
    return out;
}

}  // namespace stallsight
