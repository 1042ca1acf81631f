#include "analysis/chain/proof.h"

namespace stallsight {

namespace {

std::string plain(const std::string& function) {
    return function.substr(0, function.find('.', 1));
}

// mutex_lock() ends in a jump to __mutex_lock_slowpath(), which has a frame, and has none itself.
bool wraps(const std::string& wrapper, const std::string& inner) {
    return inner.starts_with("__" + wrapper) || inner.starts_with(wrapper + "_");
}

std::string verdict(const Resolution& resolution, const std::string& callee) {
    if (resolution.call_site == CallSite::indirect) return "indirect";
    if (resolution.call_site == CallSite::not_a_call) return "contradicted";
    if (resolution.call_site != CallSite::direct || resolution.call_target.empty()) return {};
    const std::string target = plain(resolution.call_target);
    if (target == plain(callee)) return "proved";
    if (wraps(target, plain(callee))) return "tail call";
    return "calls " + target;  // which may jump on to the next frame: that needs the callee's code, too
}

}  // namespace

void prove_links(Chain& chain, const EventInfo& event) {
    for (std::size_t i = 0; i < chain.links.size(); ++i) {
        Link& link = chain.links[i];
        if (link.frame >= event.symbols.size() || !event.symbols[link.frame] || !link.call_site.empty()) continue;
        const Resolution& resolution = *event.symbols[link.frame];
        if (!resolution.places.empty()) {
            // The innermost place is the call itself; the frame's own function may have inlined the caller of it.
            link.file = resolution.places.front().file;
            link.line = resolution.places.front().line;
        }
        if (i + 1 < chain.links.size()) link.call_site = verdict(resolution, chain.links[i + 1].function);
    }
}

}  // namespace stallsight
