#include "analysis/vmcore/read_dump.h"

#include <map>
#include <mutex>
#include <utility>

#include "analysis/symbols.h"
#include "analysis/vmcore/read_kernel.h"
#include "analysis/vmcore/task_chains.h"
#include "symbolizer/debug_files.h"

namespace stallsight {
namespace {

KernelMemory memory_of(const Dump& dump) {
    KernelMemory memory;
    memory.name = dump.name();
    memory.read = [&dump](std::uint64_t address, std::span<std::byte> out) { return dump.read(address, out); };
    memory.big_endian = dump.big_endian();
    memory.offset = dump.vmcoreinfo().kernel_offset();
    memory.build_id = dump.vmcoreinfo().value("BUILD-ID").value_or("");
    return memory;
}

class Resolver {
public:
    Resolver(const Symbolizer& symbolizer, std::uint64_t kernel_offset, std::string release)
        : symbolizer_(symbolizer), kernel_offset_(kernel_offset), release_(std::move(release)) {}

    std::vector<std::optional<Resolution>> resolve(const std::vector<Frame>& frames) {
        std::vector<std::optional<Resolution>> symbols;
        for (const Frame& frame : frames) {
            const auto [known, is_new] = known_.try_emplace({*frame.address, frame.return_address});
            if (is_new) known->second = symbolizer_.resolve(place_of(frame));
            symbols.push_back(known->second);
        }
        return symbols;
    }

private:
    // The kernel's address is certain; its functions' names are not, since several may have one.
    CodePlace place_of(const Frame& frame) const {
        CodePlace place = code_place(frame, {});
        place.kernel_offset = kernel_offset_;
        place.release = release_;
        if (frame.module.empty()) place.function.clear();
        return place;
    }

    const Symbolizer& symbolizer_;
    std::uint64_t kernel_offset_;
    std::string release_;
    std::map<std::pair<std::uint64_t, bool>, std::optional<Resolution>> known_;
};

}  // namespace

std::vector<Error> read_dump(const Dump& dump, Symbolizer& symbolizer, const Progress& progress, CrashInfo& info) {
    std::vector<Error> problems;
    std::vector<CpuValues> cpus;
    for (const CpuRegisters& cpu : dump.cpus()) cpus.push_back(cpu.values);
    const auto file_of = [&](const LoadedModule& module) -> const ElfFile* {
        const auto files = symbolizer.debug_files(module.name(), module.build_id());
        for (LoadedFile* file : files)
            if (same_build(file->about().build_id, module.build_id())) return &file->elf();
        return nullptr;
    };
    for (LoadedFile* file : symbolizer.debug_files("vmlinux", memory_of(dump).build_id)) {
        std::uint64_t kernel_offset = 0;
        {
            const std::lock_guard lock(file->mutex());
            const auto kernel = Kernel::open(memory_of(dump), *file);
            if (!kernel) {
                problems.push_back(kernel.error());
                continue;
            }
            problems.clear();  // another file did not fit; this one does
            for (std::string& what : read_kernel(*kernel, cpus, file_of, progress, info.state))
                problems.push_back({std::move(what), dump.name(), {}});
            kernel_offset = kernel->offset();
        }
        Resolver resolver(symbolizer, kernel_offset, info.state.release);
        for (const KernelTask& task : info.state.tasks) {
            if (progress.cancelled) break;
            info.symbols.push_back(resolver.resolve(task.frames));
        }
        info.chains = chains_of_running(info, symbolizer, kernel_offset);
        break;
    }
    return problems;
}

void read_dumps(Analysis& analysis, const std::vector<BundleDump>& dumps, Symbolizer& symbolizer,
                const Progress& progress) {
    for (const BundleDump& dump : dumps) {
        if (progress.cancelled) return;
        progress.at("reading the memory of " + dump.dump.name(), 0);
        CrashInfo& info = analysis.crashes.emplace_back();
        info.artifact = dump.artifact;
        info.state = dump.state;
        for (Error& problem : read_dump(dump.dump, symbolizer, progress, info))
            analysis.problems.push_back(std::move(problem));
    }
}

Result<Analysis> analyse_dumps(const std::string& path, const AnalysisOptions& options, bool memory) {
    auto bundle = open_bundle(path);
    if (!bundle) return tl::unexpected(bundle.error());
    const std::vector<BundleDump> dumps = open_dumps(*bundle);
    if (dumps.empty() && !bundle->problems.empty()) return tl::unexpected(bundle->problems.front());
    if (dumps.empty()) return fail("no memory dump in it", path);
    Analysis analysis;
    analysis.bundle_name = bundle->name;
    analysis.bundle_path = bundle->path;
    analysis.problems = std::move(bundle->problems);
    for (Artifact& artifact : bundle->artifacts) analysis.artifacts.emplace_back().artifact = std::move(artifact);
    const Progress progress;
    Symbolizer symbolizer(&progress);
    if (memory) add_debug_files(analysis, options, symbolizer);
    read_dumps(analysis, dumps, symbolizer, progress);
    for (Error& error : symbolizer.take_errors()) analysis.problems.push_back(std::move(error));
    symbolizer.keep_indexes();
    return analysis;
}

}  // namespace stallsight
