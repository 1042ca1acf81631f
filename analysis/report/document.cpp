#include "analysis/report/document.h"

#include <algorithm>
#include <set>

#include "analysis/report/contents.h"
#include "analysis/report/markup.h"
#include "analysis/report/redact.h"

namespace stallsight {

namespace {

// Each text of a document. Of pictures, what is written in them and what a screen reader says of them: what else a
// tag says is of shapes and colours.
template <class Visit>
class Texts {
public:
    explicit Texts(Visit visit) : visit_(std::move(visit)) {}

    void of(Document& document) {
        visit_(document.title);
        for (ReportSection& section : document.sections)
            for (Block& block : section.blocks) std::visit([this](auto& b) { of(b); }, block);
    }

private:
    void of(Line& line) {
        for (Span& span : line) visit_(span.text);
    }
    void of(std::vector<Line>& lines) {
        for (Line& line : lines) of(line);
    }
    void of(Paragraph& block) { of(block.line); }
    void of(Heading& block) { visit_(block.text); }
    void of(Finding& block) {
        of(block.says);
        of(block.why);
    }
    void of(Table& block) {
        for (Table::Row& row : block.rows) of(row.cells);
    }
    void of(Points& block) { of(block.items); }
    void of(Code& block) { of(block.lines); }
    void of(Figure& block) {
        static constexpr std::string_view label = "aria-label=\"";
        std::string out;
        std::string_view rest = block.svg;
        while (!rest.empty()) {
            const bool is_tag = rest.front() == '<';
            const std::size_t end = is_tag ? rest.find('>') + 1 : rest.find('<');
            const std::string_view part = rest.substr(0, end);
            rest.remove_prefix(part.size());
            const std::size_t at = is_tag ? part.find(label) : 0;
            if (is_tag && at == std::string_view::npos) {
                out += part;
                continue;
            }
            const std::size_t begin = is_tag ? at + label.size() : 0;
            const std::size_t stop = is_tag ? part.find('"', begin) : part.size();
            std::string text = unescaped(part.substr(begin, stop - begin));
            visit_(text);
            out.append(part.substr(0, begin)).append(escaped(text)).append(part.substr(stop));
        }
        block.svg = std::move(out);
        visit_(block.caption);
    }

    Visit visit_;
};

template <class Visit>
void for_each_text(Document& document, Visit visit) {
    Texts<Visit>(std::move(visit)).of(document);
}

// What a name is announced by may stand in one place, and the name alone in another.
Redactor redactor_for(Document& document, const Analysis& analysis, const ReportOptions& options) {
    if (!options.redact) return Redactor(options.words);
    PrivateNames names = private_names(analysis);
    for_each_text(document, [&](const std::string& text) { collect_announced(text, names); });
    return {options.words, names};
}

bool is_blank(const Line& cell) {
    return std::all_of(cell.begin(), cell.end(), [](const Span& span) { return span.text.empty(); });
}

void keep_only(Document& document, const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    std::erase_if(document.sections, [&](const ReportSection& section) {
        return std::find(ids.begin(), ids.end(), section.id) == ids.end();
    });
}

void drop_dead_links(Line& line, const std::set<std::string>& ids) {
    for (Span& span : line)
        if (!ids.contains(span.link)) span.link.clear();
}

// Links into sections that are not there any more.
void drop_dead_links(Document& document) {
    std::set<std::string> ids;
    const auto each_block = [&](auto visit) {
        for (ReportSection& section : document.sections)
            for (Block& block : section.blocks) visit(block);
    };
    each_block([&](const Block& block) {
        if (const auto* table = std::get_if<Table>(&block))
            for (const Table::Row& row : table->rows) ids.insert("#" + row.id);
    });
    each_block([&](Block& block) {
        if (auto* table = std::get_if<Table>(&block))
            for (Table::Row& row : table->rows)
                for (Line& cell : row.cells) drop_dead_links(cell, ids);
        if (auto* finding = std::get_if<Finding>(&block))
            for (Line& step : finding->why) drop_dead_links(step, ids);
    });
}

}  // namespace

Table without_empty_columns(const Table& table) {
    Table out;
    out.rows.resize(table.rows.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) out.rows[i].id = table.rows[i].id;
    for (std::size_t column = 0; column < table.headings.size(); ++column) {
        if (std::all_of(table.rows.begin(), table.rows.end(),
                        [&](const Table::Row& row) { return is_blank(row.cells[column]); }))
            continue;
        out.headings.push_back(table.headings[column]);
        for (std::size_t i = 0; i < table.rows.size(); ++i)
            out.rows[i].cells.push_back(table.rows[i].cells[column]);
    }
    return out;
}

std::string comma_separated(const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& item : items) out += (out.empty() ? "" : ",") + item;
    return out;
}

std::string options_words(const ReportOptions& report, const AnalysisOptions& analysis, const std::string& before) {
    std::string out;
    const auto add = [&](const std::string& what) { out += (out.empty() ? "" : " ") + what; };
    if (!report.sections.empty()) add("--sections " + comma_separated(report.sections));
    if (report.redact) add("--redact");
    if (!report.words.empty()) add("--redact-word (" + std::to_string(report.words.size()) + ")");
    if (!before.empty()) add("--before " + before);
    if (!analysis.case_file.empty()) add("--case " + analysis.case_file);
    for (const std::string& moment : analysis.same_moments) add("--same-moment " + moment);
    for (const std::string& folder : analysis.debug_dirs) add("--debug-dir " + folder);
    for (const std::string& folder : analysis.sources.folders) add("--source-dir " + folder);
    for (const SourceSearch::Moved& moved : analysis.sources.moved)
        add("--source-map " + moved.from + "=" + moved.to);
    return out;
}

Document make_document(const Analysis& analysis, const CaseFile& notes, const ReportOptions& options) {
    ReportInput input{analysis, options, notes.notes, {}};
    for (Note& remark : remark_notes(analysis)) input.notes.push_back(std::move(remark));
    for (const Note& note : input.notes)
        if (const auto anchor = locate(note, analysis)) input.placed_notes.emplace_back(&note, *anchor);
    Document document{analysis.bundle_name, make_sections(input)};
    // Before sections are left out: a name is replaced by the same word whichever are shown.
    if (options.redact || !options.words.empty()) {
        Redactor redacted = redactor_for(document, analysis, options);
        for_each_text(document, [&](std::string& text) { text = redacted(text); });
    }
    keep_only(document, options.sections);
    drop_dead_links(document);
    return document;
}

}  // namespace stallsight
