// Changes of a case, each written at once: what others wrote since is taken up first, so that two windows on one
// case do not overwrite each other, and a program that is killed leaves the case before or after a change.
#pragma once

#include <vector>

#include "analysis/case/case_file.h"

namespace stallsight {

// A note that was not there (no `before`), is another now, or is no more (no `after`).
struct Change {
    std::optional<Note> before, after;
};

// Reads the case again under a lock, applies the change and writes a new file over the old one. `file` becomes what
// was written, and `change` what was really done: a new note gets its id; an edit of a note that another window
// edited meanwhile becomes a note beside it. Removing such a note is an error.
Result<void> apply(CaseFile& file, Change& change);

// The changes of one window, to be undone and done again.
class History {
public:
    // What is typed into one note, change by change, is one step: `goes_on` is true from the second one on.
    Result<void> apply(CaseFile& file, Change change, bool goes_on = false);
    Result<void> undo(CaseFile& file);
    Result<void> redo(CaseFile& file);
    [[nodiscard]] bool can_undo() const { return done_ > 0; }
    [[nodiscard]] bool can_redo() const { return done_ < changes_.size(); }
    // The note that the last change was about; empty: none.
    [[nodiscard]] std::string last_id() const;

private:
    std::vector<Change> changes_;
    std::size_t done_ = 0;  // of changes_; those behind it are undone
};

}  // namespace stallsight
