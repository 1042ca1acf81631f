// What stands in each section; contents.cpp puts them in their order. One that has nothing to say is empty.
#pragma once

#include "analysis/report/contents.h"

namespace stallsight {

Line plain(std::string text);
Line styled(Span::Style style, std::string text);
// What a report that names several boards or cores says of one.
std::string core_words(const std::string& board, const std::string& core);
// Lines and bytes of a file, linked to what is said of it: "kern.log:22-53, bytes 2107-4807".
Line place_line(const Analysis& analysis, std::size_t artifact, std::uint64_t line, std::uint64_t line_last,
                std::uint64_t offset, std::uint64_t offset_last);

// section_time.cpp
std::vector<Block> timeline_section(const ReportInput& in);
std::vector<Block> torture_section(const ReportInput& in);
// section_chain.cpp
std::vector<Block> chain_section(const ReportInput& in);
std::vector<Block> locks_section(const ReportInput& in);
// section_events.cpp
std::vector<Block> events_section(const ReportInput& in);
std::vector<Block> stacks_section(const ReportInput& in);
// section_compare.cpp
std::vector<Block> comparison_section(const ReportInput& in);
std::vector<Block> patch_section(const ReportInput& in);
// section_notes.cpp
std::vector<Block> notes_section(const ReportInput& in);
std::vector<Block> evidence_section(const ReportInput& in);

// Words, decision, tags and mark of a note; section_notes.cpp.
Line note_line(const Note& note);
// The same behind what the note is about; `remarks`: those that somebody wrote into the log, too.
Line notes_behind(const ReportInput& in, std::size_t artifact, std::uint64_t line, std::uint64_t line_last,
                  bool remarks);

}  // namespace stallsight
