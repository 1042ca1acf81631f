#include "analysis/stalls/shared_messages.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "analysis/words.h"
#include "parsers/records/record.h"

namespace stallsight {

namespace {

// Boards of one kind print the same at the same time of their boot.
constexpr double boot_s = 120;
constexpr std::size_t most_bytes = std::size_t{8} << 20U;  // of each log: the offset does not need more
constexpr std::size_t enough = 3;
constexpr double agreement_s = 2;

struct Seen {
    double s = 0;
    bool once = true;
};
using Messages = std::unordered_map<std::string_view, Seen>;  // into the logs

// Four digits in a row: a serial number, an address, a count.
bool is_telling(std::string_view message) {
    std::size_t run = 0;
    for (const char c : message) {
        run = c >= '0' && c <= '9' ? run + 1 : 0;
        if (run >= 4) return true;
    }
    return false;
}

Messages messages_of(const Analysis& analysis, const Core& core) {
    Messages out;
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (info.artifact.kind != ArtifactKind::kernel_log || info.artifact.board != core.first ||
            info.artifact.core != core.second || info.scan.boots > 1)
            continue;
        std::string_view text = info.artifact.bytes.view().substr(0, most_bytes);
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(text.size(), line.size() + 1));
            const Record record = parse_record(line);
            if (!record.time || seconds(*record.time) < boot_s || !is_telling(record.message)) continue;
            const auto [it, fresh] = out.try_emplace(record.message, Seen{seconds(*record.time), true});
            it->second.once = fresh;
        }
    }
    return out;
}

}  // namespace

std::optional<SharedMessages> shared_messages(const Analysis& analysis, const Core& first, const Core& second) {
    const Messages here = messages_of(analysis, first), there = messages_of(analysis, second);
    std::vector<double> offsets;
    for (const auto& [message, seen] : there)
        if (const auto same = here.find(message); same != here.end() && same->second.once && seen.once)
            offsets.push_back(same->second.s - seen.s);
    if (offsets.size() < enough) return std::nullopt;
    std::sort(offsets.begin(), offsets.end());
    const double middle = offsets[offsets.size() / 2];
    const auto agree = static_cast<std::size_t>(std::count_if(
        offsets.begin(), offsets.end(), [&](double offset) { return std::abs(offset - middle) <= agreement_s; }));
    if (agree < enough || agree * 3 < offsets.size() * 2) return std::nullopt;
    double error = 0;
    for (const double offset : offsets)
        if (std::abs(offset - middle) <= agreement_s) error = std::max(error, std::abs(offset - middle));
    return SharedMessages{
        middle, std::max(error, 0.001),
        counted(agree, "message") + " that " + first.first + " and " + second.first + " both logged"};
}

}  // namespace stallsight
