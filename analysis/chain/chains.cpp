#include "analysis/chain/chains.h"

#include <algorithm>

#include "analysis/chain/chain.h"
#include "analysis/chain/ending.h"
#include "analysis/words.h"
#include "base/parallel.h"

namespace stallsight {

namespace {

std::string arch_of_core(const Analysis& analysis, const Artifact& artifact) {
    for (const CoreInfo& core : analysis.cores)
        if (core.board == artifact.board && core.core == artifact.core) return core.arch;
    return {};
}

// A stall may go on until the kernel is stopped: then the same task still runs where the report found it.
std::optional<std::uint32_t> count_in_memory(const Analysis& analysis, const EventInfo& event) {
    if (ending_of(event) != Chain::Ending::spins) return std::nullopt;
    const Artifact& artifact = analysis.artifacts[event.artifact].artifact;
    for (const Section& section : event.report.sections) {
        const TaskChain* found =
            section.cpu ? memory_chain(analysis, artifact.board, artifact.core, *section.cpu) : nullptr;
        if (!found || !section.task.pid) continue;
        const Chain& chain = found->chain;
        if (chain.links[chain.guilty_link].function == event.guilty.function && chain.count)
            return chain.count->raw;
    }
    return std::nullopt;
}

}  // namespace

const TaskChain* memory_chain(const Analysis& analysis, const std::string& board, const std::string& core,
                              int cpu) {
    for (const CrashInfo& crash : analysis.crashes) {
        const Artifact& artifact = analysis.artifacts[crash.artifact].artifact;
        if (artifact.board != board || artifact.core != core) continue;
        for (const TaskChain& found : crash.chains)
            if (crash.state.tasks[found.task].cpu == cpu) return &found;
    }
    return nullptr;
}

bool tells_memory(const Chain& of_event, const Chain& of_memory) {
    const auto guilty = [](const Chain& chain) { return chain.links[chain.guilty_link].function; };
    return of_event.count_of_memory && of_memory.count && of_event.count->raw == of_memory.count->raw &&
           guilty(of_event) == guilty(of_memory);
}

std::vector<MemoryChain> chains_of_memory_alone(const Analysis& analysis, const std::vector<const Chain*>& told) {
    std::vector<MemoryChain> alone;
    for (const CrashInfo& crash : analysis.crashes) {
        for (const TaskChain& found : crash.chains) {
            const auto same = [&](const Chain* chain) { return tells_memory(*chain, found.chain); };
            if (std::any_of(told.begin(), told.end(), same)) continue;
            alone.push_back({&found.chain, task_words(crash.state.tasks[found.task].task) + " in the memory of " +
                                               analysis.artifacts[crash.artifact].artifact.path});
        }
    }
    return alone;
}

std::vector<Chain> build_chains(const Analysis& analysis) {
    const auto chain_of = [&](const EventInfo& event) {
        const ArtifactInfo& info = analysis.artifacts[event.artifact];
        ChainContext context;
        context.text = info.artifact.bytes.view().substr(
            std::min<std::size_t>(event.report.offset, info.artifact.bytes.size()),
            event.report.offset_last - event.report.offset);
        for (const Fact& fact : info.scan.facts)
            if (fact.kind == Fact::Kind::banner && fact.boot == event.report.boot) context.banner = fact.text;
        context.release = context.banner.substr(0, context.banner.find(' '));
        context.arch = arch_of_core(analysis, info.artifact);
        context.memory_count = count_in_memory(analysis, event);
        return build_chain(event, context);
    };
    constexpr std::size_t batch = 64;
    const std::size_t count = analysis.events.size();
    std::vector<std::optional<Chain>> found(count);
    parallel_for(count, batch, [&](std::size_t i) { found[i] = chain_of(analysis.events[i]); });
    std::vector<Chain> out;
    for (auto& chain : found)
        if (chain) out.push_back(std::move(*chain));
    return out;
}

}  // namespace stallsight
