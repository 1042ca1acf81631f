// What stands in each section of a report, before anything is taken out.
#pragma once

#include "analysis/case/anchor.h"
#include "analysis/report/document.h"

namespace stallsight {

struct ReportInput {
    const Analysis& analysis;
    const ReportOptions& options;
    std::vector<Note> notes;                                   // of the case, and remarks of the logs
    std::vector<std::pair<const Note*, Anchor>> placed_notes;  // those of `notes` that are not detached
};

// All that have something to say.
std::vector<ReportSection> make_sections(const ReportInput& input);

}  // namespace stallsight
