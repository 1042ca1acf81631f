// A case: the engineer's notes on a bundle, in one JSON file beside it (schema stallsight.case/1,
// docs/case-file.md). It holds no copy of the log: a note names an artifact, by path and SHA-256, and a line with
// its text as a check.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/analysis.h"
#include "base/error.h"

namespace stallsight {

struct Note {
    std::string id;          // "n1", unique in the case
    std::string artifact;    // path in the bundle
    std::string sha256;      // of the artifact when the note was made; empty: not hashed
    std::uint64_t line = 0;  // from 1
    std::string line_text;   // what stood there; another text now means that the note is detached
    bool on_event = false;   // the note is about the event that starts at this line, not only about the line
    std::string text;
    nlohmann::ordered_json unknown = nlohmann::ordered_json::object();  // of a newer version; kept
};

struct CaseFile {
    std::string path;         // where it lives
    std::string bundle;       // name of the bundle
    std::vector<Note> notes;  // in the order of their making
    nlohmann::ordered_json unknown = nlohmann::ordered_json::object();
};

// "customer.tar.gz" -> "customer.tar.gz.stallsight.json", beside the bundle.
std::string default_case_path(const std::string& bundle_path);

// A file that is not there is an empty case. One that cannot be understood is an error and is left as it is.
Result<CaseFile> load_case(const std::string& path);

// Writes a new file and renames it over the old one: at no moment is there half a case.
Result<void> save_case(const CaseFile& file);

// Adds a note on a line (or, `on_event`, the event that starts there) and returns its id.
Result<std::string> add_note(CaseFile& file, const Analysis& analysis, const std::string& artifact,
                             std::uint64_t line, bool on_event, std::string text);
bool remove_note(CaseFile& file, const std::string& id);

// Does the artifact still hold the line that the note was written on?
bool is_attached(const Note& note, const Analysis& analysis);

}  // namespace stallsight
