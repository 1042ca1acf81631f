#include <iostream>
#include <memory>

#include "analysis/vmcore/read_dump.h"
#include "app/cli/commands.h"
#include "app/cli/print_vmcore.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string dump;
    AnalysisOptions analysis;
    bool log = false, tasks = false, stacks = false, waits = false, rcu = false;

    [[nodiscard]] bool memory() const { return tasks || stacks || waits || rcu || !log; }
};

// The log that open_dumps() put right behind the dump.
std::string_view log_of(const Analysis& analysis, const CrashInfo& dump) {
    const std::string path = analysis.artifacts[dump.artifact].artifact.path + "/log";
    for (const ArtifactInfo& info : analysis.artifacts)
        if (info.artifact.path == path) return info.artifact.bytes.view();
    return {};
}

std::string print(const Analysis& analysis, const CrashInfo& dump, const Options& options) {
    std::string text;
    const auto add = [&](bool wanted, const auto& make) {
        if (wanted) text += (text.empty() ? "" : "\n") + make();
    };
    const bool all = !options.log && !options.tasks && !options.stacks && !options.waits && !options.rcu;
    add(all, [&] { return print_system(dump, analysis.artifacts[dump.artifact].artifact.path); });
    add(all, [&] { return print_stacks(dump, true); });
    add(options.log, [&] { return std::string(log_of(analysis, dump)); });
    add(options.tasks, [&] { return print_tasks(dump); });
    add(options.stacks, [&] { return print_stacks(dump, false); });
    add(options.waits, [&] { return print_waits(dump); });
    add(options.rcu, [&] { return print_rcu(dump); });
    return text;
}

void run(const Options& options, int& status) {
    const auto analysis = analyse_dumps(options.dump, options.analysis, options.memory());
    if (!analysis) {
        print_error(analysis.error());
        status = unreadable;
        return;
    }
    for (const Error& problem : analysis->problems) print_error(problem);
    if (!analysis->problems.empty()) status = unreadable;
    for (const CrashInfo& dump : analysis->crashes) {
        if (options.memory() && dump.state.tasks.empty()) {
            print_error({"no vmlinux with debug info of this kernel: tasks and stacks are not known (--debug-dir)",
                         analysis->artifacts[dump.artifact].artifact.path, ""});
            status = unreadable;
        }
        write_output("-", print(*analysis, dump, options), status);
    }
    leave(status);
}

}  // namespace

void add_vmcore(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("vmcore", "what a memory dump says: log, tasks, stacks, who waits for whom");
    command->add_option("dump", options->dump, "memory dump, or a bundle with one")->required();
    command->add_option("--debug-dir", options->analysis.debug_dirs, "folder with vmlinux and .ko (repeatable)");
    command->add_flag("--log", options->log, "the kernel's log");
    command->add_flag("--tasks", options->tasks, "all tasks");
    command->add_flag("--stacks", options->stacks, "the stack of each task, with source lines");
    command->add_flag("--waits", options->waits, "who waits for which lock, who holds it, and the run queues");
    command->add_flag("--rcu", options->rcu, "the grace period and what it waits for");
    command->callback([options, &status] { run(*options, status); });
}

}  // namespace stallsight::cli
