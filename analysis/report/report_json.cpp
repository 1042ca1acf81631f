#include <nlohmann/json.hpp>

#include "analysis/report/document.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Line& line) {
    std::string out;
    for (const Span& span : line) out += span.text;
    return out;
}

Json texts_of(const std::vector<Line>& lines) {
    Json out = Json::array();
    for (const Line& line : lines) out.push_back(text_of(line));
    return out;
}

Json block_json(const Paragraph& block) {
    return {{"paragraph", text_of(block.line)}};
}
Json block_json(const Heading& block) {
    return {{"heading", block.text}};
}
Json block_json(const Finding& block) {
    return {{"finding", texts_of(block.says)}, {"severity", block.severity}, {"why", texts_of(block.why)}};
}
// Rows as objects: a script asks for a column by its heading.
Json block_json(const Table& block) {
    Json rows = Json::array();
    for (const Table::Row& row : block.rows) {
        Json cells = Json::object();
        for (std::size_t i = 0; i < row.cells.size(); ++i) cells[block.headings[i]] = text_of(row.cells[i]);
        rows.push_back(std::move(cells));
    }
    return {{"table", std::move(rows)}};
}
Json block_json(const Points& block) {
    return {{"points", texts_of(block.items)}};
}
Json block_json(const Figure& block) {
    return {{"svg", block.svg}, {"caption", block.caption}};
}
Json block_json(const Code& block) {
    return {{"code", texts_of(block.lines)}};
}

}  // namespace

std::string to_json(const Document& document) {
    Json sections = Json::array();
    for (const ReportSection& section : document.sections) {
        Json blocks = Json::array();
        for (const Block& block : section.blocks)
            blocks.push_back(std::visit([](const auto& b) { return block_json(b); }, block));
        sections.push_back({{"id", section.id}, {"title", section.title}, {"blocks", std::move(blocks)}});
    }
    const Json out = {
        {"schema", "stallsight.report/1"}, {"title", document.title}, {"sections", std::move(sections)}};
    // ASCII alone: a mark that turns the direction of text around is no such mark where somebody looks at the file.
    return out.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
