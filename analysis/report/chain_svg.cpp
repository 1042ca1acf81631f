#include <algorithm>

#include "analysis/chain/chain_words.h"
#include "analysis/modules.h"
#include "analysis/report/svg.h"
#include "analysis/report/svg_writer.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr double width = 860;
constexpr double row = 22;
constexpr double bands_x = 10;
constexpr double band_w = 26;
constexpr double names_x = 130;
constexpr double notes_x = 500;

std::string note_of(const Chain& chain, std::size_t i) {
    const Link& link = chain.links[i];
    std::string out;
    const auto add = [&](const std::string& part) { out += (out.empty() ? "" : " · ") + part; };
    if (link.role == Link::Role::guilty) add("◀ guilty");
    if (i == chain.end_link) add(std::string(end_words(chain.ending)));
    if (const std::string effect = effect_words(link); !effect.empty())
        add(link.added != 0 ? effect + " (" + link.proof + ")" : effect);
    for (const std::string& lock : link.locks) add("holds " + lock);
    if (!link.file.empty()) add(link.file.substr(link.file.rfind('/') + 1) + ":" + std::to_string(link.line));
    return out;
}

struct Band {
    std::size_t from = 0;  // link
    bool bottom_halves = false;
};

// One band for each unit that the count grew by: bottom halves first, then every lock.
std::vector<Band> bands_of(const Chain& chain) {
    std::vector<Band> bands;
    for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i) {
        int rest = std::max(0, chain.links[i].added);
        if (rest >= 0x100) bands.push_back({i, true});
        for (rest &= 0xff; rest > 0; --rest) bands.push_back({i, false});
    }
    constexpr std::size_t most = 4;
    if (bands.size() > most) bands.resize(most);
    return bands;
}

}  // namespace

std::string chain_svg(const Analysis& analysis, const Chain& chain) {
    const EventInfo* event = analysis.event(chain.event);
    SvgWriter svg;
    double y = 18;
    svg.text(bands_x, y, chain.sentence, "ink strong");
    y += 18;
    svg.text(bands_x, y, count_words(chain), "mono");
    y += 14;

    const std::size_t outside = chain.disabled_link;
    if (outside > 0) {
        svg.text(names_x, y + 15,
                 counted(outside, "frame") + " before: " + chain.links[0].function + " … " +
                     chain.links[outside - 1].function,
                 "muted");
        svg.text(notes_x, y + 15, "may sleep", "muted");
        y += row;
    }
    const double first_row = y;
    const auto y_of = [&](std::size_t link) { return first_row + static_cast<double>(link - outside) * row; };
    const double end = y_of(chain.end_link + 1);
    std::size_t column = 0;
    for (const Band& band : bands_of(chain)) {
        svg.rect(bands_x + static_cast<double>(column++) * (band_w + 2), y_of(band.from), band_w,
                 end - y_of(band.from), band.bottom_halves ? "band-bh" : "band-lock",
                 chain.links[band.from].function + ": " + chain.links[band.from].effect);
    }
    for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i) {
        const Link& link = chain.links[i];
        if (link.role == Link::Role::guilty) svg.rect(names_x - 6, y_of(i), width - names_x, row, "mark-row");
        const bool strong = link.role != Link::Role::inside;
        svg.text(names_x, y_of(i) + 15, owned_name(analysis, chain, link), strong ? "mono strong" : "mono");
        svg.text(notes_x, y_of(i) + 15, note_of(chain, i),
                 link.role == Link::Role::guilty || i == chain.end_link ? "bad" : "muted");
    }
    y = end;
    svg.line(bands_x, y, width - 10, y, "rule");
    svg.text(names_x, y + 16, sum_words(chain), "mono");
    const std::string label = "Preempt-disabled chain" + (event != nullptr ? " of " + event->title : std::string());
    return svg.finish(width, y + 28, label);
}

}  // namespace stallsight
