// What a report says, before it has a format: sections of paragraphs, tables, pictures and code. Every format is
// written from this one value, so that all of them say the same, and what is taken out of it is in none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/case/case_file.h"
#include "analysis/compare/compare.h"

namespace stallsight {

struct Span {
    enum class Style { plain, strong, aside, bad, code, note };
    std::string text;
    Style style = Style::plain;
    std::string link;  // "#e1": a place in this report; empty: none
};
using Line = std::vector<Span>;

struct Paragraph {
    Line line;
};
struct Heading {
    std::string text;
};
// The answer, or a further finding: what, what to do, and the steps that show it.
struct Finding {
    std::string severity;  // as Diagnosis::severity; empty: a further one
    std::vector<Line> says;
    std::vector<Line> why;
};
struct Table {
    std::vector<std::string> headings;
    struct Row {
        std::string id;  // for links, or empty
        std::vector<Line> cells;
    };
    std::vector<Row> rows;
};
// As people read it; a script wants the same columns always.
Table without_empty_columns(const Table& table);

struct Points {
    std::vector<Line> items;
};
struct Figure {
    std::string svg;  // without a style of its own
    std::string caption;
};
struct Code {
    std::vector<Line> lines;
};
using Block = std::variant<Paragraph, Heading, Finding, Table, Points, Figure, Code>;

struct ReportSection {
    std::string id, title;
    std::vector<Block> blocks;
};

struct Document {
    std::string title;
    std::vector<ReportSection> sections;  // the first one is the answer; its title is not shown
};

// The sections that there can be, in their order.
const std::vector<std::string_view>& report_sections();

struct ReportOptions {
    std::vector<std::string> sections;       // ids of those to show; empty: all
    bool redact = false;                     // addresses, host names, MAC and IP, serial numbers
    std::vector<std::string> words;          // to be redacted, too
    std::string made_with;                   // options_words() of all options, for the last section
    const Comparison* comparison = nullptr;  // with another run, or none
};

std::string comma_separated(const std::vector<std::string>& items);

// The options of the command line that make the same report; of words to be redacted only how many. `before`: the
// bundle that is compared with, or empty.
std::string options_words(const ReportOptions& report, const AnalysisOptions& analysis, const std::string& before);

Document make_document(const Analysis& analysis, const CaseFile& notes, const ReportOptions& options = {});

// The formats. The same document gives the same bytes.
std::string to_html(const Document& document);      // one self-contained page: no network, no script
std::string to_markdown(const Document& document);  // for a ticket
std::string to_json(const Document& document);      // schema stallsight.report/1

}  // namespace stallsight
