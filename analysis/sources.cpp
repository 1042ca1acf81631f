#include "analysis/sources.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace stallsight {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> parts_of(const std::string& file) {
    std::vector<std::string> parts;
    for (const fs::path& part : fs::path(file).lexically_normal().relative_path())
        // A path from a log is not to be trusted: it may not climb out of the folder that it is looked for in.
        if (part != "..") parts.push_back(part.string());
    return parts;
}

std::string tail_of(const std::vector<std::string>& parts, std::size_t skip) {
    std::string tail;
    for (std::size_t i = skip; i < parts.size(); ++i) tail += (tail.empty() ? "" : "/") + parts[i];
    return tail;
}

// How many path components agree, counted from the file's name.
std::size_t agreement(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    const auto ends = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
    return static_cast<std::size_t>(ends.first - a.rbegin());
}

std::optional<FoundSource> read_source(const fs::path& path) {
    std::error_code ignored;
    if (path.empty() || !fs::is_regular_file(path, ignored)) return std::nullopt;
    auto bytes = Bytes::map_file(path.string());
    return bytes ? std::optional(FoundSource{path.string(), std::move(*bytes)}) : std::nullopt;
}

// Empty where the file was not under what was moved, or would climb out of it.
fs::path moved_path(const std::string& file, const SourceSearch::Moved& moved) {
    const fs::path inside =
        fs::path(file).lexically_normal().lexically_relative(fs::path(moved.from).lexically_normal());
    const bool under = !inside.empty() && *inside.begin() != ".." && *inside.begin() != ".";
    return under ? fs::path(moved.to) / inside : fs::path();
}

// "WARNING: CPU: 5 PID: 5079 at kernel/sched/core.c:3899 .preempt_count_sub+0x7c/0xfc"
std::optional<SourceSpot> spot_in_headline(const std::string& headline) {
    const std::size_t at = headline.find(" at ");
    const std::size_t colon = at == std::string::npos ? at : headline.find(':', at);
    if (colon == std::string::npos || headline.find(' ', at + 4) < colon) return std::nullopt;
    SourceSpot spot{headline.substr(at + 4, colon - at - 4), 0, "the report"};
    std::from_chars(headline.data() + colon + 1, headline.data() + headline.size(), spot.line);
    return spot.line ? std::optional(spot) : std::nullopt;
}

}  // namespace

std::optional<SourceSpot> source_spot(const Frame& frame, const Resolution* symbols) {
    if (symbols && !symbols->places.empty() && !symbols->places.front().file.empty())
        return SourceSpot{symbols->places.front().file, symbols->places.front().line,
                          symbols->other_build ? "debug info of another build" : "debug info"};
    if (!frame.file.empty()) return SourceSpot{frame.file, frame.source_line, "the log"};
    return std::nullopt;
}

std::optional<SourceSpot> source_spot(const Analysis& analysis, const EventInfo& event,
                                      std::optional<std::size_t> frame) {
    if (frame && *frame < event.report.frames.size()) {
        const bool resolved = *frame < event.symbols.size() && event.symbols[*frame];
        if (auto spot = source_spot(event.report.frames[*frame], resolved ? &*event.symbols[*frame] : nullptr))
            return spot;
    }
    const Chain* chain = analysis.chain_of(event.id);
    for (std::size_t i = 0; chain && frame && i < chain->links.size(); ++i)
        if (chain->links[i].frame == *frame && !chain->links[i].file.empty())
            return SourceSpot{chain->links[i].file, chain->links[i].line, "debug info"};
    if (!frame || event.report.frames.empty()) return spot_in_headline(event.report.headline);
    return std::nullopt;
}

std::optional<FoundSource> find_source(const Analysis& analysis, const SourceSearch& where,
                                       const std::string& file) {
    for (const SourceSearch::Moved& moved : where.moved)
        if (auto found = read_source(moved_path(file, moved))) return found;
    const std::vector<std::string> parts = parts_of(file);
    for (const std::string& folder : where.folders)
        for (std::size_t skip = 0; skip < parts.size(); ++skip)
            if (auto found = read_source(fs::path(folder) / tail_of(parts, skip))) return found;
    const Artifact* best = nullptr;
    std::size_t agreed = 0;
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (info.artifact.kind != ArtifactKind::source) continue;
        const std::size_t same = agreement(parts, parts_of(info.artifact.path));
        if (same > agreed) best = &info.artifact, agreed = same;
    }
    if (best) return FoundSource{best->path, best->bytes};
    return std::nullopt;
}

std::optional<SourceSearch::Moved> source_map(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) return std::nullopt;
    return SourceSearch::Moved{text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace stallsight
