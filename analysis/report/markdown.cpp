// CommonMark with the tables of GitHub and GitLab.
#include "analysis/report/document.h"
#include "analysis/report/markup.h"

namespace stallsight {

namespace {

// Nothing in a log may become markup: every character that could is escaped (CommonMark 0.30, 2.4); a line end
// inside a text becomes a blank.
std::string text_md(std::string_view text) {
    static constexpr std::string_view special = R"(\`*_[]<>#|~&)";
    std::string out;
    for (const char c : harmless(text)) {
        if (special.find(c) != std::string_view::npos) out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    // What begins a list, or makes a heading of the line above.
    if (!out.empty() && (out[0] == '-' || out[0] == '+' || out[0] == '=')) out.insert(0, 1, '\\');
    return out;
}

std::string span_md(const Span& span) {
    if (span.text.empty()) return {};
    std::string_view text = span.text;
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    const std::string indent(text.substr(0, blanks));  // no mark may stand before a blank
    text.remove_prefix(blanks);
    while (text.ends_with(' ')) text.remove_suffix(1);
    const std::string tail(span.text.size() - blanks - text.size(), ' ');
    const bool strong = span.style == Span::Style::strong || span.style == Span::Style::bad;
    const std::string mark = strong ? "**" : "";
    return indent + mark + text_md(text) + mark + tail;
}

std::string line_md(const Line& line) {
    std::string out;
    for (const Span& span : line) out += span_md(span);
    return out;
}

std::string plain(const Line& line) {
    std::string out;
    for (const Span& span : line) out += harmless(span.text);
    return out;
}

class Ticket {
public:
    explicit Ticket(const Document& document) : document_(document) {}

    std::string build() {
        out_ = "# " + text_md(document_.title) + "\n";
        for (const ReportSection& section : document_.sections) {
            out_ += "\n## " + text_md(section.title) + "\n";
            for (const Block& block : section.blocks) std::visit([this](const auto& b) { write(b); }, block);
        }
        return std::move(out_);
    }

private:
    void write(const Paragraph& block) { out_ += "\n" + line_md(block.line) + "\n"; }
    void write(const Heading& block) { out_ += "\n### " + text_md(block.text) + "\n"; }

    void write(const Finding& block) {
        const std::string quote = block.severity.empty() ? "" : "> ";
        for (std::size_t i = 0; i < block.says.size(); ++i)
            out_ += (i == 0 || quote.empty() ? "\n" : ">\n") + quote + line_md(block.says[i]) + "\n";
        if (block.why.empty()) return;
        out_ += "\n**Why we say so**\n\n";
        for (std::size_t i = 0; i < block.why.size(); ++i)
            out_ += std::to_string(i + 1) + ". " + line_md(block.why[i]) + "\n";
    }

    void write(const Table& whole) {
        const Table block = without_empty_columns(whole);
        out_ += "\n|";
        for (const std::string& heading : block.headings) out_ += " " + text_md(heading) + " |";
        out_ += "\n|";
        for (std::size_t i = 0; i < block.headings.size(); ++i) out_ += " --- |";
        out_ += "\n";
        for (const Table::Row& row : block.rows) {
            out_ += "|";
            for (const Line& cell : row.cells) out_ += " " + line_md(cell) + " |";
            out_ += "\n";
        }
    }

    void write(const Points& block) {
        out_ += "\n";
        for (const Line& item : block.items) out_ += "- " + line_md(item) + "\n";
    }

    // A ticket takes no pictures; what a picture shows stands in the tables, too.
    void write(const Figure& block) {
        if (!block.caption.empty()) out_ += "\n*The picture is in the HTML and PDF report.*\n";
    }

    // Indented, not fenced: no text can end it.
    void write(const Code& block) {
        out_ += "\n";
        for (const Line& line : block.lines) {
            std::string text = plain(line);
            for (char& c : text) c = c == '\n' ? ' ' : c;
            out_ += "    " + text + "\n";
        }
    }

    const Document& document_;
    std::string out_;
};

}  // namespace

std::string to_markdown(const Document& document) {
    return Ticket(document).build();
}

}  // namespace stallsight
