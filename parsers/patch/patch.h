// Unified diffs: git format-patch, `git diff`, `hg diff`, quilt, plain `diff -u`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

struct Hunk {
    int old_start = 0, old_lines = 0, new_start = 0, new_lines = 0;  // as the @@ line says, true or not
    std::string heading;                    // text behind the second @@; may be cut by the diff tool
    std::string function;                   // the function that the heading names, or empty; may be cut short
    std::uint64_t line = 0, line_last = 0;  // of the patch file, from 1
    std::vector<std::string> body;          // with their ' ', '-', '+'
    // Functions that have a changed line in this hunk, as far as heading and context show them: the heading
    // names the last function before the hunk, which need not be the one that is changed.
    std::vector<std::string> touched;
};

struct FilePatch {
    std::string old_path, new_path;  // without a/ and b/; "/dev/null" where the file is new or deleted
    std::vector<Hunk> hunks;
};

struct Patch {
    std::string subject;  // of a mail or commit, or empty
    std::vector<FilePatch> files;
};

// Text around the hunks (mail headers, remarks, a shell prompt) is skipped. Empty `files`: no diff.
Patch parse_patch(std::string_view text);

}  // namespace stallsight
