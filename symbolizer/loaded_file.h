// One debug file with what has been read of it so far.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "symbolizer/call_site.h"
#include "symbolizer/debug_info.h"
#include "symbolizer/elf_file.h"
#include "symbolizer/symbol_table.h"

namespace stallsight {

class LoadedFile {
public:
    explicit LoadedFile(std::unique_ptr<ElfFile> elf) : elf_(std::move(elf)), about_(elf_->about()) {}

    [[nodiscard]] const DebugFile& about() const { return about_; }
    // What the file itself does not say, but another one of its build.
    void set_module(const std::string& module) { about_.module = module; }

    // libdw is not safe from several threads: whoever uses what follows holds this.
    std::mutex& mutex() { return mutex_; }
    [[nodiscard]] const ElfFile& elf() const { return *elf_; }
    const SymbolTable& symbols();
    DebugInfo& debug_info();
    CallSites& call_sites();
    // What could not be read of the debug info so far.
    [[nodiscard]] std::optional<Error> lack() const;

private:
    std::unique_ptr<ElfFile> elf_;
    DebugFile about_;
    std::mutex mutex_;
    std::optional<SymbolTable> symbols_;
    std::optional<DebugInfo> debug_info_;
    std::optional<CallSites> call_sites_;
};

}  // namespace stallsight
