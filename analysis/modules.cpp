#include "analysis/modules.h"

#include <algorithm>
#include <tuple>

#include "analysis/words.h"
#include "parsers/modules/module_text.h"

namespace stallsight {

namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20;  // modinfo of some thousand modules

class Collector {
public:
    explicit Collector(const Analysis& analysis) : analysis_(analysis) {}

    std::vector<ModuleInfo> run() {
        for (const CrashInfo& crash : analysis_.crashes) take_state(crash);
        for (const EventInfo& event : analysis_.events) take_list(event);
        for (std::size_t i = 0; i < analysis_.artifacts.size(); ++i) take_text(i);
        std::vector<ModuleInfo> modules;
        for (auto& [key, module] : found_) modules.push_back(std::move(module));
        return modules;
    }

private:
    ModuleInfo& module(const Artifact& artifact, const std::string& name) {
        ModuleInfo& found = found_[{artifact.board, artifact.core, name}];
        found.board = artifact.board;
        found.core = artifact.core;
        found.name = name;
        return found;
    }

    // "Modules linked in: rpmsg_ifc(O) virtio(+)": taint, and whether it is coming or going
    // (kernel/module/main.c, module_flags()).
    void take_list(const EventInfo& event) {
        for (const std::string& printed : event.report.machine.modules) {
            const std::size_t open = printed.find('(');
            ModuleInfo& found = module(analysis_.artifacts[event.artifact].artifact, printed.substr(0, open));
            if (open == std::string::npos) continue;
            found.taint.clear();
            for (const char c : printed.substr(open))
                if (c >= 'A' && c <= 'Z') found.taint += c;
        }
    }

    void take_state(const CrashInfo& crash) {
        for (const KernelModule& loaded : crash.state.modules)
            module(analysis_.artifacts[crash.artifact].artifact, loaded.name).taint = loaded.taints;
    }

    void take_text(std::size_t index) {
        const Artifact& artifact = analysis_.artifacts[index].artifact;
        if (artifact.kind != ArtifactKind::status_text) return;
        for (ModuleText& text : parse_module_text(artifact.path, artifact.bytes.view().substr(0, most_bytes))) {
            ModuleInfo& found = module(artifact, text.name);
            const auto take = [](std::string& into, std::string& value) {
                if (!value.empty()) into = std::move(value);
            };
            if (!text.srcversion.empty() || !text.vermagic.empty() || !text.version.empty())
                found.artifact = index, found.line = text.line;
            take(found.version, text.version);
            take(found.srcversion, text.srcversion);
            take(found.vermagic, text.vermagic);
            take(found.taint, text.taint);
        }
    }

    const Analysis& analysis_;
    std::map<std::tuple<std::string, std::string, std::string>, ModuleInfo> found_;
};

}  // namespace

std::vector<ModuleInfo> find_modules(const Analysis& analysis) {
    return Collector(analysis).run();
}

namespace {

const ModuleInfo* find_module(const Analysis& analysis, std::string_view board, std::string_view core,
                              std::string_view name) {
    const auto key = std::tie(board, core, name);
    const auto at = std::lower_bound(analysis.modules.begin(), analysis.modules.end(), key,
                                     [](const ModuleInfo& module, const auto& wanted) {
                                         return std::tuple<std::string_view, std::string_view, std::string_view>(
                                                    module.board, module.core, module.name) < wanted;
                                     });
    const bool is_it = at != analysis.modules.end() && at->board == board && at->core == core && at->name == name;
    return is_it ? &*at : nullptr;
}

}  // namespace

const ModuleInfo* module_of(const Analysis& analysis, const Artifact& log, std::string_view name) {
    const auto told = [&](std::string_view board, std::string_view core) -> const ModuleInfo* {
        const ModuleInfo* found = find_module(analysis, board, core, name);
        return found != nullptr && found->artifact ? found : nullptr;
    };
    if (const ModuleInfo* own = told(log.board, log.core)) return own;
    if (const ModuleInfo* board = told(log.board, {})) return board;
    return told({}, {});
}

Owner owner_of(const Analysis& analysis, const Artifact& log, std::string_view module) {
    if (module.empty()) return Owner::kernel;
    const ModuleInfo* found = find_module(analysis, log.board, log.core, module);
    return found != nullptr && found->taint.find('O') != std::string::npos ? Owner::out_of_tree : Owner::module;
}

std::string_view name_of(Owner owner) {
    return owner == Owner::kernel ? "kernel" : owner == Owner::module ? "module" : "out_of_tree";
}

std::string_view owner_mark(const Analysis& analysis, const Artifact& log, std::string_view module) {
    return owner_of(analysis, log, module) == Owner::out_of_tree ? " (O)" : "";
}

const Artifact& log_of(const Analysis& analysis, const Chain& chain) {
    if (const EventInfo* event = analysis.event(chain.event)) return analysis.artifacts[event->artifact].artifact;
    for (const CrashInfo& crash : analysis.crashes)
        for (const TaskChain& task : crash.chains)
            if (&task.chain == &chain) return analysis.artifacts[crash.artifact].artifact;
    return analysis.artifacts.front().artifact;
}

std::string owned_name(const Analysis& analysis, const Chain& chain, const Link& link) {
    return qualified_name(link.function, link.module)
        .append(owner_mark(analysis, log_of(analysis, chain), link.module));
}

}  // namespace stallsight
