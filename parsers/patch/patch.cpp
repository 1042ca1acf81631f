#include "parsers/patch/patch.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "parsers/patch/heading.h"

namespace stallsight {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

// "17,10": a count that is left out is 1.
bool take_range(std::string_view& text, int& start, int& count) {
    const auto first = take_number(text);
    if (!first) return false;
    start = *first;
    count = 1;
    if (!text.starts_with(',')) return true;
    text.remove_prefix(1);
    const auto second = take_number(text);
    if (second) count = *second;
    return second.has_value();
}

// "@@ -17,10 +17,16 @@ heading"
std::optional<Hunk> hunk_header(std::string_view line) {
    Hunk hunk;
    if (!line.starts_with("@@ -")) return std::nullopt;
    line.remove_prefix(4);
    if (!take_range(line, hunk.old_start, hunk.old_lines) || !line.starts_with(" +")) return std::nullopt;
    line.remove_prefix(2);
    if (!take_range(line, hunk.new_start, hunk.new_lines) || !line.starts_with(" @@")) return std::nullopt;
    line.remove_prefix(3);
    hunk.heading = trimmed(line);
    hunk.function = function_of_heading(hunk.heading);
    return hunk;
}

// git writes a path with odd bytes as a C string.
std::string unquoted(std::string_view path) {
    if (path.size() < 2 || path.front() != '"' || path.back() != '"') return std::string(path);
    path = path.substr(1, path.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '\\' || i + 1 == path.size()) {
            out += path[i];
            continue;
        }
        const char c = path[++i];
        unsigned byte = 0;
        const auto [end, error] =
            std::from_chars(path.data() + i, path.data() + std::min(i + 3, path.size()), byte, 8);
        if (error == std::errc() && byte < 256) {
            out += static_cast<char>(byte);
            i = static_cast<std::size_t>(end - path.data()) - 1;
        } else {
            out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
    }
    return out;
}

// The path of a "--- " or "+++ " line; a time stamp may follow behind a tab.
std::string path_of(std::string_view line) {
    line.remove_prefix(4);
    return unquoted(trimmed(line.substr(0, line.find('\t'))));
}

std::string_view first_folder(std::string_view path) {
    return path.substr(0, path.find('/'));
}

// a/ and b/ (git, hg, quilt -p ab), or linux-5.4.orig/ and linux-5.4/ (quilt, diff -urN).
void strip_prefixes(FilePatch& file) {
    const auto strip = [](std::string& path, std::string_view folder) {
        if (path.starts_with(std::string(folder) + "/")) path.erase(0, folder.size() + 1);
    };
    const std::string old_top(first_folder(file.old_path)), new_top(first_folder(file.new_path));
    if (old_top == new_top + ".orig" && !new_top.empty()) {
        strip(file.old_path, old_top);
        strip(file.new_path, new_top);
        return;
    }
    strip(file.old_path, "a");
    strip(file.new_path, "b");
}

class PatchReader {
public:
    explicit PatchReader(std::string_view text) : lines_(lines_of(text)) {}

    Patch read() {
        while (at_ < lines_.size()) {
            const std::string_view line = lines_[at_];
            if (is_file_header(at_)) {
                read_file_header();
            } else if (auto hunk = hunk_header(line); hunk && !patch_.files.empty()) {
                read_hunk(std::move(*hunk));
            } else {
                read_other(line);
                ++at_;
            }
        }
        return std::move(patch_);
    }

private:
    // A removed line "-- x" looks like a header too: only "+++ " behind it makes it one.
    [[nodiscard]] bool is_file_header(std::size_t at) const {
        return lines_[at].starts_with("--- ") && at + 1 < lines_.size() && lines_[at + 1].starts_with("+++ ");
    }

    void read_file_header() {
        FilePatch file{path_of(lines_[at_]), path_of(lines_[at_ + 1]), {}};
        strip_prefixes(file);
        // "diff --git" or "rename" lines before it have announced the same file.
        if (announced_ && !patch_.files.empty()) patch_.files.pop_back();
        announced_ = false;
        patch_.files.push_back(std::move(file));
        at_ += 2;
    }

    void read_other(std::string_view line) {
        read_subject(line);
        if (line.starts_with("diff ")) announced_ = false;
        if (line.starts_with("rename from ") || line.starts_with("copy from ")) {
            const std::size_t skip = line.find("from ") + 5;
            patch_.files.push_back({unquoted(line.substr(skip)), {}, {}});
            announced_ = true;
        } else if (announced_ && (line.starts_with("rename to ") || line.starts_with("copy to "))) {
            patch_.files.back().new_path = unquoted(line.substr(line.find("to ") + 3));
        }
    }

    void read_subject(std::string_view line) {
        if (!patch_.subject.empty() || !patch_.files.empty()) return;
        if (line.starts_with("Subject: ")) {
            std::string subject(trimmed(line.substr(9)));
            for (std::size_t next = at_ + 1; next < lines_.size() && is_folded(lines_[next]); ++next)
                subject += " " + std::string(trimmed(lines_[next]));
            patch_.subject = without_tags(subject);
        } else if (line.starts_with("commit ") || line.starts_with("# HG changeset patch")) {
            patch_.subject = first_text_behind(at_);
        }
    }

    static bool is_folded(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

    // "[PATCH v2 1/3] rpmsg: ..." -> "rpmsg: ..."
    static std::string without_tags(std::string_view subject) {
        while (subject.starts_with('[') && subject.find(']') != std::string_view::npos)
            subject = trimmed(subject.substr(subject.find(']') + 1));
        return std::string(subject);
    }

    // `git show` indents the message behind an empty line; `hg export` has "# " lines, then the message.
    [[nodiscard]] std::string first_text_behind(std::size_t header) const {
        const bool mercurial = lines_[header].starts_with('#');
        for (std::size_t i = header + 1; i < lines_.size() && !lines_[i].starts_with("diff "); ++i) {
            const bool text = mercurial ? !lines_[i].starts_with('#') : lines_[i].starts_with("    ");
            if (text && !trimmed(lines_[i]).empty()) return std::string(trimmed(lines_[i]));
        }
        return {};
    }

    // People shorten and lengthen hunks by hand, so that the counts are a hint only: they decide whether an
    // empty line or a mail's "-- " is still the hunk's.
    [[nodiscard]] bool ends_hunk(std::string_view line, bool counts_reached) const {
        if (line.empty() || line == "-- " || line == "--") return counts_reached;
        if (line.starts_with("@@ ") || line.starts_with("diff ") || is_file_header(at_)) return true;
        return line.front() != ' ' && line.front() != '+' && line.front() != '-' && line.front() != '\\' &&
               line.front() != '\t';
    }

    void read_hunk(Hunk hunk) {
        hunk.line = at_ + 1;
        int old_left = hunk.old_lines, new_left = hunk.new_lines;
        for (++at_; at_ < lines_.size(); ++at_) {
            const std::string_view line = lines_[at_];
            if (ends_hunk(line, old_left == 0 && new_left == 0)) break;
            const char mark = line.empty() ? ' ' : line.front();
            if (mark != '+' && mark != '\\') --old_left;
            if (mark != '-' && mark != '\\') --new_left;
            hunk.body.emplace_back(line.empty() ? " " : line);
        }
        drop_trailing_blanks(hunk, old_left < 0 || new_left < 0);
        hunk.line_last = hunk.line + hunk.body.size();
        find_touched(hunk);
        announced_ = false;
        patch_.files.back().hunks.push_back(std::move(hunk));
    }

    // Empty lines behind a hunk whose counts are wrong belong to the text around it.
    static void drop_trailing_blanks(Hunk& hunk, bool overlong) {
        while (overlong && !hunk.body.empty() && hunk.body.back() == " ") hunk.body.pop_back();
    }

    static void find_touched(Hunk& hunk) {
        std::string current = hunk.function;
        for (const std::string& line : hunk.body) {
            const std::string_view source = std::string_view(line).substr(1);
            if (auto begun = function_begun_by(source); !begun.empty()) current = begun;
            const bool changed = line.front() == '+' || line.front() == '-';
            const bool known = std::find(hunk.touched.begin(), hunk.touched.end(), current) != hunk.touched.end();
            if (changed && !current.empty() && !known && !trimmed(source).empty()) hunk.touched.push_back(current);
            if (source.starts_with('}')) current.clear();
        }
    }

    std::vector<std::string_view> lines_;
    std::size_t at_ = 0;
    bool announced_ = false;  // the last file has come from "rename from", its "--- " line may follow
    Patch patch_;
};

}  // namespace

Patch parse_patch(std::string_view text) {
    return PatchReader(text).read();
}

}  // namespace stallsight
