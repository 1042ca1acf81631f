// A case: the engineer's notes, tags, marks and decisions on a bundle, in one JSON file beside it (schema
// stallsight.case/1, docs/case-file.md). It holds no copy of the log: a note names an artifact by path and SHA-256,
// and a place in it with its text as a check.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json_object.h"

namespace stallsight {

// What a note is about.
struct Target {
    enum class Kind {
        line,      // or lines, up to line_last
        frame,     // the stack entry that this line prints
        event,     // the report that starts here
        episode,   // the stall that this report is the first of
        time,      // from_s to to_s on the clock of the artifact
        artifact,  // the whole file
    };
    Kind kind = Kind::line;
    std::string artifact;                       // path in the bundle
    std::string sha256;                         // of the artifact when the note was made; empty: not hashed
    std::uint64_t line = 0, line_last = 0;      // from 1; 0: none (time, artifact)
    std::uint64_t offset = 0, offset_last = 0;  // the same in bytes, end exclusive
    std::string line_text;                      // what stood on `line`; another text now: the note is detached
    double from_s = 0, to_s = 0;                // kernel time, of Kind::time
};
std::string_view name_of(Target::Kind kind);

// What the engineer decided, and the analysis respects.
enum class Decision {
    none,
    guilty,       // of a frame: it is to blame
    no_problem,   // of an event: not a problem here
    same_moment,  // of a line: Note::same_as names another core's line of the same moment
    clock,        // of an artifact: its core's clock stands as Note::offset_s says
};

struct Note {
    std::string id;  // "n1", unique in the case
    Target target;
    std::string text;               // Markdown; may be empty when there is a tag, a colour or a decision
    std::vector<std::string> tags;  // "network", "ask-vendor"
    std::string colour;             // of a mark: "red", "yellow", "green", "blue"; empty: no mark
    Decision decision = Decision::none;
    std::string same_as;  // "nt-a/core-0/kern.log:25", of Decision::same_moment
    double offset_s = 0;  // of Decision::clock: to add to the core's times, to have the first core's
    double error_s = 0;   // of it, either way
    std::string origin;   // "remark": a person had written it into the log; empty: made here
    JsonObject unknown;   // what a newer version wrote; kept
};
bool operator==(const Note& a, const Note& b);

// "guilty", "not a problem here", "the same moment as nt-a/core-0/kern.log:25", "clock +99.800 s ± 0.300 s"; empty:
// nothing is decided.
std::string decision_words(const Note& note);

struct CaseFile {
    std::string path;         // where it lives
    std::string bundle;       // name of the bundle
    std::vector<Note> notes;  // in the order of their making
    JsonObject unknown;

    [[nodiscard]] const Note* note(const std::string& id) const;
};

// "customer.tar.gz" -> "customer.tar.gz.stallsight.json", beside the bundle.
std::string default_case_path(const std::string& bundle_path);

// A file that is not there is an empty case. One that cannot be understood is an error and is left as it is.
Result<CaseFile> load_case(const std::string& path);

// The file's bytes. The same case gives the same bytes.
std::string to_json(const CaseFile& file);

}  // namespace stallsight
