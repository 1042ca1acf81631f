#include "analysis/compare/patched.h"

#include <algorithm>

#include "analysis/patches.h"

namespace stallsight {

namespace {

struct Changed {
    PatchedFunction function;
    std::vector<const Hunk*> hunks;
};

// Both sides' bundles often hold the same patch.
bool has_hunk(const Changed& changed, const Hunk& hunk) {
    return std::any_of(changed.hunks.begin(), changed.hunks.end(),
                       [&](const Hunk* known) { return known->body == hunk.body; });
}

std::vector<Changed> changed_functions(const std::vector<Side>& sides) {
    std::vector<Changed> out;
    for (const Side& side : sides)
        for (const Analysis* run : side)
            for (const PatchHunk& hunk : run->patch_hunks)
                for (const std::string& name : hunk.hunk.touched) {
                    auto it = std::find_if(out.begin(), out.end(), [&](const Changed& c) {
                        return c.function.function == name && c.function.file == hunk.file;
                    });
                    if (it == out.end()) {
                        Changed changed;
                        changed.function.file = hunk.file;
                        changed.function.function = name;
                        changed.function.reports.resize(sides.size());
                        it = out.insert(out.end(), std::move(changed));
                    }
                    if (!has_hunk(*it, hunk.hunk)) it->hunks.push_back(&hunk.hunk);
                    if (it->function.effect.empty()) it->function.effect = hunk.effect;
                }
    return out;
}

bool runs_through(const EventInfo& event, const Changed& changed) {
    for (std::size_t i = 0; i < event.report.frames.size(); ++i) {
        const Frame& frame = event.report.frames[i];
        if (!frame.reliable) continue;
        if (names_function(changed.function.function, frame.function)) return true;
        if (i < event.symbols.size() && event.symbols[i] &&
            std::any_of(event.symbols[i]->places.begin(), event.symbols[i]->places.end(),
                        [&](const SourcePlace& p) {
                            return names_function(changed.function.function, p.function);  // inlined
                        }))
            return true;
    }
    return false;
}

void tie(SignatureRow& row, std::size_t number, Changed& changed) {
    bool found = false;
    for (std::size_t side = 0; side < row.events.size(); ++side)
        for (const EventInfo* event : row.events[side]) {
            if (!runs_through(*event, changed)) continue;
            ++changed.function.reports[side];
            found = true;
        }
    if (found) row.comparison.patched.push_back(number);
}

}  // namespace

std::vector<PatchedFunction> find_patched(const std::vector<Side>& sides, std::vector<SignatureRow>& rows) {
    std::vector<Changed> changed = changed_functions(sides);
    std::vector<PatchedFunction> out;
    for (std::size_t i = 0; i < changed.size(); ++i) {
        for (SignatureRow& row : rows) tie(row, i, changed[i]);
        changed[i].function.hunks = changed[i].hunks.size();
        out.push_back(std::move(changed[i].function));
    }
    return out;
}

}  // namespace stallsight
