// Where a note is: made from a place of the analysis, and found again in another analysis of the same, moved or
// re-packed bundle.
#pragma once

#include "analysis/analysis.h"
#include "analysis/case/case_file.h"

namespace stallsight {

// Targets of a note; errors name the file and the line that is not there.
Result<Target> line_target(const Analysis& analysis, const std::string& artifact, std::uint64_t line,
                           std::uint64_t line_last = 0);
Result<Target> frame_target(const Analysis& analysis, const EventInfo& event, std::size_t frame);
Result<Target> event_target(const Analysis& analysis, const EventInfo& event);
Result<Target> episode_target(const Analysis& analysis, const StallEpisode& episode);
Result<Target> time_target(const Analysis& analysis, const std::string& artifact, double from_s, double to_s);
Result<Target> artifact_target(const Analysis& analysis, const std::string& artifact);

struct Anchor {
    std::size_t artifact = 0;  // index into Analysis::artifacts
    std::uint64_t line = 0;    // 0: the whole file, or a time
};

// By SHA-256 first, else by path; the text must still be there: on its line, or, where the file has grown, on just
// one other. Nothing: the note is detached.
std::optional<Anchor> locate(const Note& note, const Analysis& analysis);

// The event that a frame, event or episode note is about.
const EventInfo* event_at(const Anchor& anchor, const Note& note, const Analysis& analysis);

// "nt-a/core-0/kern.log:38", "kern.log 12.5 s to 20 s", "kern.log": for a person; with what of it is meant.
std::string place_words(const Target& target);

// What persons had written behind the lines of a log (`// ...`), as notes.
std::vector<Note> remark_notes(const Analysis& analysis);

}  // namespace stallsight
