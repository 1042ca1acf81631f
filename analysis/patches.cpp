#include "analysis/patches.h"

#include <algorithm>
#include <set>

#include "analysis/signature.h"

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

// Where debug info says it: the frame's line (before or after the patch) lies in the hunk.
bool holds_line(const PatchHunk& hunk, const std::string& file, int line) {
    const std::string_view name = std::string_view(hunk.file).substr(hunk.file.rfind('/') + 1);
    const bool same_file = !name.empty() && file.ends_with(name) &&
                           (file.size() == name.size() || file[file.size() - name.size() - 1] == '/');
    const auto within = [line](int start, int lines) { return line >= start && line < start + lines; };
    return same_file &&
           (within(hunk.hunk.old_start, hunk.hunk.old_lines) || within(hunk.hunk.new_start, hunk.hunk.new_lines));
}

bool touches(const PatchHunk& hunk, const Link& link) {
    const std::vector<std::string>& functions = hunk.hunk.touched;
    if (functions.empty())  // what the heading names, if anything, is not what is changed
        return hunk.hunk.function.empty() && link.line > 0 && holds_line(hunk, link.file, link.line);
    return std::any_of(functions.begin(), functions.end(),
                       [&](const std::string& named) { return names_function(named, link.function); });
}

void tie(PatchHunk& hunk, std::size_t index, std::vector<Chain>& chains) {
    for (Chain& chain : chains)
        for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i) {
            Link& link = chain.links[i];
            if (!touches(hunk, link)) continue;
            link.hunks.push_back(index);
            if (hunk.on_chain) continue;  // the first chain is the one it is shown with
            hunk.on_chain = true;
            hunk.event = chain.event;
            hunk.link = i;
            hunk.effect = effect_of(hunk.hunk, chain.links[chain.end_link].function);
        }
}

}  // namespace

bool names_function(const std::string& named, const std::string& function) {
    constexpr std::size_t shortest_cut = 8;
    if (named.empty() || function.empty()) return false;
    return named == without_clone_suffix(function) || (named.size() >= shortest_cut && function.starts_with(named));
}

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
