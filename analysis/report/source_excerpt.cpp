#include "analysis/report/source_excerpt.h"

#include <algorithm>

#include "analysis/sources.h"
#include "analysis/words.h"

namespace stallsight {
namespace {

constexpr int lines_around = 3, lines_around_guilty = 6;

Line numbered(int number, std::string_view text, Span::Style style) {
    const std::string digits = std::to_string(number);
    const std::string indent(6 - std::min<std::size_t>(digits.size(), 6), ' ');
    return {{indent + digits + (text.empty() ? "" : "  " + std::string(text)), style, {}}};
}

// Empty where the text has no such line: it is another version's.
Code lines_of(std::string_view text, int wanted, int around) {
    Code shown;
    bool found = false;
    for (int number = 1; number <= wanted + around && !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (number < wanted - around) continue;
        found |= number == wanted;
        shown.lines.push_back(numbered(number, line, number == wanted ? Span::Style::strong : Span::Style::plain));
    }
    return found ? shown : Code();
}

void add_excerpt(const Analysis& analysis, const Link& link, int around, std::vector<Block>& out) {
    if (link.file.empty() || link.line <= 0) return;
    const auto source = find_source(analysis, analysis.sources, link.file);
    if (!source) return;
    Code code = lines_of(source->text.view(), link.line, around);
    if (code.lines.empty()) return;
    out.emplace_back(Paragraph{{{qualified_name(link.function, link.module), Span::Style::code, {}},
                                {" " + link.file + ":" + std::to_string(link.line), Span::Style::aside, {}}}});
    out.emplace_back(std::move(code));
}

}  // namespace

std::vector<Block> chain_sources(const Analysis& analysis, const Chain& chain) {
    std::vector<Block> out;
    if (chain.guilty_link < chain.links.size())
        add_excerpt(analysis, chain.links[chain.guilty_link], lines_around_guilty, out);
    for (std::size_t i = 0; i < chain.links.size(); ++i)
        if (i != chain.guilty_link) add_excerpt(analysis, chain.links[i], lines_around, out);
    return out;
}

}  // namespace stallsight
