#include "analysis/report/document.h"
#include "analysis/report/markup.h"
#include "analysis/report/style.h"

namespace stallsight {

namespace {

std::string_view class_of(Span::Style style) {
    switch (style) {
        case Span::Style::aside:
            return "aside";
        case Span::Style::bad:
            return "bad";
        case Span::Style::note:
            return "note";
        default:
            return {};
    }
}

// A SHA-256, which may break anywhere.
bool is_long_word(std::string_view text) {
    constexpr std::size_t longest = 40;
    return text.size() > longest && text.find(' ') == std::string_view::npos;
}

std::string span_html(const Span& span) {
    if (span.text.empty()) return {};
    std::string out = escaped(span.text);
    if (!span.link.empty()) out = "<a href=\"" + escaped(span.link) + "\">" + out + "</a>";
    if (span.style == Span::Style::strong) return "<strong>" + out + "</strong>";
    if (span.style == Span::Style::code)
        return (is_long_word(span.text) ? "<code class=\"long\">" : "<code>") + out + "</code>";
    const std::string_view css = class_of(span.style);
    return css.empty() ? out : "<span class=\"" + std::string(css) + "\">" + out + "</span>";
}

std::string line_html(const Line& line) {
    std::string out;
    for (const Span& span : line) out += span_html(span);
    return out;
}

// A name or a number: "core-0" is not broken at its hyphen.
bool is_short(const Line& cell) {
    constexpr std::size_t longest = 14;
    std::size_t length = 0;
    for (const Span& span : cell) length += span.text.size();
    return length > 0 && length <= longest;
}

class Page {
public:
    explicit Page(const Document& document) : document_(document) {}

    std::string build() {
        out_ = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
               escaped(document_.title) + " · Stallsight</title>\n" +
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n" +
               page_style() + "</style>\n</head>\n<body>\n<main>\n<h1>" + escaped(document_.title) + "</h1>\n";
        contents();
        for (const ReportSection& section : document_.sections) {
            out_ += "<section id=\"" + section.id + "\">\n<h2>" + escaped(section.title) + "</h2>\n";
            for (const Block& block : section.blocks) std::visit([this](const auto& b) { write(b); }, block);
            out_ += "</section>\n";
        }
        out_ += "</main>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    void contents() {
        out_ += "<nav aria-label=\"Contents\">";
        for (const ReportSection& section : document_.sections)
            out_ += "<a href=\"#" + section.id + "\">" + escaped(section.title) + "</a>\n";
        out_ += "</nav>\n";
    }

    void write(const Paragraph& block) { out_ += "<p>" + line_html(block.line) + "</p>\n"; }
    void write(const Heading& block) { out_ += "<h3>" + escaped(block.text) + "</h3>\n"; }

    void write(const Finding& block) {
        out_ += block.severity.empty() ? "<div class=\"further\">"
                                       : "<div class=\"answer " + escaped(block.severity) + "\">";
        for (const Line& line : block.says) out_ += "<p>" + line_html(line) + "</p>\n";
        if (!block.why.empty()) {
            out_ += "<details open><summary>Why we say so</summary><ol>\n";
            for (const Line& line : block.why) out_ += "<li>" + line_html(line) + "</li>\n";
            out_ += "</ol></details>\n";
        }
        out_ += "</div>\n";
    }

    void write(const Table& whole) {
        const Table block = without_empty_columns(whole);
        out_ += "<table><thead><tr>";
        for (const std::string& heading : block.headings) out_ += "<th scope=\"col\">" + escaped(heading) + "</th>";
        out_ += "</tr></thead>\n<tbody>\n";
        for (const Table::Row& row : block.rows) {
            out_ += row.id.empty() ? "<tr>" : "<tr id=\"" + escaped(row.id) + "\">";
            for (const Line& cell : row.cells)
                out_ += (is_short(cell) ? "<td class=\"short\">" : "<td>") + line_html(cell) + "</td>";
            out_ += "</tr>\n";
        }
        out_ += "</tbody></table>\n";
    }

    void write(const Points& block) {
        out_ += "<ul>\n";
        for (const Line& item : block.items) out_ += "<li>" + line_html(item) + "</li>\n";
        out_ += "</ul>\n";
    }

    void write(const Figure& block) {
        out_ += "<figure>";
        if (!block.caption.empty()) out_ += "<figcaption>" + escaped(block.caption) + "</figcaption>";
        out_ += block.svg + "</figure>\n";
    }

    void write(const Code& block) {
        out_ += "<pre class=\"stack\">";
        for (const Line& line : block.lines) out_ += line_html(line) + "\n";
        out_ += "</pre>\n";
    }

    const Document& document_;
    std::string out_;
};

}  // namespace

std::string to_html(const Document& document) {
    return Page(document).build();
}

}  // namespace stallsight
