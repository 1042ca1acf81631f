#include "analysis/case/case_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "analysis/words.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::string_view schema = "stallsight.case/1";
constexpr std::uint64_t case_file_limit = 256ULL << 20U;

template <class T>
struct Name {
    T value;
    std::string_view name;
};
constexpr std::array target_names = {
    Name<Target::Kind>{Target::Kind::line, "line"},   Name<Target::Kind>{Target::Kind::frame, "frame"},
    Name<Target::Kind>{Target::Kind::event, "event"}, Name<Target::Kind>{Target::Kind::episode, "episode"},
    Name<Target::Kind>{Target::Kind::time, "time"},   Name<Target::Kind>{Target::Kind::artifact, "artifact"},
};
constexpr std::array decision_names = {
    Name<Decision>{Decision::guilty, "guilty"},
    Name<Decision>{Decision::no_problem, "no_problem"},
    Name<Decision>{Decision::same_moment, "same_moment"},
    Name<Decision>{Decision::clock, "clock"},
};

// Moves known members out of an object; what is left is a newer version's. A member with another type, or with a
// word that this version does not know, is left, too.
class Taker {
public:
    explicit Taker(Json& object) : object_(object) {}

    void take(const char* key, std::string& out) {
        take_if(
            key, [](const Json& j) { return j.is_string(); }, [&](Json& j) { out = j.get<std::string>(); });
    }
    void take(const char* key, std::uint64_t& out) {
        take_if(
            key, [](const Json& j) { return j.is_number_unsigned(); },
            [&](Json& j) { out = j.get<std::uint64_t>(); });
    }
    void take(const char* key, double& out) {
        take_if(
            key, [](const Json& j) { return j.is_number(); }, [&](Json& j) { out = j.get<double>(); });
    }
    void take(const char* key, std::vector<std::string>& out) {
        const auto all_strings = [](const Json& j) {
            return j.is_array() &&
                   std::all_of(j.begin(), j.end(), [](const Json& item) { return item.is_string(); });
        };
        take_if(key, all_strings, [&](Json& j) { out = j.get<std::vector<std::string>>(); });
    }
    template <class T, std::size_t N>
    void take(const char* key, const std::array<Name<T>, N>& names, T& out) {
        const auto found = [&](const Json& j) {
            return std::find_if(names.begin(), names.end(),
                                [&](const Name<T>& n) { return j.is_string() && n.name == j.get<std::string>(); });
        };
        take_if(
            key, [&](const Json& j) { return found(j) != names.end(); }, [&](Json& j) { out = found(j)->value; });
    }

private:
    template <class Fits, class Use>
    void take_if(const char* key, Fits fits, Use use) {
        const auto it = object_.find(key);
        if (it == object_.end() || !fits(*it)) return;
        use(*it);
        object_.erase(key);
    }
    Json& object_;
};

Note read_note(Json object) {
    Note note;
    Taker taker(object);
    taker.take("id", note.id);
    // Before targets had names there were lines and events.
    if (const auto it = object.find("on_event"); it != object.end() && it->is_boolean()) {
        if (it->get<bool>()) note.target.kind = Target::Kind::event;
        object.erase("on_event");
    }
    taker.take("target", target_names, note.target.kind);
    taker.take("artifact", note.target.artifact);
    taker.take("sha256", note.target.sha256);
    taker.take("line", note.target.line);
    taker.take("line_last", note.target.line_last);
    taker.take("offset", note.target.offset);
    taker.take("offset_last", note.target.offset_last);
    taker.take("line_text", note.target.line_text);
    taker.take("from_s", note.target.from_s);
    taker.take("to_s", note.target.to_s);
    taker.take("text", note.text);
    taker.take("tags", note.tags);
    taker.take("colour", note.colour);
    taker.take("decision", decision_names, note.decision);
    taker.take("same_as", note.same_as);
    taker.take("offset_s", note.offset_s);
    taker.take("error_s", note.error_s);
    taker.take("origin", note.origin);
    note.target.line_last = std::max(note.target.line, note.target.line_last);
    note.unknown = std::move(object);
    return note;
}

Json note_json(const Note& note) {
    const Target& target = note.target;
    Json out = {{"id", note.id},
                {"target", name_of(target.kind)},
                {"artifact", target.artifact},
                {"sha256", target.sha256}};
    if (target.line > 0) {
        out["line"] = target.line;
        if (target.line_last > target.line) out["line_last"] = target.line_last;
        out["offset"] = target.offset;
        out["offset_last"] = target.offset_last;
        out["line_text"] = target.line_text;
    }
    if (target.kind == Target::Kind::time) {
        out["from_s"] = target.from_s;
        out["to_s"] = target.to_s;
    }
    if (!note.text.empty()) out["text"] = note.text;
    if (!note.tags.empty()) out["tags"] = note.tags;
    if (!note.colour.empty()) out["colour"] = note.colour;
    for (const auto& [decision, name] : decision_names)
        if (note.decision == decision) out["decision"] = name;
    if (note.decision == Decision::same_moment) out["same_as"] = note.same_as;
    if (note.decision == Decision::clock) {
        out["offset_s"] = note.offset_s;
        out["error_s"] = note.error_s;
    }
    if (!note.origin.empty()) out["origin"] = note.origin;
    for (const auto& [key, value] : note.unknown.items()) out[key] = value;
    return out;
}

}  // namespace

std::string_view name_of(Target::Kind kind) {
    for (const auto& [value, name] : target_names)
        if (value == kind) return name;
    return "line";
}

bool operator==(const Note& a, const Note& b) {
    return note_json(a) == note_json(b);
}

std::string decision_words(const Note& note) {
    switch (note.decision) {
        case Decision::guilty:
            return "guilty";
        case Decision::no_problem:
            return "not a problem here";
        case Decision::same_moment:
            return "the same moment as " + note.same_as;
        case Decision::clock:
            return "clock " + offset_words(note.offset_s, note.error_s);
        case Decision::none:
            break;
    }
    return {};
}

const Note* CaseFile::note(const std::string& id) const {
    const auto it = std::find_if(notes.begin(), notes.end(), [&](const Note& n) { return n.id == id; });
    return it == notes.end() ? nullptr : &*it;
}

std::string default_case_path(const std::string& bundle_path) {
    fs::path path = fs::path(bundle_path).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    return path.string() + ".stallsight.json";
}

Result<CaseFile> load_case(const std::string& path) {
    CaseFile file;
    file.path = path;
    std::error_code error;
    if (!fs::exists(path, error)) return file;
    if (fs::file_size(path, error) > case_file_limit) return fail("too large for a case file", path);
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail("cannot read: " + std::generic_category().message(errno), path);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Json object = Json::parse(text, nullptr, false);
    if (object.is_discarded() || !object.is_object()) return fail("not a case file: no JSON object", path);
    std::string found;
    Taker taker(object);
    taker.take("schema", found);
    if (!found.starts_with("stallsight.case/")) return fail("not a case file: schema is \"" + found + "\"", path);
    taker.take("bundle", file.bundle);
    if (const auto notes = object.find("notes"); notes != object.end() && notes->is_array()) {
        for (Json& note : *notes)
            if (note.is_object()) file.notes.push_back(read_note(std::move(note)));
        object.erase("notes");
    }
    file.unknown = std::move(object);
    return file;
}

std::string to_json(const CaseFile& file) {
    Json out = {{"schema", schema}, {"bundle", file.bundle}};
    Json notes = Json::array();
    for (const Note& note : file.notes) notes.push_back(note_json(note));
    out["notes"] = std::move(notes);
    for (const auto& [key, value] : file.unknown.items()) out[key] = value;
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
