// Forms of a log whose lines are not one record each are first written anew as plain kernel lines; everything else
// is read where it lies. Rewritten here:
//
//   UTF-16 with a byte-order mark
//   journalctl -o json, -o export, -o verbose (systemd.journal-fields(7), "Journal Export Formats")
//   dmesg --json (util-linux 2.38 and later)
//   pstore's pieces, newest first: "Panic#1 Part3" (fs/pstore/platform.c)
//   lines full of colour escapes (dmesg --color=always)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

// Where a line of the rewritten text came from.
struct LineOrigin {
    std::uint64_t line = 0;    // counts from 1
    std::uint64_t offset = 0;  // of the line's, or the journal entry's, first byte
};

class RewrittenLog {
public:
    // One line, or several when `message` holds line ends.
    void add(std::string_view message, LineOrigin origin);

    std::string text;
    std::vector<LineOrigin> origins;  // one a line of `text`
};

std::optional<RewrittenLog> decode_log(std::string_view text);

// The parts of decode_log(); each looks at the start of the text and returns nothing when it is not its form.
std::optional<RewrittenLog> decode_utf16(std::string_view text);
std::optional<RewrittenLog> decode_journal_json(std::string_view text);
std::optional<RewrittenLog> decode_journal_fields(std::string_view text);  // export and verbose
std::optional<RewrittenLog> decode_dmesg_json(std::string_view text);
std::optional<RewrittenLog> decode_pstore(std::string_view text);
std::optional<RewrittenLog> decode_colours(std::string_view text);

}  // namespace stallsight
