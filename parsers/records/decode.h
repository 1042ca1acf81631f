// Forms of a log whose lines are not one record each are first written anew as plain kernel lines; everything else
// is read where it lies. Rewritten here:
//
//   UTF-16 with a byte-order mark
//   journalctl -o json, -o export, -o verbose (systemd.journal-fields(7), "Journal Export Formats")
//   dmesg --json (util-linux 2.38 and later)
//   pstore's pieces, newest first: "Panic#1 Part3" (fs/pstore/platform.c)
//   lines full of colour escapes (dmesg --color=always)
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "parsers/records/rewritten_log.h"

namespace stallsight {

// Nothing for a log that is read where it lies; an error when it has to be written anew and cannot.
Result<std::optional<RewrittenLog>> decode_log(std::string_view text, const Progress& progress = {});

// One form.
struct LogForm {
    // The parts of a log that is of this form, in the order of its records; none when it is of another form. The
    // log's start decides.
    std::vector<Piece> (*pieces)(std::string_view text);
    void (*rewrite)(std::string_view text, const Piece& piece, LineWriter& out) = nullptr;
};

extern const LogForm utf16_form, colours_form, pstore_form;  // decode.cpp, decode_pstore.cpp
extern const LogForm journal_json_form, journal_export_form, journal_verbose_form, dmesg_json_form;

}  // namespace stallsight
