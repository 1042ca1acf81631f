#include "symbolizer/candidates.h"

#include <algorithm>

#include "symbolizer/identity.h"

namespace stallsight {
namespace {

int fit_of_size(const Symbol& symbol, const CodePlace& place) {
    if (!place.size) return size_unknown;
    if (symbol.span == 0) return *place.size >= symbol.size ? size_unknown : size_differs;
    return symbol.span == *place.size ? size_fits : size_differs;
}

// What "mutex_lock", "__mutex_lock" and ".__mutex_lock.constprop.0" have in common.
std::string_view core_of(std::string_view name) {
    name = without_dot(name);
    name.remove_prefix(std::min(name.find_first_not_of('_'), name.size()));
    return name.substr(0, name.find('.'));
}

}  // namespace

std::optional<std::uint64_t> offset_in(LoadedFile& file, const Symbol& symbol, const CodePlace& place) {
    if (place.offset_known) return place.offset;
    if (!place.address) return std::nullopt;
    const ElfSection* section = file.elf().section_of(symbol.address);
    if (!section) return std::nullopt;
    const std::uint64_t base = file.elf().relocatable() ? section->address : 0;
    const std::uint64_t granule = file.elf().relocatable() ? 0x1000 : 0x200000;
    const std::uint64_t offset = (*place.address - (symbol.address - base)) % granule;
    return symbol.extent() == 0 || offset <= symbol.extent() ? std::optional(offset) : std::nullopt;
}

Call call_before(const Candidate& candidate, std::uint64_t offset, const CodePlace& place) {
    if (!place.return_address || offset == 0) return {};
    Call call = candidate.file->call_sites().before(candidate.symbol->address + offset, candidate.symbol->address);
    const bool alias = call.target_address && !place.callee.empty() &&
                       candidate.file->symbols().starts(place.callee, *call.target_address);
    if (alias) call.target = place.callee;
    return call;
}

std::vector<Candidate> find_candidates(DebugFiles& files, const CodePlace& place) {
    std::vector<Candidate> found;
    for (LoadedFile* file : files.of(place.module.empty() ? "vmlinux" : place.module, place.build_id)) {
        const std::lock_guard lock(file->mutex());
        int build = other_build(file->about(), place).empty() ? build_may_be : 0;
        if (same_build(file->about().build_id, place.build_id)) build |= build_id_fits;
        for (const Symbol* symbol : file->symbols().named(place.function)) {
            Candidate candidate{file, symbol, build + fit_of_size(*symbol, place)};
            const auto offset = offset_in(*file, *symbol, place);
            if (!offset) continue;
            const Call call = call_before(candidate, *offset, place);
            if (call.site == CallSite::direct || call.site == CallSite::indirect) candidate.fit += is_a_call;
            if (!place.callee.empty() && call.target == place.callee) candidate.fit += calls_callee;
            if (!place.callee.empty() && core_of(call.target) == core_of(place.callee))
                candidate.fit += calls_namesake;
            found.push_back(candidate);
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& left, const auto& right) { return left.fit > right.fit; });
    return found;
}

}  // namespace stallsight
