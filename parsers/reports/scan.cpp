#include "parsers/reports/scan.h"

#include <algorithm>

#include "base/parallel.h"
#include "parsers/rcutorture/torture.h"
#include "parsers/records/decode.h"
#include "parsers/reports/assembly.h"
#include "parsers/reports/boots.h"
#include "parsers/reports/facts.h"
#include "parsers/reports/headless.h"
#include "parsers/reports/heads.h"
#include "parsers/reports/kind.h"
#include "parsers/reports/lines.h"
#include "parsers/reports/origins.h"
#include "parsers/reports/sweep.h"
#include "parsers/reports/user_text.h"
#include "parsers/reports/wall_times.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::size_t torture_samples = 2048;  // of each common line; a very long log is thinned evenly
constexpr std::size_t most_remarks = 20'000;
constexpr std::size_t most_facts = 20'000;
constexpr std::size_t most_losses = 4096;
constexpr std::size_t most_torn_headers = 4096;
constexpr int sampled_lines = 200;
constexpr int lines_without_stamp = 1000;  // at the start and the end of a boot
// The lines of one statistics sample stand close together, but other CPUs print in between.
constexpr int statistics_lines = 24;

enum class Purpose { report, torn_report, fact, torture, remark, loss };

struct Purposes {
    Search search;
    std::vector<Purpose> of;  // one a literal

    void add(std::string_view text, Purpose purpose, std::size_t samples = 0) {
        search.literals.push_back({text, samples});
        of.push_back(purpose);
    }
};

const Purposes& purposes() {
    static const Purposes made = [] {
        Purposes p;
        p.search.heads = line_heads();
        p.search.start = boot_bytes;
        for (const ReportKind& kind : report_kinds()) {
            for (const std::string_view pattern : kind.patterns) p.add(pattern, Purpose::report);
        }
        for (const std::string_view literal : torn_header_literals())
            p.add(literal, Purpose::torn_report, most_torn_headers);
        for (const std::string_view literal : fact_literals()) p.add(literal, Purpose::fact);
        for (const TortureLiteral& literal : torture_literals()) {
            p.add(literal.text, Purpose::torture, literal.common ? torture_samples : 0);
        }
        p.add(" // ", Purpose::remark, most_remarks);
        p.add(" printk messages dropped **", Purpose::loss, most_losses);
        return p;
    }();
    return made;
}

class Scan {
public:
    Scan(std::string_view text, const Progress& progress) : text_(text), progress_(progress) {}

    LogScan run() {
        const Sweep found = sweep(text_, purposes().search, progress_);
        out_.index = LineIndex(text_, found.newlines);
        std::vector<std::uint64_t> reports;
        for (const Place& place : found.places) {
            const Purpose purpose = purposes().of[place.literal];
            if (purpose == Purpose::report || purpose == Purpose::torn_report) reports.push_back(place.offset);
        }
        const auto read_reports = [&] {
            out_.events = assemble_reports(text_, out_.index, reports, progress_);
            out_.leading_rest = add_headless_reports(text_, out_.index, reports, torn_lines(found), out_.events);
        };
        const auto read_others = [&] {
            read_facts(found);
            read_torture(found);
            read_remarks(found);
        };
        parallel_for(2, [&](std::size_t task) { task == 0 ? read_reports() : read_others(); });
        tell_times();
        pair_clocks();
        sample_lines();
        return std::move(out_);
    }

private:
    void read_facts(const Sweep& found) {
        for (const Place& place : found.places) {
            if (purposes().of[place.literal] != Purpose::fact || out_.facts.size() >= most_facts) continue;
            const LineView line = line_around(text_, place.offset);
            const Record record = parse_record_at(line.text, place.offset - line.offset);
            const char* at = text_.data() + place.offset;
            const char* end = record.message.data() + record.message.size();
            if (at < record.message.data() || at >= end) continue;
            auto fact = read_fact(record, std::string_view(at, static_cast<std::size_t>(end - at)));
            if (!fact) continue;
            fact->line = out_.index.line_at(text_, place.offset);
            if (fact->kind == Fact::Kind::banner) banners_.push_back(place.offset);
            fact_offsets_.push_back(place.offset);
            out_.facts.push_back(std::move(*fact));
        }
    }

    void read_torture(const Sweep& found) {
        for (std::size_t i = 0; i < found.thinned.size(); ++i)
            out_.torture_thinned |= found.thinned[i] && purposes().of[i] == Purpose::torture;
        std::uint64_t done = 0;
        for (const Place& place : found.places) {
            if (purposes().of[place.literal] != Purpose::torture || place.offset < done || progress_.cancelled)
                continue;
            LineView line = line_around(text_, place.offset);
            done = std::max(line.next, place.offset + 1);
            const std::uint64_t first = line.offset;
            std::uint64_t number = out_.index.line_at(text_, first);
            auto sample = start_torture_sample(parse_record_at(line.text, place.offset - line.offset), number);
            if (!sample) continue;
            if (sample->kind == TortureSample::Kind::statistics || sample->kind == TortureSample::Kind::other) {
                for (int i = 0; i < statistics_lines && line.next < text_.size(); ++i) {
                    line = line_from(text_, line.next);
                    if (line.cut) break;
                    const Record record = parse_record(line.text);
                    if (contains(record.message, "rtc: ")) break;  // the next sample
                    continue_torture_sample(*sample, record, ++number);
                    if (sample->counters.contains("Free-Block Circulation")) break;
                }
            }
            judge_torture_sample(*sample);
            torture_offsets_.push_back(first);
            out_.torture.push_back(std::move(*sample));
        }
    }

    void read_remarks(const Sweep& found) {
        std::uint64_t done = 0;
        for (const Place& place : found.places) {
            if (purposes().of[place.literal] != Purpose::remark || place.offset < done) continue;
            const LineView line = line_around(text_, place.offset);
            done = std::max(line.next, place.offset + 1);
            const Record record = parse_record(line.text);
            if (record.remark.empty() || (!record.time && record.level == std::nullopt)) continue;
            out_.remarks.push_back({out_.index.line_at(text_, line.offset), std::string(record.remark)});
        }
    }

    // Where a report may go on whose first lines are missing.
    std::vector<std::uint64_t> torn_lines(const Sweep& found) const {
        std::vector<std::uint64_t> starts = {0};
        for (const Place& place : found.places)
            if (purposes().of[place.literal] == Purpose::loss)
                starts.push_back(line_around(text_, place.offset).offset);
        return starts;
    }

    // Boots, moments, and the first and last times.
    void tell_times() {
        const std::vector<ClockSample> clocks = sample_clocks(text_);
        const Boots boots(text_, banners_, clocks);
        const Calendar calendar(text_, clocks);
        number_boots(boots);
        for (Event& event : out_.events) event.moment = calendar.at(event.offset, event.wall);
        if (no_record_has_time(clocks)) {
            const WallTimes times(text_, calendar, boots);
            time_by_wall(times);
            note_spans(boots, [&](const LineView& line) { return times.at(line.offset); });
            out_.timed_by_wall = out_.last_time.has_value();
        } else {
            note_spans(boots, [](const LineView& line) { return parse_record(line.text).time; });
        }
    }

    [[nodiscard]] bool no_record_has_time(const std::vector<ClockSample>& clocks) const {
        const auto none = [](const auto& all) {
            return std::none_of(all.begin(), all.end(), [](const auto& one) { return one.time.has_value(); });
        };
        return none(clocks) && none(out_.events) && none(out_.facts) && none(out_.torture);
    }

    void number_boots(const Boots& boots) {
        out_.boots = boots.count();
        for (Event& event : out_.events) event.boot = boots.at(event.offset);
        for (std::size_t i = 0; i < out_.facts.size(); ++i) out_.facts[i].boot = boots.at(fact_offsets_[i]);
        for (std::size_t i = 0; i < out_.torture.size(); ++i) out_.torture[i].boot = boots.at(torture_offsets_[i]);
    }

    void time_by_wall(const WallTimes& times) {
        for (Event& event : out_.events) event.time = times.at(event.offset);
        for (std::size_t i = 0; i < out_.facts.size(); ++i) out_.facts[i].time = times.at(fact_offsets_[i]);
        for (std::size_t i = 0; i < out_.torture.size(); ++i) out_.torture[i].time = times.at(torture_offsets_[i]);
    }

    template <class TimeOf>
    void note_spans(const Boots& boots, TimeOf time_of) {
        const auto& starts = boots.starts();
        for (std::size_t i = 0; i + 1 < starts.size(); ++i)
            out_.earlier_boots.push_back(
                {first_time(starts[i], starts[i + 1], time_of), last_time(starts[i], starts[i + 1], time_of)});
        out_.first_time = first_time(starts.back(), text_.size(), time_of);
        out_.last_time = last_time(starts.back(), text_.size(), time_of);
    }

    // Times of the lines between two offsets, as far as a few lines without one may hide them.
    template <class TimeOf>
    [[nodiscard]] std::optional<Time> first_time(std::uint64_t at, std::uint64_t end, TimeOf time_of) const {
        for (int i = 0; i < lines_without_stamp && at < end; ++i) {
            const LineView line = line_from(text_, at);
            if (const auto time = time_of(line)) return time;
            at = line.next;
        }
        return std::nullopt;
    }

    template <class TimeOf>
    [[nodiscard]] std::optional<Time> last_time(std::uint64_t start, std::uint64_t at, TimeOf time_of) const {
        for (int i = 0; i < lines_without_stamp && at > start; ++i) {
            const LineView line = line_before(text_, at);
            if (line.offset >= at) break;
            if (const auto time = time_of(line)) return time;
            at = line.offset;
        }
        return std::nullopt;
    }

    void pair_clocks() {
        constexpr std::uint64_t looks = 200;
        const std::uint64_t lines = out_.index.lines(), count = std::min(looks, lines);
        for (std::uint64_t look = 0; look < count; ++look) {
            const std::uint64_t offset = out_.index.offset_of(text_, 1 + look * lines / count);
            const Record record = parse_record(line_from(text_, offset).text);
            const auto wall = record.time && !record.wall.empty() ? read_wall(record.wall) : std::nullopt;
            if (wall) out_.clock_pairs.push_back({*record.time, *wall});
        }
    }

    // A look at the start and at a few places on, so that a file can be told from other text.
    void sample_lines() {
        constexpr std::uint64_t places = 4;
        for (std::uint64_t place = 0; place < places; ++place) {
            std::uint64_t at = line_around(text_, text_.size() / places * place).offset;
            for (int i = 0; i < sampled_lines / static_cast<int>(places) && at < text_.size(); ++i) {
                const LineView line = line_from(text_, at);
                if (!trim(line.text).empty()) {
                    ++out_.lines_sampled;
                    const Record record = parse_record(line.text);
                    if (record.time || (!record.wall.empty() && !record.host.empty()) || record.level)
                        ++out_.kernel_lines_sampled;
                }
                if (line.cut) break;
                at = line.next;
            }
        }
    }

    std::string_view text_;
    const Progress& progress_;
    LogScan out_;
    std::vector<std::uint64_t> banners_, fact_offsets_, torture_offsets_;
};

}  // namespace

Result<LogScan> read_log(std::string_view text, const Progress& progress) {
    const auto rewritten = decode_log(text, progress);
    if (!rewritten) return tl::unexpected(rewritten.error());
    return *rewritten ? scan_log(**rewritten, text, progress) : scan_log(text, progress);
}

LogScan scan_log(std::string_view text, const Progress& progress) {
    return Scan(text, progress).run();
}

LogScan scan_log(const RewrittenLog& log, std::string_view text, const Progress& progress) {
    LogScan scan = Scan(log.text(), progress).run();
    move_to_origins(scan, log, text);
    return scan;
}

}  // namespace stallsight
