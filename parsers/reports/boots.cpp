#include "parsers/reports/boots.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "parsers/records/record.h"
#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr int look_around = 50;
// Records of several CPUs may stand a little out of order; a boot sets the clock back to where a boot begins.
constexpr Time least_fall = std::chrono::seconds(10);

// Whether the clock stood later shortly before the banner at `offset`: then the banner starts another boot. Some
// architectures print a few lines before their banner, all at 0.000000. Nothing, where printk shows no time.
std::optional<bool> clock_started_again(std::string_view text, std::uint64_t offset) {
    const std::optional<Time> banner = parse_record(line_from(text, offset).text).time;
    for (int i = 0; i < look_around && offset > 0; ++i) {
        const LineView line = line_before(text, offset);
        if (line.offset >= offset) break;
        offset = line.offset;
        if (const auto time = parse_record(line.text).time) return !banner || *time > *banner;
    }
    if (banner) return false;
    return std::nullopt;
}

// Walks over the records that have a clock, or over all lines.
class Records {
public:
    Records(std::string_view text, std::uint64_t offset, std::uint64_t end, bool with_clock)
        : text_(text), offset_(offset), end_(end), with_clock_(with_clock) {}

    std::optional<Record> next() {
        for (int i = 0; i < most_without_clock && offset_ < end_; ++i) {
            const LineView line = line_from(text_, offset_);
            offset_ = line.next;
            if (const Record record = parse_record(line.text); record.time || !with_clock_) return record;
        }
        return std::nullopt;
    }

private:
    static constexpr int most_without_clock = 2000;

    std::string_view text_;
    std::uint64_t offset_, end_;
    bool with_clock_;
};

// Whether all that stands between `start` and `again` comes once more, but for the last few lines.
bool is_replay(std::string_view text, std::uint64_t start, std::uint64_t again) {
    constexpr int most_records = 10'000;
    constexpr int last_few = 5;
    const bool with_clock = parse_record(line_from(text, again).text).time.has_value();
    Records first(text, start, again, with_clock);
    Records second(text, again, text.size(), with_clock);
    int differ = 0;
    int same = 0;
    for (auto a = first.next(); a; a = first.next()) {
        if (++differ > last_few || same > most_records) return false;
        const auto b = second.next();
        if (!b) return false;
        if (a->time != b->time || a->message != b->message) continue;
        differ = 0;
        ++same;
    }
    return same > last_few;
}

bool fell(const std::optional<Time>& before, const std::optional<Time>& after) {
    return before && after && *before - *after > least_fall && *after < *before / 2;
}

// The first line between `from` and `to` whose clock fell, seen from the line before it.
std::optional<std::uint64_t> fall_between(std::string_view text, std::uint64_t from, std::uint64_t to) {
    std::optional<Time> last;
    for (std::uint64_t at = from; at < to && at < text.size();) {
        const LineView line = line_from(text, at);
        const auto time = parse_record(line.text).time;
        if (fell(last, time)) return at;
        if (time) last = time;
        at = line.next;
    }
    return std::nullopt;
}

std::vector<std::uint64_t> falls(std::string_view text, const std::vector<ClockSample>& samples) {
    std::vector<std::uint64_t> out;
    ClockSample last;
    for (const ClockSample& sample : samples) {
        if (fell(last.time, sample.time)) {
            const std::uint64_t to =
                std::min<std::uint64_t>(sample.offset + clock_stride(text.size()), text.size());
            if (const auto at = fall_between(text, last.offset, to)) out.push_back(*at);
        }
        if (sample.time) last = sample;
    }
    return out;
}

}  // namespace

Boots::Boots(std::string_view text, const std::vector<std::uint64_t>& banners,
             const std::vector<ClockSample>& samples)
    : starts_{0} {
    struct Start {
        std::uint64_t offset;
        bool banner;
    };
    std::vector<Start> candidates;
    candidates.reserve(banners.size());
    for (const std::uint64_t banner : banners) candidates.push_back({line_around(text, banner).offset, true});
    for (const std::uint64_t fall : falls(text, samples)) candidates.push_back({fall, false});
    std::sort(candidates.begin(), candidates.end(),
              [](const Start& a, const Start& b) { return a.offset < b.offset; });
    std::uint64_t fall = 0;  // of a boot whose banner is still to come
    bool seen_banner = false;
    for (const Start& start : candidates) {
        // Without a clock the first banner tells nothing: what stands before it may be the boot loader's.
        const bool again = start.banner && std::exchange(seen_banner, true);
        if (start.offset <= starts_.back()) continue;
        if (start.banner) {
            const bool announced =
                fall == starts_.back() && fall > 0 && start.offset - fall < clock_stride(text.size());
            if (announced || !clock_started_again(text, start.offset).value_or(again)) continue;
        } else {
            fall = start.offset;
        }
        if (is_replay(text, starts_.back(), start.offset)) continue;
        starts_.push_back(start.offset);
    }
}

int Boots::at(std::uint64_t offset) const {
    return static_cast<int>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
}

}  // namespace stallsight
