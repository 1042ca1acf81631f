#include "analysis/report/source_excerpt.h"

#include <algorithm>
#include <vector>

#include "analysis/report/markup.h"
#include "analysis/sources.h"

namespace stallsight {
namespace {

constexpr int lines_around = 3, lines_around_guilty = 6;

std::string numbered(int number, std::string_view text) {
    const std::string digits = std::to_string(number);
    return std::string(6 - std::min<std::size_t>(digits.size(), 6), ' ') + digits + "  " + escaped(text) + "\n";
}

// Empty where the text has no such line: it is another version's.
std::string lines_of(std::string_view text, int wanted, int around) {
    std::string shown;
    bool found = false;
    for (int number = 1; number <= wanted + around && !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (number < wanted - around) continue;
        found |= number == wanted;
        shown += number == wanted ? "<mark>" + numbered(number, line) + "</mark>" : numbered(number, line);
    }
    return found ? shown : std::string();
}

std::string excerpt(const Analysis& analysis, const Link& link, bool guilty) {
    if (link.file.empty() || link.line <= 0) return {};
    const auto source = find_source(analysis, analysis.sources, link.file);
    if (!source) return {};
    const std::string lines = lines_of(source->text.view(), link.line, guilty ? lines_around_guilty : lines_around);
    if (lines.empty()) return {};
    const std::string module = link.module.empty() ? "" : " [" + link.module + "]";
    return "<details" + std::string(guilty ? " open" : "") + "><summary><code>" + escaped(link.function + module) +
           "</code> " + escaped(link.file + ":" + std::to_string(link.line)) + "</summary><pre class=\"stack\">" +
           lines + "</pre></details>\n";
}

}  // namespace

std::string chain_sources(const Analysis& analysis, const Chain& chain) {
    std::string shown;
    const auto add = [&](std::size_t number, bool guilty) {
        if (number < chain.links.size()) shown += excerpt(analysis, chain.links[number], guilty);
    };
    add(chain.guilty_link, true);
    for (std::size_t i = 0; i < chain.links.size(); ++i)
        if (i != chain.guilty_link) add(i, false);
    return shown;
}

}  // namespace stallsight
