#include "analysis/chain/proof.h"

#include <algorithm>

namespace stallsight {

namespace {

std::string verdict(const Resolution& resolution) {
    if (resolution.link == CallLink::unknown)
        return resolution.call_target.empty() ? "" : "calls " + resolution.call_target;
    std::string words(name_of(resolution.link));
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

// Functions that ended in a jump have no frame: they are put where they ran, behind their caller.
void insert_path(Chain& chain, std::size_t caller, const Resolution& resolution) {
    std::size_t at = caller + 1;
    for (const std::string& function : resolution.tail_path) {
        if (at < chain.links.size() && chain.links[at].function == function) {  // inferred from its name before
            ++at;
            continue;
        }
        Link link;
        link.frame = chain.links[caller].frame;
        link.function = function;
        link.count_after = chain.links[caller].count_after;
        link.call_site = "tail call";
        link.basis = "not on the stack: it ends in a jump";
        chain.links.insert(chain.links.begin() + static_cast<std::ptrdiff_t>(at), link);
        for (std::size_t* index : {&chain.disabled_link, &chain.guilty_link, &chain.end_link})
            if (*index >= at) ++*index;
        ++at;
    }
}

}  // namespace

void prove_links(Chain& chain, const EventInfo& event) {
    for (std::size_t i = 0; i < chain.links.size(); ++i) {
        Link& link = chain.links[i];
        if (!link.call_site.empty() || link.frame >= event.symbols.size() || !event.symbols[link.frame]) continue;
        const Resolution& resolution = *event.symbols[link.frame];
        if (!resolution.places.empty()) {
            // The innermost place is the call itself; the frame's own function may have inlined the caller of it.
            link.file = resolution.places.front().file;
            link.line = resolution.places.front().line;
        }
        link.call_site = verdict(resolution);
        // The frame further in may itself have jumped on and be known only by name: mutex_lock.
        const bool calls_next = i + 1 < chain.links.size() && resolution.link == CallLink::unknown &&
                                resolution.call_target == chain.links[i + 1].function;
        if (calls_next) link.call_site = "proved";
        insert_path(chain, i, resolution);  // `link` may have moved
    }
}

}  // namespace stallsight
