#include "analysis/stalls/offsets.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "analysis/stalls/shared_messages.h"

namespace stallsight {

namespace {

// When a core's clock stood at 0, in seconds of some common clock.
struct Epoch {
    double s = 0, error_s = 0;
    std::string basis;
};

int month_number(std::string_view name) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const std::size_t at = months.find(name.substr(0, 3));
    return at == std::string_view::npos ? 0 : static_cast<int>(at / 3) + 1;
}

double civil(int year, int month, int day, double of_day) {
    const auto days = std::chrono::sys_days(std::chrono::year(year) / month / day).time_since_epoch();
    return std::chrono::duration<double>(days).count() + of_day;
}

struct Wall {
    double s = 0;
    double resolution_s = 1;
};

// "2022-01-27T16:21:07.123456+01:00", or syslog's "Jan 27 16:21:07", which has neither year nor zone: two logs of
// one incident have the same.
std::optional<Wall> read_wall(std::string_view text) {
    const std::string stamp(text.substr(0, 64));
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, taken = 0;
    double second = 0;
    char name[4] = {};
    if (std::sscanf(stamp.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d:%lf%n", &year, &month, &day, &hour, &minute, &second,
                    &taken) == 6) {
        double s = civil(year, month, day, hour * 3600 + minute * 60 + second);
        int zone_h = 0, zone_m = 0;
        char sign = 0;
        if (std::sscanf(stamp.c_str() + taken, "%c%2d:%2d", &sign, &zone_h, &zone_m) == 3 &&
            (sign == '+' || sign == '-'))
            s -= (sign == '-' ? -1 : 1) * (zone_h * 3600 + zone_m * 60);
        return Wall{s, stamp.find('.') == std::string::npos ? 1.0 : 0.001};
    }
    if (std::sscanf(stamp.c_str(), "%3s %2d %2d:%2d:%lf", name, &day, &hour, &minute, &second) == 5)
        if (const int number = month_number(name); number > 0)
            return Wall{civil(2000, number, day, hour * 3600 + minute * 60 + second), 1};
    return std::nullopt;
}

std::string_view line_at(const ArtifactInfo& info, std::uint64_t line) {
    return info.scan.index.line_text(info.artifact.bytes.view(), line);
}

// Lines that carry both clocks, looked at here and there in the log.
std::optional<Epoch> epoch_of(const ArtifactInfo& info) {
    constexpr std::uint64_t looks = 200;
    constexpr std::size_t enough = 3;
    const std::uint64_t lines = info.scan.index.lines();
    if (info.scan.boots > 1) return std::nullopt;  // each boot has its own
    std::vector<double> epochs;
    double resolution = 1;
    for (std::uint64_t look = 0; look < std::min(looks, lines); ++look) {
        const Record record = parse_record(line_at(info, 1 + look * lines / std::min(looks, lines)));
        const auto wall = record.time && !record.wall.empty() ? read_wall(record.wall) : std::nullopt;
        if (!wall) continue;
        epochs.push_back(wall->s - seconds(*record.time));
        resolution = wall->resolution_s;
    }
    if (epochs.size() < enough) return std::nullopt;
    std::sort(epochs.begin(), epochs.end());
    // A line is written at its time or a little later, never earlier: the smallest ones are nearest.
    const double low = epochs.front();
    const double spread = epochs[epochs.size() / 2] - low;
    return Epoch{low, std::max(resolution, spread), "wall clock in " + info.artifact.path};
}

// drivers/rtc/class.c: "rtc_cmos 00:01: setting system clock to 2022-01-27T16:21:07 UTC (1643300467)".
std::optional<Epoch> epoch_of_rtc(const ArtifactInfo& info) {
    constexpr std::size_t boot_bytes = 1 << 20;
    constexpr std::string_view key = "setting system clock to ";
    const std::string_view text = info.artifact.bytes.view().substr(0, boot_bytes);
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos || info.scan.boots > 1) return std::nullopt;
    const Record record = parse_record(line_at(info, info.scan.index.line_at(info.artifact.bytes.view(), at)));
    const auto wall = read_wall(text.substr(at + key.size()));
    if (!wall || !record.time) return std::nullopt;
    return Epoch{wall->s - seconds(*record.time), 1, "real-time clock in " + info.artifact.path};
}

// One end of a same moment: "nt-a/core-0/kern.log:25".
struct Moment {
    Core core;
    double s = 0;
};

Result<Moment> read_moment(const Analysis& analysis, const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const std::string path = text.substr(0, colon);
    std::uint64_t line = 0;
    if (colon != std::string::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), line);
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (info.artifact.path != path) continue;
        if (line == 0 || line > info.scan.index.lines()) return tl::unexpected(Error{"no such line", text, ""});
        const Record record = parse_record(line_at(info, line));
        if (!record.time) return tl::unexpected(Error{"the line has no kernel time", text, ""});
        return Moment{{info.artifact.board, info.artifact.core}, seconds(*record.time)};
    }
    return tl::unexpected(Error{"no such file in the bundle", text, ""});
}

class Aligner {
public:
    explicit Aligner(Analysis& analysis) : analysis_(analysis) {}

    std::vector<ClockOffset> run(const ClockHints& hints) {
        for (auto set = hints.set.rbegin(); set != hints.set.rend(); ++set) by_hand(*set);
        for (const std::string& text : hints.same_moments) by_user(text);
        by_wall_clock();
        by_shared_messages();
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

    // A core's offset is how much later than the reference it was at 0. The reference is the core that others are
    // set to already, or else the first one with a wall clock.
    void by_wall_clock() {
        std::optional<double> reference;
        if (!out_.empty()) {
            const auto epoch = epoch_of_core(out_.front().board, out_.front().core);
            if (!epoch) return;
            reference = epoch->s;
        }
        for (const CoreInfo& core : analysis_.cores) {
            const auto epoch = epoch_of_core(core.board, core.core);
            if (!epoch) continue;
            if (!reference) reference = epoch->s;
            add({core.board, core.core}, {epoch->s - *reference, epoch->error_s, epoch->basis});
        }
    }

    // The cores that nothing has aligned yet, against the reference's messages.
    void by_shared_messages() {
        if (analysis_.cores.empty()) return;
        const CoreInfo& front = analysis_.cores.front();
        const Core first =
            out_.empty() ? Core{front.board, front.core} : Core{out_.front().board, out_.front().core};
        for (const CoreInfo& core : analysis_.cores) {
            const Core other{core.board, core.core};
            if (other == first || find(other) != nullptr) continue;
            const auto shared = shared_messages(analysis_, first, other);
            if (!shared) continue;
            if (out_.empty()) add(first, {0, 0, "others are set to it"});
            add(other, {shared->offset_s, shared->error_s, shared->basis});
        }
    }

    [[nodiscard]] std::optional<Epoch> epoch_of_core(const std::string& board, const std::string& core) const {
        std::optional<Epoch> best;
        for (const ArtifactInfo& info : analysis_.artifacts) {
            if (info.artifact.kind != ArtifactKind::kernel_log || info.artifact.board != board ||
                info.artifact.core != core)
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
            out_.push_back({core.first, core.second, offset.s, offset.error_s, offset.basis});
    }

    Analysis& analysis_;
    std::vector<ClockOffset> out_;
};

}  // namespace

std::vector<ClockOffset> find_offsets(Analysis& analysis, const ClockHints& hints) {
    return Aligner(analysis).run(hints);
}

}  // namespace stallsight
