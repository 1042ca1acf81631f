#include "analysis/cores.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/stalls/samples.h"

namespace stallsight {

namespace {

bool carries_kernel(ArtifactKind kind) {
    return kind == ArtifactKind::kernel_log || kind == ArtifactKind::crash_text || kind == ArtifactKind::vmcore;
}

std::string lower_alnum(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

struct StateWord {
    std::string_view printed;  // lower case
    std::string_view state;
};
constexpr std::array state_words = {StateWord{"cold-standby", "cold standby"},
                                    StateWord{"hot-standby", "hot standby"},
                                    StateWord{"providing-service", "active"}, StateWord{"standby", "standby"}};

// A line of a status table that starts with the board's name: "Board-Nta NT-Protection PROVIDING-SERVICE ...".
std::string state_in(std::string_view text, const std::string& board) {
    const std::string name = lower_alnum(board);
    while (!text.empty() && !name.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::string first = lower_alnum(line.substr(0, line.find(' ')));
        if (!first.ends_with(name)) continue;
        std::string lower(line);
        std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
        for (const StateWord& word : state_words)
            if (lower.find(word.printed) != std::string::npos) return std::string(word.state);
    }
    return {};
}

std::string state_of(const Analysis& analysis, const std::string& board) {
    constexpr std::size_t status_bytes = 1 << 20;
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (info.artifact.kind != ArtifactKind::status_text) continue;
        std::string state = state_in(info.artifact.bytes.view().substr(0, status_bytes), board);
        if (!state.empty()) return state;
    }
    return {};
}

// Entry code that one architecture alone has.
struct EntryFunction {
    std::string_view name;  // a trailing '*' stands for anything
    std::string_view arch;
};
constexpr std::array entry_functions = {
    // arch/x86/entry/entry_64.S, common.c; arch/x86/kernel/entry_64.S up to 4.0
    EntryFunction{"entry_SYSCALL_64*", "x86_64"},
    EntryFunction{"do_syscall_64", "x86_64"},
    EntryFunction{"asm_exc_page_fault", "x86_64"},
    EntryFunction{"system_call_fastpath", "x86_64"},
    EntryFunction{"entry_INT80_32", "x86"},
    EntryFunction{"entry_SYSENTER_32", "x86"},
    EntryFunction{"sysenter_do_call", "x86"},
    EntryFunction{"el0_*", "arm64"},  // arch/arm64/kernel/entry.S, entry-common.c
    EntryFunction{"el0t_64*", "arm64"},
    EntryFunction{"el1_irq", "arm64"},
    EntryFunction{"el1h_64*", "arm64"},
    EntryFunction{"ret_fast_syscall", "arm"},  // arch/arm/kernel/entry-common.S, entry-armv.S
    EntryFunction{"__irq_svc", "arm"},
    EntryFunction{"__dabt_svc", "arm"},
    EntryFunction{"sysc_noemu", "s390x"},  // arch/s390/kernel/entry64.S, entry.S
    EntryFunction{"sysc_nr_ok", "s390x"},
    EntryFunction{"io_int_handler", "s390x"},
    EntryFunction{"linux_sparc_syscall*", "sparc64"},  // arch/sparc/kernel/syscalls.S
    EntryFunction{"ia64_ret_from_syscall", "ia64"},    // arch/ia64/kernel/entry.S
    EntryFunction{"ia64_leave_kernel", "ia64"},
    EntryFunction{"ia64_native_leave_kernel", "ia64"},
    EntryFunction{"stack_done", "mips"},  // arch/mips/kernel/scall*.S
    EntryFunction{"handle_sys64", "mips"},
};

std::string_view arch_of(const std::vector<Frame>& frames) {
    for (const Frame& frame : frames) {
        if (frame.dotted) return "ppc64";
        for (const EntryFunction& entry : entry_functions)
            if (entry.name.ends_with('*') ? frame.function.starts_with(entry.name.substr(0, entry.name.size() - 1))
                                          : frame.function == entry.name)
                return entry.arch;
    }
    return {};
}

// The architecture shows in how a log names functions; "" when it does not.
std::string arch_of(const Event& report) {
    std::string_view arch = arch_of(report.frames);
    for (const Section& section : report.sections)
        if (arch.empty()) arch = arch_of(section.frames);
    return std::string(arch);
}

class Collector {
public:
    explicit Collector(const Analysis& analysis) : analysis_(analysis) {}

    std::vector<CoreInfo> run() {
        for (const ArtifactInfo& info : analysis_.artifacts)
            if (carries_kernel(info.artifact.kind)) add_artifact(info);
        for (const CrashInfo& crash : analysis_.crashes) add_crash(crash);
        for (const EventInfo& event : analysis_.events) add_event(event);
        for (CoreInfo& core : cores_) {
            std::sort(core.cpus.begin(), core.cpus.end());
            core.state = state_of(analysis_, core.board);
        }
        std::stable_sort(cores_.begin(), cores_.end(), [](const CoreInfo& a, const CoreInfo& b) {
            return std::tie(a.board, a.core) < std::tie(b.board, b.core);
        });
        return std::move(cores_);
    }

private:
    CoreInfo& core_of(const Artifact& artifact) {
        for (CoreInfo& core : cores_)
            if (core.board == artifact.board && core.core == artifact.core) return core;
        CoreInfo core;
        core.board = artifact.board;
        core.core = artifact.core;
        cores_.push_back(std::move(core));
        return cores_.back();
    }

    void add_artifact(const ArtifactInfo& info) {
        CoreInfo& core = core_of(info.artifact);
        auto widen = [&](std::optional<Time> time) {
            if (!time) return;
            const double s = seconds(*time);
            core.first_s = core.first_s ? std::min(*core.first_s, s) : s;
            core.last_s = core.last_s ? std::max(*core.last_s, s) : s;
        };
        widen(info.scan.first_time);
        widen(info.scan.last_time);
        for (const Fact& fact : info.scan.facts)
            if (fact.kind == Fact::Kind::banner && core.release.empty())
                core.release = fact.text.substr(0, fact.text.find(' '));
    }

    void add_crash(const CrashInfo& crash) {
        CoreInfo& core = core_of(analysis_.artifacts[crash.artifact].artifact);
        if (core.release.empty()) core.release = crash.state.release;
    }

    void add_event(const EventInfo& event) {
        CoreInfo& core = core_of(analysis_.artifacts[event.artifact].artifact);
        const Event& report = event.report;
        if (core.release.empty()) core.release = report.machine.release;
        if (core.arch.empty()) core.arch = arch_of(report);
        auto add = [&](int cpu) {
            if (std::find(core.cpus.begin(), core.cpus.end(), cpu) == core.cpus.end()) core.cpus.push_back(cpu);
        };
        if (report.cpu) add(*report.cpu);
        for (const Section& section : report.sections)
            if (section.cpu) add(*section.cpu);
        if (const auto starved = report.fields.find("starved"); starved != report.fields.end() &&
                                                                starved->is_object() && starved->contains("cpu") &&
                                                                (*starved)["cpu"].is_number())
            add((*starved)["cpu"].get<int>());
    }

    const Analysis& analysis_;
    std::vector<CoreInfo> cores_;
};

}  // namespace

namespace {

bool is_of(const Artifact& artifact, const CoreInfo& core) {
    return artifact.board == core.board && artifact.core == core.core;
}

std::set<int> boots_with_something(const Analysis& analysis, const CoreInfo& core) {
    std::set<int> boots;
    for (const EventInfo& event : analysis.events)
        if (event.report.time && same_core(analysis, event, core.board, core.core)) boots.insert(event.report.boot);
    for (const TortureInfo& torture : analysis.torture)
        if (torture.board == core.board && torture.core == core.core) boots.insert(torture.sample.boot);
    for (const ArtifactInfo& info : analysis.artifacts)
        if (is_of(info.artifact, core) && info.artifact.kind == ArtifactKind::kernel_log)
            boots.insert(std::max(info.scan.boots - 1, boots.empty() ? 0 : *boots.rbegin()));
    return boots;
}

// What a log of one file says; the parts of a rotated one do not count their boots alike.
void find_span(const Analysis& analysis, CoreBoot& boot) {
    for (const ArtifactInfo& info : analysis.artifacts) {
        const auto& earlier = info.scan.earlier_boots;
        if (!is_of(info.artifact, *boot.core) || static_cast<std::size_t>(boot.number) >= earlier.size()) continue;
        const BootSpan& span = earlier[static_cast<std::size_t>(boot.number)];
        if (span.first) boot.first_s = seconds(*span.first);
        if (span.last) boot.last_s = seconds(*span.last);
        return;
    }
}

}  // namespace

bool CoreBoot::has(const Analysis& analysis, const EventInfo& event) const {
    return same_core(analysis, event, core->board, core->core) && has_boot(event.report.boot);
}

bool CoreBoot::has(const StallEpisode& stall) const {
    return stall.board == core->board && stall.core == core->core && has_boot(stall.boot);
}

const ClockOffset* CoreBoot::offset(const Analysis& analysis) const {
    return last ? analysis.offset_of(core->board, core->core) : nullptr;
}

std::string CoreBoot::words() const {
    return only ? std::string() : ", boot " + std::to_string(number + 1);
}

std::vector<CoreBoot> boots_to_show(const Analysis& analysis) {
    std::vector<CoreBoot> out;
    for (const CoreInfo& core : analysis.cores) {
        const std::set<int> boots = boots_with_something(analysis, core);
        for (const int number : boots) {
            CoreBoot boot{&core, number, boots.size() == 1, number == *boots.rbegin(), core.first_s, core.last_s};
            if (!boot.last) {
                boot.first_s = boot.last_s = std::nullopt;
                find_span(analysis, boot);
            }
            out.push_back(boot);
        }
        if (boots.empty()) out.push_back({&core, 0, true, true, core.first_s, core.last_s});
    }
    return out;
}

std::vector<CoreInfo> find_cores(const Analysis& analysis) {
    return Collector(analysis).run();
}

}  // namespace stallsight
