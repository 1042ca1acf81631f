// The modules that a dump's kernel had loaded: where they lie, what their symbols are called. All of it is in the
// dump's memory; debug files are needed for source lines only.
//
// Source: include/linux/module.h of Linux 3.x to 6.12: module_core, core_layout (since 4.5), mem[] (since 6.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/vmcore/kernel.h"
#include "symbolizer/unwind/orc.h"

namespace stallsight {

struct ModuleSymbol {
    std::uint64_t address = 0;
    std::uint64_t span = 0;  // up to the next one, or the end of the code
    std::string name;
};

class LoadedModule {
public:
    struct Range {
        std::uint64_t low = 0, high = 0;
        bool code = false;

        [[nodiscard]] bool contains(std::uint64_t address) const { return address >= low && address < high; }
    };
    struct Section {
        std::string name;
        std::uint64_t address = 0;
    };

    // `module` is a struct module.
    LoadedModule(const Kernel& kernel, const Object& module);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
    [[nodiscard]] const Range* range_of(std::uint64_t address) const;
    // Letters as /proc/modules and `mod -t` of crash show them: "OE".
    [[nodiscard]] std::string taints() const;
    // ORC of its code; nothing where it has none.
    [[nodiscard]] std::optional<OrcTable> orc() const;

    // What follows is read from memory when it is asked for first.
    [[nodiscard]] const ModuleSymbol* symbol_at(std::uint64_t address) const;
    [[nodiscard]] const std::vector<Section>& sections() const;  // as loaded
    [[nodiscard]] const std::string& build_id() const;           // empty: not known

private:
    void find_ranges();
    void add(std::optional<std::uint64_t> base, std::optional<std::uint64_t> size, bool code);
    [[nodiscard]] std::vector<ModuleSymbol> read_symbols() const;
    [[nodiscard]] std::vector<Section> read_sections() const;
    [[nodiscard]] std::string read_build_id() const;

    const Kernel* kernel_;
    Object module_;
    std::string name_;
    std::vector<Range> ranges_;
    mutable std::optional<std::vector<ModuleSymbol>> symbols_;  // by address
    mutable std::optional<std::vector<Section>> sections_;
    mutable std::optional<std::string> build_id_;
};

class LoadedModules {
public:
    explicit LoadedModules(const Kernel& kernel);

    [[nodiscard]] const std::vector<LoadedModule>& all() const { return modules_; }
    [[nodiscard]] const LoadedModule* at(std::uint64_t address) const;
    [[nodiscard]] bool broken() const { return broken_; }  // the list of modules is damaged

private:
    std::vector<LoadedModule> modules_;
    bool broken_ = false;
};

}  // namespace stallsight
