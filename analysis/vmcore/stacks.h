// The stacks of a dump's tasks, with functions named as a log would.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/vmcore/kernel.h"
#include "analysis/vmcore/modules.h"
#include "parsers/reports/event.h"
#include "symbolizer/unwind/cfi.h"
#include "symbolizer/unwind/orc.h"
#include "symbolizer/unwind/unwinder.h"

namespace stallsight {

class TaskStacks {
public:
    // The debug file of a module, or null: asked where the kernel has no tables of its own for unwinding.
    using FileOf = std::function<const ElfFile*(const LoadedModule&)>;
    // `kernel` and `modules` must live as long, and what `file_of` returns.
    TaskStacks(const Kernel& kernel, const LoadedModules& modules, const FileOf& file_of);
    TaskStacks(const TaskStacks&) = delete;
    TaskStacks& operator=(const TaskStacks&) = delete;
    ~TaskStacks() = default;

    // A task that sleeps or waits for its turn: from what the switch to another task saved.
    [[nodiscard]] Stack sleeping(const Object& task) const;
    // A running task, from its CPU's registers by the names that dumps have for them.
    [[nodiscard]] Stack running(const std::map<std::string, std::uint64_t, std::less<>>& registers) const;

    // "nokia_rpmsg_poll_thread+0x51/0x80 [rpmsg_platform_driver]"
    [[nodiscard]] Frame named(const StackFrame& frame) const;

private:
    [[nodiscard]] std::optional<Registers> saved_registers(const Object& task) const;
    [[nodiscard]] std::vector<OrcTable> orc_tables() const;
    [[nodiscard]] std::vector<CodeRegion> code_regions(bool with_modules, const FileOf& file_of) const;
    [[nodiscard]] bool is_code(std::uint64_t address) const;

    const Kernel& kernel_;
    const LoadedModules& modules_;
    const Architecture* architecture_;  // null: not covered
    std::unique_ptr<OrcUnwinder> orc_;
    std::unique_ptr<CfiUnwinder> cfi_;
    std::unique_ptr<Unwinder> unwinder_;
};

}  // namespace stallsight
