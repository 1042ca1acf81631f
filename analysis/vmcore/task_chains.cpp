#include "analysis/vmcore/task_chains.h"

#include "analysis/chain/chain.h"
#include "analysis/symbols.h"

namespace stallsight {
namespace {

// The stack as a report of a CPU that is stuck there would print it.
EventInfo as_event(const CrashInfo& info, std::size_t number) {
    const KernelTask& task = info.state.tasks[number];
    EventInfo event;
    event.artifact = info.artifact;
    event.report.kind = EventKind::soft_lockup;
    event.report.task = task.task;
    event.report.cpu = task.cpu;
    event.report.frames = task.frames;
    event.report.preempt_count = task.preempt_count;
    event.report.machine.release = info.state.release;
    event.guilty = find_guilty(event.report);
    event.symbols.resize(task.frames.size());
    if (number < info.symbols.size()) event.symbols = info.symbols[number];
    return event;
}

// What each function may have added before it called the next.
std::vector<CountWaysPtr> ways_of(const CrashInfo& info, const std::vector<Frame>& frames,
                                  const Symbolizer& symbolizer, std::uint64_t kernel_offset) {
    std::vector<CountWaysPtr> all;
    std::string callee;
    for (const Frame& frame : frames) {
        CodePlace place = code_place(frame, callee);
        place.release = info.state.release;
        place.kernel_offset = kernel_offset;
        auto ways = count_ways(symbolizer.paths_to(place, changes_count));
        all.push_back(ways.empty() ? nullptr : std::make_shared<const std::vector<CountWay>>(std::move(ways)));
        callee = frame.function;
    }
    return all;
}

}  // namespace

std::vector<TaskChain> chains_of_running(const CrashInfo& info, const Symbolizer& symbolizer,
                                         std::uint64_t kernel_offset) {
    std::vector<TaskChain> chains;
    for (std::size_t i = 0; i < info.state.tasks.size(); ++i) {
        const KernelTask& task = info.state.tasks[i];
        if (!task.active || task.task.pid == 0 || task.preempt_count.value_or(0) == 0) continue;
        EventInfo event = as_event(info, i);
        event.count_ways = ways_of(info, task.frames, symbolizer, kernel_offset);
        ChainContext context;
        context.release = info.state.release;
        context.stopped = true;
        if (auto chain = build_chain(event, context)) chains.push_back({i, std::move(*chain)});
    }
    return chains;
}

}  // namespace stallsight
