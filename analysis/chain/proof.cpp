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

// Why it is not known what the frame called; empty where it is known, or will never be.
std::string_view why_unchecked(const Link& link, const EventInfo& event) {
    if (!link.call_site.empty()) return {};
    if (link.frame >= event.symbols.size() || !event.symbols[link.frame]) return "no debug info here";
    const Resolution& resolution = *event.symbols[link.frame];
    if (resolution.other_build) return "debug info of another build";
    // A list of names (System.map) resolves a frame, too, but has no file, no line and no code.
    const bool has_place = !resolution.places.empty() && !resolution.places.front().file.empty();
    if (resolution.call_site == CallSite::unknown && !has_place) return "names only, no debug info here";
    return {};
}

// The last frame called nobody.
std::string unchecked_calls(const Chain& chain, const EventInfo& event) {
    std::map<std::string_view, std::map<std::string, std::size_t>> frames;  // by reason and module
    for (std::size_t i = 0; i < chain.end_link; ++i) {
        const Link& link = chain.links[i];
        const std::string_view why = why_unchecked(link, event);
        if (!why.empty()) ++frames[why][link.module.empty() ? "vmlinux" : link.module];
    }
    std::string text;
    for (const auto& [why, modules] : frames) {
        std::vector<std::string> of;
        of.reserve(modules.size());
        for (const auto& [module, count] : modules) of.push_back(counted(count, "frame") + " of " + module);
        text += (text.empty() ? "calls not checked: " : "; ") + joined(of) + ": " + std::string(why);
    }
    return text;
}

}  // namespace

void prove_links(Chain& chain, const EventInfo& event) {
    for (std::size_t i = 0; i < chain.links.size(); ++i) {
        Link& link = chain.links[i];
        if (!link.call_site.empty() || link.frame >= event.symbols.size() || !event.symbols[link.frame]) continue;
        const Resolution& resolution = *event.symbols[link.frame];
        if (resolution.other_build) continue;  // its line and its calls may be anything
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
