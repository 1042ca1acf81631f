#include "symbolizer/loaded_file.h"

namespace stallsight {

const SymbolTable& LoadedFile::symbols() {
    if (!symbols_) symbols_.emplace(*elf_);
    return *symbols_;
}

DebugInfo& LoadedFile::debug_info() {
    if (!debug_info_) debug_info_.emplace(*elf_);
    return *debug_info_;
}

std::optional<Error> LoadedFile::lack() const {
    if (!debug_info_ || debug_info_->missing_dwo().empty()) return std::nullopt;
    return Error{"split debug info is not at hand (a .dwp package is not read): lines only, no inlined callers",
                 about_.name, debug_info_->missing_dwo()};
}

CallSites& LoadedFile::call_sites() {
    if (!call_sites_) call_sites_.emplace(*elf_, symbols());
    return *call_sites_;
}

}  // namespace stallsight
