#include "app/gui/log/log_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "parsers/vmcore/terminal_line.h"

namespace stallsight::gui {

bool is_text(const Artifact& artifact) {
    return artifact.kind != ArtifactKind::debug_info && artifact.kind != ArtifactKind::vmcore &&
           artifact.kind != ArtifactKind::binary;
}

LogText::LogText(AnalysisPtr analysis, std::size_t artifact) : analysis_(std::move(analysis)) {
    const ArtifactInfo& info = analysis_->artifacts.at(artifact);
    view_ = info.artifact.bytes.view();
    is_log_ = info.artifact.kind == ArtifactKind::kernel_log;
    if (info.scan.index.lines() > 0)
        index_ = std::shared_ptr<const LineIndex>(analysis_, &info.scan.index);
    else
        index_ = std::make_shared<const LineIndex>(view_);
}

std::vector<LogLine> LogText::read(std::uint64_t first, std::size_t count) const {
    std::vector<LogLine> lines;
    for (std::uint64_t number = first; number <= this->lines() && lines.size() < count; ++number) {
        const std::uint64_t begin = offset_of(number), next = offset_of(number + 1);
        std::string_view text = view_.substr(begin, std::min<std::uint64_t>(next - begin, shown_bytes));
        const bool cut = next - begin > shown_bytes;
        if (!cut)
            while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
        const bool of_terminal = text.find('\x1b') != std::string_view::npos;
        lines.push_back({number, of_terminal ? shown_by_terminal(text) : std::string(text), cut});
    }
    return lines;
}

// The first line at or behind that time; lines() + 1 where there is none.
std::uint64_t LogText::first_line_from(double s) const {
    constexpr std::uint64_t look = 200;  // lines without a stamp stand in a row: a program's output
    std::uint64_t low = 1, high = lines() + 1;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        std::optional<double> at;
        std::uint64_t line = middle;
        for (; line < std::min(high, middle + look) && !at; ++line)
            if (const auto time = parse_record(read(line, 1).front().text).time) at = seconds(*time);
        if (at && *at < s)
            low = line;
        else
            high = middle;
    }
    return low;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> LogText::lines_between(double from_s, double to_s) const {
    const std::uint64_t first = first_line_from(from_s), behind = first_line_from(std::nextafter(to_s, to_s + 1));
    if (first >= behind) return std::nullopt;
    return std::pair(first, behind - 1);
}

std::optional<std::uint64_t> find_text(std::string_view text, std::string_view needle, std::uint64_t from,
                                       bool forward, const std::atomic<bool>& cancelled) {
    if (needle.empty() || needle.size() > text.size()) return std::nullopt;
    constexpr std::uint64_t chunk = 1U << 20U;
    const bool exact = std::any_of(needle.begin(), needle.end(), [](unsigned char c) { return std::isupper(c); });
    std::string piece;
    // Pieces overlap by the needle's length, so that none is missed where they meet.
    const auto search_in = [&](std::uint64_t begin, std::uint64_t end) -> std::optional<std::uint64_t> {
        piece.assign(text.substr(begin, end - begin));
        if (!exact)
            std::transform(piece.begin(), piece.end(), piece.begin(),
                           [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
        const std::size_t at = forward ? piece.find(needle) : piece.rfind(needle);
        return at == std::string::npos ? std::nullopt : std::optional<std::uint64_t>(begin + at);
    };
    std::uint64_t at = std::min<std::uint64_t>(from, text.size());
    while (!cancelled && (forward ? at < text.size() : at > 0)) {
        const std::uint64_t begin = forward ? at : at - std::min(at, chunk);
        const std::uint64_t end =
            std::min<std::uint64_t>(text.size(), (forward ? at + chunk : at) + needle.size() - 1);
        if (const auto found = search_in(begin, end)) return found;
        at = forward ? at + chunk : begin;
    }
    return std::nullopt;
}

}  // namespace stallsight::gui
