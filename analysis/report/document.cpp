#include "analysis/report/document.h"

#include <algorithm>
#include <set>

#include "analysis/report/contents.h"
#include "analysis/report/markup.h"
#include "analysis/report/redact.h"
#include "parsers/records/record.h"

namespace stallsight {

namespace {

// Machines that syslog lines name.
std::vector<std::string> host_names(const Analysis& analysis) {
    constexpr std::uint64_t lines_looked_at = 200;
    std::set<std::string> out;
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (info.artifact.kind != ArtifactKind::kernel_log) continue;
        const std::uint64_t lines = info.scan.index.lines();
        const std::uint64_t step = std::max<std::uint64_t>(1, lines / lines_looked_at);
        for (std::uint64_t line = 1; line <= lines; line += step) {
            const Record record = parse_record(info.scan.index.line_text(info.artifact.bytes.view(), line));
            if (!record.host.empty()) out.insert(std::string(record.host));
        }
    }
    return {out.begin(), out.end()};
}

// Every text of a document goes through here; what a tag of a picture says of shapes and colours does not.
class Redaction {
public:
    explicit Redaction(Redactor redactor) : redactor_(std::move(redactor)) {}

    void operator()(Document& document) {
        text(document.title);
        for (ReportSection& section : document.sections)
            for (Block& block : section.blocks) std::visit([this](auto& b) { redact(b); }, block);
    }

private:
    void text(std::string& text) { text = redactor_(text); }
    void line(Line& line) {
        for (Span& span : line) text(span.text);
    }
    void lines(std::vector<Line>& lines) {
        for (Line& l : lines) line(l);
    }
    void redact(Paragraph& block) { line(block.line); }
    void redact(Heading& block) { text(block.text); }
    void redact(Finding& block) {
        lines(block.says);
        lines(block.why);
    }
    void redact(Table& block) {
        for (Table::Row& row : block.rows) lines(row.cells);
    }
    void redact(Points& block) { lines(block.items); }
    void redact(Code& block) { lines(block.lines); }
    void redact(Figure& block) {
        static constexpr std::string_view label = "aria-label=\"";
        std::string out;
        std::string_view rest = block.svg;
        while (!rest.empty()) {
            const bool is_tag = rest.front() == '<';
            const std::size_t end = is_tag ? rest.find('>') + 1 : rest.find('<');
            std::string_view part = rest.substr(0, end);
            rest.remove_prefix(part.size());
            const std::size_t at = is_tag ? part.find(label) : 0;
            if (is_tag && at == std::string_view::npos) {
                out += part;
                continue;
            }
            const std::size_t begin = is_tag ? at + label.size() : 0;
            const std::size_t stop = is_tag ? part.find('"', begin) : part.size();
            out += part.substr(0, begin);
            out += escaped(redactor_(unescaped(part.substr(begin, stop - begin))));
            out += part.substr(stop);
        }
        block.svg = std::move(out);
    }

    Redactor redactor_;
};

void keep_only(Document& document, const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    std::erase_if(document.sections, [&](const ReportSection& section) {
        return std::find(ids.begin(), ids.end(), section.id) == ids.end();
    });
}

// Links into sections that are not there any more.
void drop_dead_links(Document& document) {
    std::set<std::string> ids;
    const auto each_row = [&](auto visit) {
        for (ReportSection& section : document.sections)
            for (Block& block : section.blocks)
                if (auto* table = std::get_if<Table>(&block))
                    for (Table::Row& row : table->rows) visit(row);
    };
    each_row([&](Table::Row& row) { ids.insert("#" + row.id); });
    each_row([&](Table::Row& row) {
        for (Line& cell : row.cells)
            for (Span& span : cell)
                if (!ids.contains(span.link)) span.link.clear();
    });
}

}  // namespace

Document make_document(const Analysis& analysis, const CaseFile& notes, const ReportOptions& options) {
    ReportInput input{analysis, options, notes.notes, {}};
    for (Note& remark : remark_notes(analysis)) input.notes.push_back(std::move(remark));
    for (const Note& note : input.notes)
        if (const auto anchor = locate(note, analysis)) input.placed_notes.emplace_back(&note, *anchor);
    Document document{analysis.bundle_name, make_sections(input)};
    // Before sections are left out: a name is replaced by the same word whichever are shown.
    if (options.redact || !options.words.empty())
        Redaction(Redactor(options.redact, options.redact ? host_names(analysis) : std::vector<std::string>(),
                           options.words))(document);
    keep_only(document, options.sections);
    drop_dead_links(document);
    return document;
}

}  // namespace stallsight
