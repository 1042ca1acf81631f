#include "analysis/vmcore/kernel.h"

#include <algorithm>
#include <unordered_set>

namespace stallsight {
namespace {

// Whose units are read first: one function of each file whose structures are needed.
constexpr std::string_view neighbours[] = {
    "schedule",             // kernel/sched/core.c: task_struct, rq
    "rcu_sched_clock_irq",  // kernel/rcu/tree.c: rcu_state, rcu_data, rcu_node
    "rcu_check_callbacks",  // the same before 4.20
    "mutex_lock",           // kernel/locking/mutex.c: mutex, mutex_waiter
    "down_write",           // kernel/locking/rwsem.c: rw_semaphore, rwsem_waiter
    "__module_address",     // kernel/module/main.c: module, mod_kallsyms
    "module_add_driver",    // drivers/base/module.c
    "mod_sysfs_setup",      // kernel/module/sysfs.c: module_sect_attrs
    "unwind_next_frame",    // arch/x86/kernel/unwind_*.c: pt_regs, orc_entry, inactive_task_frame
};

constexpr std::size_t longest_banner = 1024;
constexpr std::size_t longest_list = 1 << 22;

bool is_user_address(std::uint64_t address) {
    return address >> 63 == 0;
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

Result<Kernel> Kernel::open(KernelMemory memory, LoadedFile& vmlinux) {
    const DebugFile& about = vmlinux.about();
    if (!memory.build_id.empty() && !about.build_id.empty() && memory.build_id != about.build_id)
        return fail("is not the kernel of " + memory.name + ": its build-id is " + about.build_id +
                        ", the dump's " + memory.build_id,
                    about.name);
    Dwarf_Addr bias = 0;
    Dwarf* debug = vmlinux.elf().dwarf(bias);
    if (!debug) return fail("has no debug info", about.name);
    Kernel kernel;
    kernel.vmlinux_ = &vmlinux;
    kernel.memory_ = std::make_unique<Memory>(memory.read, memory.big_endian);
    kernel.variables_ = std::make_unique<Variables>(vmlinux.elf());
    std::vector<Dwarf_Addr> near;
    for (const std::string_view function : neighbours)
        if (const auto address = kernel.variables_->address(function)) near.push_back(*address + bias);
    kernel.types_ = std::make_unique<KernelTypes>(debug, std::move(near));
    if (auto found = kernel.find_offset(memory); !found) return tl::unexpected(found.error());
    kernel.find_cpus();
    return kernel;
}

// A kernel moves by multiples of 2 MB, up to 1 GB (x86: CONFIG_RANDOMIZE_BASE_MAX_OFFSET).
Result<void> Kernel::find_offset(const KernelMemory& memory) {
    constexpr std::uint64_t step = std::uint64_t{2} << 20, farthest = std::uint64_t{1} << 30;
    const DebugFile& about = vmlinux_->about();
    const auto linked = variables_->address("linux_banner");
    if (!linked) return fail("has no variable linux_banner: is it a kernel?", about.name);
    const auto banner = [&](std::uint64_t offset) {
        return first_line(memory_->text(*linked + offset, longest_banner));
    };
    std::string other;  // another kernel's
    const auto fits = [&](std::uint64_t offset) {
        const std::string found = banner(offset);
        if (found == about.banner && !found.empty()) {
            offset_ = offset;
            return true;
        }
        if (found.starts_with("Linux version ")) other = found;
        return false;
    };
    if (memory.offset) {
        if (fits(*memory.offset)) return {};
    } else {
        for (std::uint64_t offset = 0; offset <= farthest; offset += step)
            if (fits(offset)) return {};
    }
    const std::string why = other.empty() ? "no kernel's banner is in memory where this file has its own"
                                          : "the dump's memory says: " + other;
    return fail("is not the kernel of " + memory.name + ": " + why, about.name);
}

void Kernel::find_cpus() {
    const auto offsets = address("__per_cpu_offset");
    const auto& bits = types_->member("cpumask", "bits");
    const auto online = address("__cpu_online_mask");
    for (int cpu = 0; offsets && online && bits && cpu < static_cast<int>(8 * bits->size); ++cpu) {
        const auto word = memory_->number(*online + static_cast<std::uint64_t>(cpu) / 64 * 8, 8);
        per_cpu_.push_back(memory_->pointer(*offsets + 8 * static_cast<std::uint64_t>(cpu)).value_or(0));
        if (word && *word >> cpu % 64 & 1) cpus_.push_back(cpu);
    }
    if (!offsets) {  // not SMP
        per_cpu_ = {0};
        cpus_ = {0};
    }
}

std::optional<std::uint64_t> Kernel::address(std::string_view variable) const {
    const auto linked = variables_->address(variable);
    if (!linked) return std::nullopt;
    return *linked + offset_;
}

// x86-64 before 6.15 has per-CPU variables at 0; other kernels have a first copy in the image.
std::optional<std::uint64_t> Kernel::address(std::string_view variable, int cpu) const {
    const auto linked = variables_->address(variable);
    if (!linked || cpu < 0 || static_cast<std::size_t>(cpu) >= per_cpu_.size()) return std::nullopt;
    return *linked + (is_user_address(*linked) ? 0 : offset_) + per_cpu_[static_cast<std::size_t>(cpu)];
}

std::optional<Object> Kernel::object(std::string_view variable, const std::string& type) const {
    const auto at = address(variable);
    if (!at) return std::nullopt;
    return object_at(*at, type);
}

std::optional<Object> Kernel::object(std::string_view variable, int cpu, const std::string& type) const {
    const auto at = address(variable, cpu);
    if (!at) return std::nullopt;
    return object_at(*at, type);
}

const Variable* Kernel::variable_at(std::uint64_t address) const {
    return variables_->at(address - offset_);
}

const Symbol* Kernel::function_at(std::uint64_t address) const {
    const std::uint64_t linked = address - offset_;
    return vmlinux_->elf().section_of(linked) ? vmlinux_->symbols().at(linked) : nullptr;
}

std::vector<Object> Kernel::list(std::uint64_t head, const std::string& type, const std::string& link,
                                 bool* broken) const {
    std::vector<Object> found;
    std::unordered_set<std::uint64_t> seen{head};
    auto node = memory_->pointer(head);  // list_head.next is its first member
    while (node && seen.insert(*node).second && found.size() < longest_list) {
        const auto object = Object::container(*types_, *memory_, type, link, *node);
        if (!object) break;
        found.push_back(*object);
        node = memory_->pointer(*node);
    }
    if (broken) *broken = node != head;
    return found;
}

}  // namespace stallsight
