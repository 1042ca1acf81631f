// The journal's own forms: journalctl -o json, export and verbose.
#include <algorithm>

#include "base/endian.h"
#include "parsers/records/decode.h"
#include "parsers/records/journal_entry.h"
#include "parsers/records/json_fields.h"
#include "parsers/records/newlines.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// printk's records have at most 1 KiB, but other entries may hold a core dump.
constexpr std::size_t longest_record = std::size_t{1} << 20U;
constexpr std::size_t longest_field = std::size_t{64} * 1024;

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

std::size_t behind_line(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end + 1;
}

std::vector<Piece> json_pieces(std::string_view text) {
    const std::string_view first = first_line(text.substr(0, longest_field));
    if (!first.starts_with('{') || !contains(first, "\"__")) return {};
    return divide(text, 0, behind_line);
}

void rewrite_json(std::string_view text, const Piece& piece, LineWriter& out) {
    JournalEntry entry;
    JsonFieldReader reader(journal_fields);
    const std::size_t end = piece.offset + piece.size;
    for (std::size_t at = piece.offset; at < end; ++out.source_lines) {
        const std::size_t next = std::min(behind_line(text, at), end);
        const std::string_view line = text.substr(at, next - at);
        if (line.size() <= longest_record && reader.read(line, entry))
            write_journal_entry(entry, {out.source_lines, at}, out);
        at = next;
    }
}

std::size_t next_exported(std::string_view text, std::size_t at) {
    const std::size_t found = text.find("\n\n__CURSOR=", at);
    return found == std::string_view::npos ? text.size() : found + 2;
}

std::vector<Piece> export_pieces(std::string_view text) {
    if (!text.starts_with("__CURSOR=")) return {};
    return divide(text, 0, next_exported);
}

// "Thu 2022-01-27 16:21:07.123456 CET [s=0a;i=1;b=2;m=3;t=4;x=5]"
bool is_verbose_start(std::string_view line) {
    constexpr std::size_t longest_start = 400;
    return line.size() < longest_start && !line.empty() && !is_blank(line.front()) && contains(line, " [s=") &&
           contains(line, ";i=") && contains(line, ";b=");
}

std::size_t next_verbose(std::string_view text, std::size_t at) {
    for (at = behind_line(text, at); at < text.size(); at = behind_line(text, at))
        if (is_verbose_start(first_line(text.substr(at, longest_field)))) return at;
    return text.size();
}

std::vector<Piece> verbose_pieces(std::string_view text) {
    if (!is_verbose_start(first_line(text.substr(0, longest_field)))) return {};
    return divide(text, 0, next_verbose);
}

// Walks over the lines of an export or a verbose listing; an export's binary fields are taken by their length.
class FieldReader {
public:
    FieldReader(std::string_view text, const Piece& piece, LineWriter& out)
        : text_(text.substr(0, piece.offset + piece.size)), at_(piece.offset), out_(out) {}

    void read_export() {
        start({0, at_});
        while (at_ < text_.size()) {
            const LineOrigin origin = here();
            const std::string_view line = next_line();
            if (line.empty()) {
                start(here());
            } else if (!take_field(line, origin)) {
                take_binary(line, origin);
            }
        }
        write_journal_entry(entry_, origin_, out_);
    }

    void read_verbose() {
        while (at_ < text_.size()) {
            const LineOrigin origin = here();
            const std::string_view line = next_line();
            if (!line.empty() && !is_blank(line.front())) {
                start(origin);
            } else {
                take_field(trim_left(line), origin);
            }
        }
        write_journal_entry(entry_, origin_, out_);
    }

private:
    [[nodiscard]] LineOrigin here() const { return {out_.source_lines, at_}; }

    std::string_view next_line() {
        const std::size_t end = behind_line(text_, at_);
        std::string_view line = text_.substr(at_, end - at_);
        at_ = end;
        ++out_.source_lines;
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

    void start(LineOrigin origin) {
        write_journal_entry(entry_, origin_, out_);
        for (std::string& value : entry_) value.clear();
        origin_ = origin;
    }

    void set(std::string_view name, std::string_view value, LineOrigin origin) {
        const auto found = std::find(journal_fields.begin(), journal_fields.end(), name);
        if (found == journal_fields.end()) return;
        if (found == journal_fields.begin()) origin_ = origin;  // the message's line is what a reader looks for
        entry_[static_cast<std::size_t>(found - journal_fields.begin())] = value.substr(0, longest_field);
    }

    bool take_field(std::string_view line, LineOrigin origin) {
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) return false;
        set(line.substr(0, equals), line.substr(equals + 1), origin);
        return true;
    }

    // "MESSAGE\n<8 bytes: length><bytes>\n"
    void take_binary(std::string_view name, LineOrigin origin) {
        if (text_.size() - at_ < 8) return;
        const std::uint64_t size = read_number_at(text_, at_, 8, false);
        if (size > text_.size() - at_ - 8) return;
        set(name, text_.substr(at_ + 8, size), origin);
        std::size_t end = at_ + 8 + size;
        if (end < text_.size() && text_[end] == '\n') ++end;
        out_.source_lines += count_newlines(text_.substr(at_, end - at_));
        at_ = end;
    }

    std::string_view text_;  // up to the end of the piece
    std::size_t at_;
    LineWriter& out_;
    JournalEntry entry_;
    LineOrigin origin_;
};

void rewrite_export(std::string_view text, const Piece& piece, LineWriter& out) {
    FieldReader(text, piece, out).read_export();
}

void rewrite_verbose(std::string_view text, const Piece& piece, LineWriter& out) {
    FieldReader(text, piece, out).read_verbose();
}

}  // namespace

const LogForm journal_json_form{json_pieces, rewrite_json};
const LogForm journal_export_form{export_pieces, rewrite_export};
const LogForm journal_verbose_form{verbose_pieces, rewrite_verbose};

}  // namespace stallsight
