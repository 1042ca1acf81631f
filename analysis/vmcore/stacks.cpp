#include "analysis/vmcore/stacks.h"

#include <elf.h>

#include <algorithm>

#include "symbolizer/unwind/frame_records.h"

namespace stallsight {

TaskStacks::TaskStacks(const Kernel& kernel, const LoadedModules& modules, const FileOf& file_of)
    : kernel_(kernel), modules_(modules), architecture_(architecture_of(kernel.vmlinux().elf().machine())) {
    if (!architecture_) return;
    auto tables = orc_tables();
    const bool has_orc = !tables.empty();
    orc_ = std::make_unique<OrcUnwinder>(kernel.types(), kernel.memory(), *architecture_, std::move(tables),
                                         kernel.address("null_orc_entry"));
    cfi_ = std::make_unique<CfiUnwinder>(kernel.memory(), *architecture_, code_regions(!has_orc, file_of));
    Unwinder::Rules rules;
    if (has_orc)
        rules.trusted.push_back([this](const auto& frame, bool exact) { return orc_->step(frame, exact); });
    const StepRule records = [this](const auto& frame, bool) {
        return step_by_frame_record(kernel_.types(), kernel_.memory(), *architecture_, frame);
    };
    const StepRule cfi = [this](const auto& frame, bool exact) { return cfi_->step(frame, exact); };
    if (architecture_->elf_machine == EM_X86_64) {  // may do without frame pointers
        rules.trusted.push_back(cfi);
        rules.guess = records;
    } else {
        // Of all callers the records are certain, also where the stack was switched; CFI is not, and of arm64's
        // callers it is not known where their frames end. Only the innermost function may have no record yet.
        rules.trusted.push_back(
            [cfi](const auto& frame, bool exact) { return exact ? cfi(frame, exact) : std::nullopt; });
        rules.trusted.push_back(records);
    }
    rules.is_code = [this](std::uint64_t pc) { return is_code(pc); };
    unwinder_ = std::make_unique<Unwinder>(*architecture_, std::move(rules));
}

std::vector<OrcTable> TaskStacks::orc_tables() const {
    std::vector<OrcTable> tables;
    const auto places = kernel_.address("__start_orc_unwind_ip"), end = kernel_.address("__stop_orc_unwind_ip");
    const auto entries = kernel_.address("__start_orc_unwind");
    if (!places || !end || !entries) return tables;
    OrcTable own{~std::uint64_t{0}, 0, *places, *entries, (*end - *places) / 4};
    for (const ElfSection& section : kernel_.vmlinux().elf().sections()) {
        if (!section.holds_code()) continue;
        own.low = std::min(own.low, section.address + kernel_.offset());
        own.high = std::max(own.high, section.address + section.size + kernel_.offset());
    }
    tables.push_back(own);
    for (const LoadedModule& module : modules_.all())
        if (const auto table = module.orc()) tables.push_back(*table);
    return tables;
}

std::vector<CodeRegion> TaskStacks::code_regions(bool with_modules, const FileOf& file_of) const {
    std::vector<CodeRegion> regions;
    const ElfFile& kernel = kernel_.vmlinux().elf();
    for (const ElfSection& section : kernel.sections())
        if (section.holds_code())
            regions.push_back({section.address + kernel_.offset(),
                               section.address + section.size + kernel_.offset(), &kernel, kernel_.offset()});
    for (const LoadedModule& module : modules_.all()) {
        const ElfFile* file = with_modules ? file_of(module) : nullptr;
        if (!file) continue;
        for (const LoadedModule::Section& loaded : module.sections())
            if (const ElfSection* section = file->section_named(loaded.name); section && section->holds_code())
                regions.push_back(
                    {loaded.address, loaded.address + section->size, file, loaded.address - section->address});
    }
    return regions;
}

bool TaskStacks::is_code(std::uint64_t address) const {
    if (kernel_.vmlinux().elf().section_of(address - kernel_.offset())) return true;
    const LoadedModule* module = modules_.at(address);
    return module && module->range_of(address)->code;
}

// x86: struct inactive_task_frame at thread.sp (since 4.9); arm64: thread.cpu_context; ppc64: _switch's frame,
// whose caller's frame has the return address.
std::optional<Registers> TaskStacks::saved_registers(const Object& task) const {
    Registers registers;
    const auto set = [&](unsigned number, std::optional<std::uint64_t> value) {
        registers.general[number] = value;
    };
    switch (architecture_->elf_machine) {
        case EM_X86_64: {
            const auto sp = task.number("thread.sp"), size = kernel_.types().size_of("inactive_task_frame");
            if (!sp || !size) return std::nullopt;
            const Object frame = kernel_.object_at(*sp, "inactive_task_frame");
            registers.pc = frame.number("ret_addr");
            set(architecture_->sp, *sp + *size);
            for (const Architecture::Saved& saved : architecture_->pt_regs)
                if (kernel_.types().member("inactive_task_frame", saved.member))
                    set(saved.number, frame.number(saved.member));
            break;
        }
        case EM_AARCH64: {
            registers.pc = task.number("thread.cpu_context.pc");
            set(architecture_->sp, task.number("thread.cpu_context.sp"));
            set(architecture_->frame_pointer, task.number("thread.cpu_context.fp"));
            for (unsigned number = 19; number <= 28; ++number)
                set(number, task.number("thread.cpu_context.x" + std::to_string(number)));
            break;
        }
        case EM_PPC64: {
            const auto ksp = task.number("thread.ksp");
            const auto outer = ksp ? kernel_.memory().pointer(*ksp) : std::nullopt;
            if (!outer) return std::nullopt;
            registers.pc = kernel_.memory().pointer(*outer + 16);
            set(architecture_->sp, outer);
            break;
        }
        default:
            return std::nullopt;
    }
    return registers;
}

Stack TaskStacks::sleeping(const Object& task) const {
    if (!architecture_) return {{}, "this architecture's stacks are not covered"};
    const auto registers = saved_registers(task);
    if (!registers) return {{}, "where it sleeps is not in the dump"};
    // A task that has not run yet begins there: no call is before it.
    const bool is_new = registers->pc && (registers->pc == kernel_.address("ret_from_fork") ||
                                          registers->pc == kernel_.address("ret_from_fork_asm"));
    return unwinder_->unwind(*registers, is_new);
}

Stack TaskStacks::running(const std::map<std::string, std::uint64_t, std::less<>>& registers) const {
    if (!architecture_) return {{}, "this architecture's stacks are not covered"};
    Registers start;
    for (const Architecture::Saved& saved : architecture_->pt_regs) {
        const auto known = registers.find(saved.dump_name);
        if (known == registers.end()) continue;
        (saved.number == Registers::count ? start.pc : start.general[saved.number]) = known->second;
    }
    if (start.pc && !is_code(*start.pc) && *start.pc >> 63 == 0) return {{}, "it runs in user space"};
    return unwinder_->unwind(start, true);
}

Frame TaskStacks::named(const StackFrame& frame) const {
    Frame named;
    named.address = frame.pc;
    named.reliable = frame.reliable;
    named.return_address = !frame.exact;
    // Where x86's call put the return address, as `crash` shows it.
    const bool pushed = architecture_->elf_machine == EM_X86_64 && !frame.exact;
    named.stack = frame.sp - (pushed ? 8 : 0);
    const std::uint64_t looked_up = frame.pc - (frame.exact ? 0 : 1);
    const LoadedModule* module = modules_.at(looked_up);
    if (module) {
        named.module = module->name();
        named.build_id = module->build_id();
        if (const ModuleSymbol* symbol = module->symbol_at(looked_up)) {
            named.function = symbol->name;
            named.offset = frame.pc - symbol->address;
            named.size = symbol->span;
        }
    } else if (const Symbol* symbol = kernel_.function_at(looked_up)) {
        named.function = symbol->name;
        named.offset = frame.pc - kernel_.offset() - symbol->address;
        if (symbol->extent() > 0) named.size = symbol->extent();
    }
    return named;
}

}  // namespace stallsight
