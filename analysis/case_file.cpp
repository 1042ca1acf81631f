#include "analysis/case_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::string_view schema = "stallsight.case/1";
constexpr std::uint64_t case_file_limit = 256ULL << 20U;
constexpr std::size_t line_text_limit = 4096;

std::string take_string(Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_string()) return {};
    std::string value = it->get<std::string>();
    object.erase(key);
    return value;
}

Note read_note(Json object) {
    Note note;
    note.id = take_string(object, "id");
    note.artifact = take_string(object, "artifact");
    note.sha256 = take_string(object, "sha256");
    note.line_text = take_string(object, "line_text");
    note.text = take_string(object, "text");
    if (const auto it = object.find("line"); it != object.end() && it->is_number_unsigned()) {
        note.line = it->get<std::uint64_t>();
        object.erase("line");
    }
    if (const auto it = object.find("on_event"); it != object.end() && it->is_boolean()) {
        note.on_event = it->get<bool>();
        object.erase("on_event");
    }
    note.unknown = std::move(object);
    return note;
}

Json note_json(const Note& note) {
    Json out = {{"id", note.id},     {"artifact", note.artifact},   {"sha256", note.sha256},
                {"line", note.line}, {"line_text", note.line_text}, {"on_event", note.on_event},
                {"text", note.text}};
    for (const auto& [key, value] : note.unknown.items()) out[key] = value;
    return out;
}

std::string errno_text() {
    return std::generic_category().message(errno);
}

Result<void> write_synced(const std::string& path, const std::string& text) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) return fail("cannot write: " + errno_text(), path);
    std::string_view rest = text;
    bool ok = true;
    while (ok && !rest.empty()) {
        const ssize_t n = ::write(fd, rest.data(), rest.size());
        if (n < 0 && errno == EINTR) continue;
        ok = n > 0;
        if (ok) rest.remove_prefix(static_cast<std::size_t>(n));
    }
    ok = ok && ::fsync(fd) == 0;
    const std::string why = ok ? "" : errno_text();
    if (::close(fd) != 0 && ok) return fail("cannot write: " + errno_text(), path);
    if (!ok) {
        ::unlink(path.c_str());
        return fail("cannot write: " + why, path);
    }
    return {};
}

const ArtifactInfo* artifact_named(const Analysis& analysis, const std::string& path) {
    const auto it = std::find_if(analysis.artifacts.begin(), analysis.artifacts.end(),
                                 [&](const ArtifactInfo& a) { return a.artifact.path == path; });
    return it == analysis.artifacts.end() ? nullptr : &*it;
}

// Kept in the case as a check, so it must be valid UTF-8: any other byte becomes '?'.
std::string checked_text(std::string_view line) {
    const Json as_json = std::string(line.substr(0, line_text_limit));
    return Json::parse(as_json.dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

std::string line_text_of(const ArtifactInfo& info, std::uint64_t line) {
    return checked_text(info.scan.index.line_text(info.artifact.bytes.view(), line));
}

std::string fresh_id(const CaseFile& file) {
    std::size_t highest = 0;
    for (const Note& note : file.notes)
        if (note.id.size() > 1 && note.id[0] == 'n')
            highest = std::max(highest, static_cast<std::size_t>(std::strtoull(note.id.c_str() + 1, nullptr, 10)));
    return "n" + std::to_string(highest + 1);
}

}  // namespace

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
    if (!in) return fail("cannot read: " + errno_text(), path);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Json object = Json::parse(text, nullptr, false);
    if (object.is_discarded() || !object.is_object()) return fail("not a case file: no JSON object", path);
    const std::string found = take_string(object, "schema");
    if (!found.starts_with("stallsight.case/")) return fail("not a case file: schema is \"" + found + "\"", path);
    file.bundle = take_string(object, "bundle");
    if (const auto notes = object.find("notes"); notes != object.end() && notes->is_array()) {
        for (Json& note : *notes)
            if (note.is_object()) file.notes.push_back(read_note(std::move(note)));
        object.erase("notes");
    }
    file.unknown = std::move(object);
    return file;
}

Result<void> save_case(const CaseFile& file) {
    Json out = {{"schema", schema}, {"bundle", file.bundle}};
    Json notes = Json::array();
    for (const Note& note : file.notes) notes.push_back(note_json(note));
    out["notes"] = std::move(notes);
    for (const auto& [key, value] : file.unknown.items()) out[key] = value;
    const std::string next = file.path + ".new-" + std::to_string(::getpid());
    const std::string text = out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    if (auto written = write_synced(next, text); !written) return written;
    std::error_code error;
    fs::rename(next, file.path, error);
    if (error) {
        ::unlink(next.c_str());
        return fail("cannot write: " + error.message(), file.path);
    }
    return {};
}

Result<std::string> add_note(CaseFile& file, const Analysis& analysis, const std::string& artifact,
                             std::uint64_t line, bool on_event, std::string text) {
    const ArtifactInfo* info = artifact_named(analysis, artifact);
    if (info == nullptr) return fail("no such file in the bundle", artifact);
    if (line == 0 || line > info->scan.index.lines())
        return fail("has " + std::to_string(info->scan.index.lines()) + " lines", artifact,
                    "line " + std::to_string(line));
    Note note;
    note.id = fresh_id(file);
    note.artifact = artifact;
    note.sha256 = info->sha256.value_or("");
    note.line = line;
    note.line_text = line_text_of(*info, line);
    note.on_event = on_event;
    note.text = std::move(text);
    if (file.bundle.empty()) file.bundle = analysis.bundle_name;
    file.notes.push_back(note);
    return note.id;
}

bool remove_note(CaseFile& file, const std::string& id) {
    return std::erase_if(file.notes, [&](const Note& n) { return n.id == id; }) > 0;
}

bool is_attached(const Note& note, const Analysis& analysis) {
    const ArtifactInfo* info = artifact_named(analysis, note.artifact);
    return info != nullptr && note.line >= 1 && note.line <= info->scan.index.lines() &&
           line_text_of(*info, note.line) == note.line_text;
}

}  // namespace stallsight
