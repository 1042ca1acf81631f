#include "analysis/case/anchor.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/words.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t line_text_limit = 4096;

// Kept in the case as a check, so it must be valid UTF-8: any other byte becomes U+FFFD.
std::string checked_text(std::string_view line) {
    const Json as_json = std::string(line.substr(0, line_text_limit));
    return Json::parse(as_json.dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

std::string text_of(const ArtifactInfo& info, std::uint64_t line) {
    return checked_text(info.scan.index.line_text(info.artifact.bytes.view(), line));
}

const ArtifactInfo* artifact_named(const Analysis& analysis, const std::string& path) {
    const auto it = std::find_if(analysis.artifacts.begin(), analysis.artifacts.end(),
                                 [&](const ArtifactInfo& a) { return a.artifact.path == path; });
    return it == analysis.artifacts.end() ? nullptr : &*it;
}

Target target_in(const ArtifactInfo& info, Target::Kind kind) {
    Target target;
    target.kind = kind;
    target.artifact = info.artifact.path;
    target.sha256 = info.sha256.value_or("");
    return target;
}

Result<Target> lines_of(const ArtifactInfo& info, Target::Kind kind, std::uint64_t line, std::uint64_t line_last) {
    const std::uint64_t lines = info.scan.index.lines();
    line_last = std::max(line, line_last);
    if (line == 0 || line_last > lines)
        return fail("has " + std::to_string(lines) + " lines", info.artifact.path,
                    "line " + std::to_string(line == 0 ? line : line_last));
    Target target = target_in(info, kind);
    const std::string_view text = info.artifact.bytes.view();
    target.line = line;
    target.line_last = line_last;
    target.offset = info.scan.index.offset_of(text, line);
    target.offset_last = info.scan.index.offset_of(text, line_last + 1);
    target.line_text = text_of(info, line);
    return target;
}

// Same bytes first, same path second; a path with other bytes is a log that has grown, or another log.
std::vector<std::size_t> candidates(const Target& target, const Analysis& analysis) {
    const auto rank = [&](const ArtifactInfo& info) {
        const bool same_bytes = !target.sha256.empty() && info.sha256 == target.sha256;
        const bool same_path = info.artifact.path == target.artifact;
        return (same_bytes ? 2 : 0) + (same_path ? 1 : 0);
    };
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < analysis.artifacts.size(); ++i)
        if (rank(analysis.artifacts[i]) > 0) out.push_back(i);
    std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
        return rank(analysis.artifacts[a]) > rank(analysis.artifacts[b]);
    });
    return out;
}

// The only line of the file with this text.
std::optional<std::uint64_t> only_line_with(const ArtifactInfo& info, const std::string& line_text) {
    const std::string_view text = info.artifact.bytes.view();
    std::optional<std::uint64_t> found;
    if (line_text.empty()) return found;
    for (std::size_t at = text.find(line_text); at != std::string_view::npos; at = text.find(line_text, at + 1)) {
        const std::uint64_t line = info.scan.index.line_at(text, at);
        if (text_of(info, line) != line_text) continue;
        if (found) return std::nullopt;
        found = line;
    }
    return found;
}

std::optional<std::uint64_t> line_in(const Target& target, const ArtifactInfo& info) {
    if (target.line <= info.scan.index.lines() && text_of(info, target.line) == target.line_text)
        return target.line;
    return only_line_with(info, target.line_text);
}

}  // namespace

Result<Target> line_target(const Analysis& analysis, const std::string& artifact, std::uint64_t line,
                           std::uint64_t line_last) {
    const ArtifactInfo* info = artifact_named(analysis, artifact);
    if (info == nullptr) return fail("no such file in the bundle", artifact);
    return lines_of(*info, Target::Kind::line, line, line_last);
}

Result<Target> frame_target(const Analysis& analysis, const EventInfo& event, std::size_t frame) {
    if (frame >= event.report.frames.size())
        return fail("has " + counted(event.report.frames.size(), "frame"), "", event.id);
    return lines_of(analysis.artifacts[event.artifact], Target::Kind::frame, event.report.frames[frame].line, 0);
}

Result<Target> event_target(const Analysis& analysis, const EventInfo& event) {
    return lines_of(analysis.artifacts[event.artifact], Target::Kind::event, event.report.line,
                    event.report.line_last);
}

Result<Target> episode_target(const Analysis& analysis, const StallEpisode& episode) {
    const EventInfo* first = analysis.event(episode.events.front());
    return lines_of(analysis.artifacts[first->artifact], Target::Kind::episode, first->report.line, 0);
}

Result<Target> time_target(const Analysis& analysis, const std::string& artifact, double from_s, double to_s) {
    const ArtifactInfo* info = artifact_named(analysis, artifact);
    if (info == nullptr) return fail("no such file in the bundle", artifact);
    Target target = target_in(*info, Target::Kind::time);
    target.from_s = std::min(from_s, to_s);
    target.to_s = std::max(from_s, to_s);
    return target;
}

Result<Target> artifact_target(const Analysis& analysis, const std::string& artifact) {
    const ArtifactInfo* info = artifact_named(analysis, artifact);
    if (info == nullptr) return fail("no such file in the bundle", artifact);
    return target_in(*info, Target::Kind::artifact);
}

std::optional<Anchor> locate(const Note& note, const Analysis& analysis) {
    const Target& target = note.target;
    for (const std::size_t i : candidates(target, analysis)) {
        const ArtifactInfo& info = analysis.artifacts[i];
        if (target.line == 0) {
            const bool other_bytes = !target.sha256.empty() && info.sha256 && info.sha256 != target.sha256;
            if (target.kind == Target::Kind::time || !other_bytes) return Anchor{i, 0};
        } else if (const auto line = line_in(target, info)) {
            return Anchor{i, *line};
        }
    }
    return std::nullopt;
}

const EventInfo* event_at(const Anchor& anchor, const Note& note, const Analysis& analysis) {
    const bool is_frame = note.target.kind == Target::Kind::frame;
    if (!is_frame && note.target.kind != Target::Kind::event && note.target.kind != Target::Kind::episode)
        return nullptr;
    for (const EventInfo& event : analysis.events) {
        if (event.artifact != anchor.artifact) continue;
        const auto& frames = event.report.frames;
        if (is_frame
                ? std::any_of(frames.begin(), frames.end(), [&](const Frame& f) { return f.line == anchor.line; })
                : event.report.line == anchor.line)
            return &event;
    }
    return nullptr;
}

std::string place_words(const Target& target) {
    std::string out = target.artifact;
    if (target.kind == Target::Kind::time)
        return out + " " + significant(target.from_s, 9) + " s to " + significant(target.to_s, 9) + " s";
    if (target.line == 0) return out;
    out += ":" + std::to_string(target.line);
    if (target.kind != Target::Kind::line) return out + " (" + std::string(name_of(target.kind)) + ")";
    return target.line_last > target.line ? out + "-" + std::to_string(target.line_last) : out;
}

std::vector<Note> remark_notes(const Analysis& analysis) {
    std::vector<Note> out;
    for (const ArtifactInfo& info : analysis.artifacts)
        for (const Remark& remark : info.scan.remarks) {
            auto target = lines_of(info, Target::Kind::line, remark.line, 0);
            if (!target) continue;  // of a log that was put together from pieces
            Note note;
            note.id = "r" + std::to_string(out.size() + 1);
            note.target = std::move(*target);
            note.text = remark.text;
            note.origin = "remark";
            out.push_back(std::move(note));
        }
    return out;
}

}  // namespace stallsight
