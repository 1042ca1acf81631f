#include "analysis/chain/proof.h"

#include <algorithm>
#include <map>

#include "analysis/words.h"

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

// A list of names (System.map) resolves a frame, too, but has no file, no line and no code.
bool names_only(const Resolution& resolution) {
    return resolution.call_site == CallSite::unknown &&
           (resolution.places.empty() || resolution.places.front().file.empty());
}

// The last frame called nobody.
std::string unchecked_calls(const Chain& chain, const EventInfo& event) {
    std::map<std::string, std::size_t> frames;  // by module
    bool named = false;
    for (std::size_t i = 0; i < chain.end_link; ++i) {
        const Link& link = chain.links[i];
        const bool known = link.frame < event.symbols.size() && event.symbols[link.frame];
        if (!link.call_site.empty() || (known && !names_only(*event.symbols[link.frame]))) continue;
        named |= known;
        ++frames[link.module.empty() ? "vmlinux" : link.module];
    }
    std::vector<std::string> of;
    of.reserve(frames.size());
    for (const auto& [module, count] : frames) of.push_back(counted(count, "frame") + " of " + module);
    if (of.empty()) return {};
    return "calls not checked: " + joined(of) +
           (named ? ": names only, no debug info here" : ": no debug info here");
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
    chain.unchecked = unchecked_calls(chain, event);
}

}  // namespace stallsight
