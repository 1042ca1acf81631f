// What the program knows about a bundle: the one value that the command line, the report and the window show.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/chain/count_calls.h"
#include "analysis/guilty/guilty.h"
#include "base/progress.h"
#include "parsers/bundle/bundle.h"
#include "parsers/patch/patch.h"
#include "parsers/reports/event.h"
#include "parsers/reports/scan.h"
#include "parsers/vmcore/kernel_task.h"
#include "symbolizer/symbolizer.h"

namespace stallsight {

// How a frame's function may have changed preempt_count before it called the next one; shared by equal frames.
using CountWaysPtr = std::shared_ptr<const std::vector<CountWay>>;

struct EventInfo {
    std::string id;            // "e1" is Analysis::events[0], "e2" the next
    std::size_t artifact = 0;  // index into Analysis::artifacts
    Event report;
    std::string title;  // canonical: "BUG: scheduling while atomic in nokia_rpmsg_notify"
    Guilty guilty;
    std::string signature;
    std::string caused_by;                           // id of the event that this is a consequence of, or empty
    std::vector<std::string> cause_of;               // ids of its consequences
    std::string follows_because;                     // why it is a consequence
    std::string set_aside;                           // "not a problem here: you said so (note n3)", or empty
    std::vector<std::optional<Resolution>> symbols;  // one a frame of report.frames
    std::vector<CountWaysPtr> count_ways;  // one a frame, of reports that a chain is built for; null: not known
};

// One way in which a core's HZ was found.
struct HzFinding {
    // How far it can be trusted: `printed` by the boot, `measured` between two reports, `deduced` from what one
    // report leaves possible, `configured` in a file beside the log, `usual` (holds when nobody changed a default).
    enum class Confidence { printed, measured, deduced, configured, usual };
    int hz = 0;
    Confidence confidence = Confidence::printed;
    std::string basis;  // "t=15268234 jiffies cannot exceed the uptime of 15441.6 s: only HZ=1000 is left"
};
std::string_view name_of(HzFinding::Confidence confidence);

// How fast jiffies tick on one core, and how that is known.
struct CoreClock {
    std::string board, core;
    int boot = 0;  // from this one on; a core that then booted a kernel with another HZ has a further clock
    std::optional<int> hz;
    std::string basis;                // of `hz`, or why it is not known
    std::vector<HzFinding> findings;  // all of them, the most trusted first: that one is `hz`
    std::string contradiction;        // which finding says another HZ; empty: they agree
};

// How one core's clock stands to the first core's, where something says so.
struct ClockOffset {
    std::string board, core;
    double offset_s = 0;  // to add to this core's times
    double error_s = 0;   // either way
    std::string basis;
    // What says otherwise than `basis`; then neither holds, and the clocks are not aligned. Empty: nothing does.
    std::string contradiction;
};

// When something happened, where a log does not say it exactly.
struct Window {
    double from_s = 0, to_s = 0;

    [[nodiscard]] double middle() const { return (from_s + to_s) / 2; }
    [[nodiscard]] bool contains(double s) const { return s >= from_s && s <= to_s; }
};

// What one report says that a stalled CPU (or, with cpu -1, a blocked task) did.
struct StallView {
    std::string event;
    double at_s = 0;
    int cpu = -1;
    std::string task;      // "clock_hwa_app (pid 5271)"
    std::string function;  // in which it was found, or empty
};

struct StallEpisode {
    std::string board, core;
    std::string flavor;  // rcu_preempt, ..., soft_lockup, hard_lockup, hung_task, workqueue
    int boot = 0;
    std::vector<int> cpus;
    std::optional<int> detected_by;
    std::optional<double> start_s;  // unknown when HZ is not known
    Window start_window;            // in which it must have begun
    std::string start_basis;
    double end_s = 0;
    Window end_window;  // in which it must have ended; both are end_s where that is exact
    bool open = false;  // nothing says that it ended
    std::optional<std::int64_t> grace_period;
    std::vector<std::string> events;
    std::map<int, std::string> doing;             // CPU -> "clock_hwa_app (pid 5271)": what ran there
    std::vector<StallView> views;                 // one a report and CPU, in the order of time
    std::optional<bool> views_agree;              // same task and function in each; nothing: there is but one view
    std::vector<std::string> held_up;             // "grace period 60521", "hwa_gp (pid 311) in synchronize_rcu"
    std::optional<std::int64_t> starved_jiffies;  // of the grace-period kthread
    std::optional<int> starved_cpu;
    std::string starved_kthread;  // "rcu_preempt"
    std::string end_basis;
    std::string caused_by;  // event that this stall is a consequence of, or empty
    std::string tie;        // what ties it to that event
};

// preempt_count taken apart (include/linux/preempt.h).
struct PreemptCount {
    std::uint32_t raw = 0;
    int preempt = 0;               // bits 0-7
    int softirq = 0;               // bits 8-15 as a plain count
    int softirq_disabled = 0;      // how often bottom halves are off (SOFTIRQ_DISABLE_OFFSET = 0x200)
    bool serving_softirq = false;  // bit 8
    bool softirq_alike = false;    // before 2.6.37 both count the same: softirq_disabled holds either
    int hardirq = 0, nmi = 0;
    bool preempt_active = false;  // PREEMPT_ACTIVE of kernels before 4.4: being preempted, no count
    bool negative = false;        // an underflow: damage of an earlier imbalance
    int value = 0;                // without PREEMPT_ACTIVE; as signed where it is below zero: 0x7ffffe01 is -511
    std::string context;          // "process context, bottom halves off", "softirq", "hardirq", "NMI"
};

// What the same report says elsewhere about what preempt_count says.
struct CountCheck {
    std::string says;  // "in_atomic(): 1"
    bool agrees = true;
    std::string words;  // what it means, or how it contradicts
};

struct Link {
    // `ends`: the function that the chain ends in, which the guilty one called or which loops.
    enum class Role { outside, disables, inside, guilty, ends, reporting };
    Role role = Role::inside;
    std::size_t frame = 0;  // index into the event's frames
    std::string function, module;
    std::string effect;             // "bottom halves off", "spin lock", or empty
    int added = 0;                  // to preempt_count
    std::uint32_t count_after = 0;  // preempt_count once this frame has done its part
    std::string proof;              // "known", "shown", "unexplained" or empty; for the call: see call_site
    std::string basis;              // the table row's source: "net/core/dev.c: rcu_read_lock_bh()"
    std::string call_site;          // "proved", "indirect", "tail call", "contradicted" or empty
    std::string file;
    int line = 0;
    std::vector<std::string> locks;  // taken in this frame and still held, as lockdep prints them
    std::vector<std::size_t> hunks;  // indices into Analysis::patch_hunks that touch this function
};

struct Chain {
    // How it ends: slept; called a function that may sleep; loops with preemption off; asked for the CPU's number
    // where it can change; took a lock of a kind that is not allowed here; gave back more than it had taken; ran
    // there when the kernel was stopped.
    enum class Ending { slept, may_sleep, spins, preemptible, wrong_lock, underflow, runs };

    std::string event;  // id; empty: of a dump's memory
    Ending ending = Ending::slept;
    std::vector<Link> links;  // outermost first: every frame, with its role; the contract shows disables..ends
    std::optional<PreemptCount> count;  // where the report prints it, or a dump's memory has it
    bool count_of_memory = false;
    std::string state;  // "with bottom halves off"
    std::vector<CountCheck> checks;
    // As printed, or the frame that we say it is; its function is empty where neither the report nor the frames
    // say.
    Frame disabled_at;
    bool disabled_known = false;                                   // disabled_link is a frame that switched it off
    std::size_t disabled_link = 0, guilty_link = 0, end_link = 0;  // indices into links
    int by_scheduler = 0;  // added by schedule() itself before it printed the count
    int unexplained = 0;   // what no frame accounts for
    bool contradictory = false;
    std::string contradiction;  // what contradicts what
    // For want of debug info: "calls not checked: 12 frames of vmlinux: no debug info here"; or empty.
    std::string unchecked;
    std::string sentence;
};
std::string_view name_of(Chain::Ending ending);

struct PatchHunk {
    std::size_t artifact = 0;
    std::string file, function;
    Hunk hunk;
    bool on_chain = false;
    std::string event;  // the event whose chain it touches
    std::size_t link = 0;
    std::string effect;  // "replaces mutex_lock by spin_lock", or empty
};

struct Diagnosis {
    std::string rule;
    std::string severity;               // "cause", "consequence", "stall", "info"
    std::string summary;                // what happened, plain text; of the first diagnosis: the answer
    std::string aside;                  // what else there is and how it is tied to it; may be empty
    std::vector<std::string> evidence;  // event ids
    std::vector<std::string> why;       // the steps, each one sentence with its place "nt-a/core-0/kern.log:25"
    std::string advice;
    std::string advice_rule, reference;  // which rule gave it, and where the kernel says so; may be empty
};

struct CoreInfo {
    std::string board, core;
    std::string release, arch;              // "5.4.72", "ppc64"; empty: not known
    std::string state;                      // "active", "cold standby": from status text, or empty
    std::vector<int> cpus;                  // seen in its reports
    std::optional<double> first_s, last_s;  // kernel time covered by its logs
};

struct TortureInfo {
    std::size_t artifact = 0;
    std::string board, core;
    TortureSample sample;
};

// What a task held that ran when the kernel was stopped.
struct TaskChain {
    std::size_t task = 0;  // index of KernelState::tasks; the links' frames are the task's
    Chain chain;
};

// A memory dump, or a saved session of crash, drgn or gdb.
struct CrashInfo {
    std::size_t artifact = 0;
    KernelState state;
    std::vector<std::vector<std::optional<Resolution>>> symbols;  // one a frame of each task; empty: not resolved
    std::vector<TaskChain> chains;
};

// A module that a kernel had loaded.
struct ModuleInfo {
    std::string board, core;  // either may be empty: not known
    std::string name;
    std::string taint;                          // letters: "OE"
    std::string version, srcversion, vermagic;  // as modinfo names them; each may be empty: not said
    std::optional<std::size_t> artifact;        // whose line says one of those three
    std::uint64_t line = 0;
};

struct Missing {
    std::string module;  // without debug info, though frames need it
    std::size_t frames = 0;
    std::string how;  // what would satisfy it
};

struct ArtifactInfo {
    Artifact artifact;
    std::optional<std::string> sha256;
    LogScan scan;  // of kernel logs; events moved out into Analysis::events
    std::size_t events = 0, torture_samples = 0;
};

// Where the text of a source file is that debug info or a report names.
struct SourceSearch {
    // "/build/linux-6.1" -> "/home/me/linux"
    struct Moved {
        std::string from, to;
    };
    std::vector<std::string> folders;
    std::vector<Moved> moved;  // tried first
};

struct Analysis {
    std::string bundle_name, bundle_path;
    std::vector<ArtifactInfo> artifacts;
    std::vector<EventInfo> events;
    std::vector<CoreInfo> cores;
    std::vector<ModuleInfo> modules;
    std::vector<CoreClock> clocks;
    std::vector<ClockOffset> offsets;
    std::vector<StallEpisode> stalls;
    std::vector<Chain> chains;
    std::vector<TortureInfo> torture;
    std::vector<CrashInfo> crashes;
    std::vector<PatchHunk> patch_hunks;
    std::vector<Diagnosis> diagnoses;  // the first one is the answer
    std::vector<Missing> missing;
    std::vector<DebugFile> debug_files;  // that were asked
    SourceSearch sources;
    std::vector<Error> problems;  // what could not be read

    [[nodiscard]] const EventInfo* event(const std::string& id) const;
    [[nodiscard]] EventInfo* event(const std::string& id);
    [[nodiscard]] const Chain* chain_of(const std::string& event_id) const;
    // One chain a signature: the first of each defect, for pages that do not repeat themselves.
    [[nodiscard]] std::vector<const Chain*> first_chains() const;
    [[nodiscard]] const CoreClock* clock_of(const std::string& board, const std::string& core, int boot = 0) const;
    // Null: how this core's clock stands to the others is not known, or contradictory.
    [[nodiscard]] const ClockOffset* offset_of(const std::string& board, const std::string& core) const;
};

struct AnalysisOptions {
    std::vector<std::string> debug_dirs;
    SourceSearch sources;
    std::vector<std::string> patches;         // files that are taken as if they lay in the bundle
    std::string case_file;                    // with the decisions to respect; empty: the one beside the bundle
    std::vector<std::string> same_moments;    // "FILE:LINE=FILE:LINE": two records of one moment
    std::uint64_t hash_up_to = 64ULL << 20U;  // larger artifacts get no SHA-256 unless asked for
};

// Opens and analyses; fails only when nothing could be read.
Result<Analysis> analyse(const std::string& path, const AnalysisOptions& options = {},
                         const Progress& progress = {});
Analysis analyse_bundle(Bundle bundle, const AnalysisOptions& options = {}, const Progress& progress = {});

}  // namespace stallsight
