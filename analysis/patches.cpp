#include "analysis/patches.h"

#include <algorithm>
#include <set>

namespace stallsight {

namespace {

std::set<std::string> called(const Hunk& hunk, char sign) {
    std::set<std::string> names;
    auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (const std::string& line : hunk.body) {
        if (line.empty() || line[0] != sign) continue;
        for (std::size_t open = line.find('('); open != std::string::npos; open = line.find('(', open + 1)) {
            std::size_t start = open;
            while (start > 1 && is_word(line[start - 1])) --start;
            if (start < open) names.insert(line.substr(start, open - start));
        }
    }
    return names;
}

// "replaces mutex_lock() by spin_lock()", when the hunk takes out the call that slept.
std::string effect_of(const Hunk& hunk, const std::string& slept_in) {
    const auto removed = called(hunk, '-');
    const auto added = called(hunk, '+');
    if (!removed.contains(slept_in) || added.contains(slept_in)) return {};
    const auto spin = std::find_if(added.begin(), added.end(), [](const std::string& name) {
        return name.starts_with("spin_lock") || name.starts_with("raw_spin_lock");
    });
    return spin == added.end() ? "removes the call of " + slept_in + "()"
                               : "replaces " + slept_in + "() by " + *spin + "()";
}

// A diff tool may have cut the heading, and with it the function's name, short.
bool names_function(const Hunk& hunk, const std::string& function) {
    return !hunk.function.empty() && !function.empty() &&
           (hunk.function == function || (hunk.function.size() >= 8 && function.starts_with(hunk.function)));
}

void tie(PatchHunk& hunk, std::size_t index, std::vector<Chain>& chains) {
    for (Chain& chain : chains)
        for (std::size_t i = chain.disabled_link; i <= chain.sleeps_link; ++i) {
            Link& link = chain.links[i];
            if (!names_function(hunk.hunk, link.function)) continue;
            link.hunks.push_back(index);
            if (hunk.on_chain) continue;  // the first chain is the one it is shown with
            hunk.on_chain = true;
            hunk.event = chain.event;
            hunk.link = i;
            hunk.effect = effect_of(hunk.hunk, chain.links[chain.sleeps_link].function);
        }
}

}  // namespace

void tie_patches(Analysis& analysis) {
    for (std::size_t a = 0; a < analysis.artifacts.size(); ++a) {
        const Artifact& artifact = analysis.artifacts[a].artifact;
        if (artifact.kind != ArtifactKind::patch) continue;
        for (const FilePatch& file : parse_patch(artifact.bytes.view()).files)
            for (const Hunk& hunk : file.hunks) {
                PatchHunk tied;
                tied.artifact = a;
                tied.file = file.new_path.empty() ? file.old_path : file.new_path;
                tied.function = hunk.function;
                tied.hunk = hunk;
                tie(tied, analysis.patch_hunks.size(), analysis.chains);
                analysis.patch_hunks.push_back(std::move(tied));
            }
    }
}

}  // namespace stallsight
