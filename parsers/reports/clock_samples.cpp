#include "parsers/reports/clock_samples.h"

#include <algorithm>

#include "base/parallel.h"
#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr int look_around = 50;

// True when the line has a clock, which is then the sample's.
bool sampled(const LineView& line, ClockSample& sample) {
    const Record record = parse_record(line.text);
    if (sample.wall.empty()) sample.wall = record.wall;
    sample.time = record.time;
    return sample.time.has_value();
}

ClockSample sample_from(std::string_view text, std::uint64_t offset) {
    ClockSample sample;
    sample.offset = offset;
    for (int i = 0; i < look_around && offset < text.size(); ++i) {
        const LineView line = line_from(text, offset);
        if (sampled(line, sample) || line.cut) break;
        offset = line.next;
    }
    return sample;
}

ClockSample last_sample(std::string_view text) {
    ClockSample sample;
    std::uint64_t at = sample.offset = text.size();
    for (int i = 0; i < look_around && at > 0; ++i) {
        const LineView line = line_before(text, at);
        if (line.offset >= at || sampled(line, sample)) break;
        at = line.offset;
    }
    return sample;
}

}  // namespace

std::vector<ClockSample> sample_clocks(std::string_view text) {
    const std::uint64_t stride = clock_stride(text.size());
    const std::size_t count = (text.size() + stride - 1) / stride;
    std::vector<ClockSample> samples(count);
    constexpr std::size_t batch = 256;
    parallel_for(count, batch,
                 [&](std::size_t i) { samples[i] = sample_from(text, line_around(text, i * stride).offset); });
    if (count > 0) samples.push_back(last_sample(text));
    return samples;
}

}  // namespace stallsight
