#include "app/cli/print_analysis.h"

#include <algorithm>
#include <map>

#include "analysis/chain/chain_words.h"
#include "analysis/chain/chains.h"
#include "analysis/diagnosis/sentences.h"
#include "analysis/locks/lock_cycle.h"
#include "analysis/modules.h"
#include "analysis/stalls/offsets.h"
#include "analysis/words.h"
#include "app/cli/shown.h"

namespace stallsight::cli {

namespace {

constexpr std::size_t events_of_a_signature_shown = 3;
constexpr std::size_t name_width = 46;

// With a blank behind it at least.
std::string padded(std::string text, std::size_t width) {
    text.append(text.size() < width ? width - text.size() : 1, ' ');
    return text;
}

class Printer {
public:
    Printer(const Analysis& analysis, bool color) : analysis_(analysis), color_(color) {}

    std::string run() {
        answer();
        bundle();
        events();
        const auto chains = analysis_.first_chains();
        for (const Chain* chain : chains) print(*chain, chain->event);
        for (const MemoryChain& alone : chains_of_memory_alone(analysis_, chains)) print(*alone.chain, alone.of);
        for (const auto& [event, cycle] : first_lock_cycles(analysis_)) print(*event, cycle);
        stalls();
        torture();
        crashes();
        patches();
        missing();
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string paint(std::string_view text, const char* code) const {
        return color_ ? std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m" : std::string(text);
    }
    [[nodiscard]] std::string bold(std::string_view text) const { return paint(text, "1"); }
    [[nodiscard]] std::string dim(std::string_view text) const { return paint(text, "2"); }
    [[nodiscard]] std::string red(std::string_view text) const { return paint(text, "1;31"); }

    void heading(std::string_view title) { out_ += "\n" + bold(title) + "\n"; }
    void line(const std::string& text) { out_ += "  " + text + "\n"; }

    void answer() {
        const Diagnosis& first = analysis_.diagnoses.front();
        // Nothing found in what could not be read is no good news.
        const bool bad = first.severity != "info" || (analysis_.events.empty() && !analysis_.problems.empty());
        out_ += (bad ? red("■ ") : paint("✔ ", "32")) + bold(shown(first.summary)) + "\n";
        if (!first.aside.empty()) out_ += "  " + shown(first.aside) + "\n";
        if (!first.advice.empty()) out_ += "  " + dim("What to do: ") + shown(first.advice) + "\n";
        if (!first.why.empty()) heading("Why we say so");
        for (const std::string& step : first.why) line("· " + shown(step));
        for (std::size_t i = 1; i < analysis_.diagnoses.size(); ++i) {
            const Diagnosis& d = analysis_.diagnoses[i];
            if (i == 1) heading("Also found");
            line("· " + shown(d.summary));
        }
    }

    void bundle() {
        heading("Bundle " + shown(analysis_.bundle_name));
        const std::vector<CoreBoot> boots = boots_to_show(analysis_);
        for (const CoreInfo& core : analysis_.cores) {
            if (core.board.empty() && core.core.empty() && core.release.empty()) continue;
            std::string text = core.board + (core.core.empty() ? "" : " " + core.core);
            if (text.empty()) text = "kernel";
            if (!core.state.empty()) text += " (" + core.state + ")";
            for (const std::string* part : {&core.release, &core.arch})
                if (!part->empty()) text += "  " + *part;
            line(text);
            for (const CoreBoot& boot : boots)
                if (boot.core == &core && boot.last)
                    for (const std::string& words : clock_words(analysis_, boot)) line("    " + dim(shown(words)));
        }
        for (const ArtifactInfo& info : analysis_.artifacts) file(info);
    }

    void file(const ArtifactInfo& info) {
        std::string kind(name_of(info.artifact.kind));
        std::replace(kind.begin(), kind.end(), '_', ' ');
        std::string text = "  " + padded(shown(info.artifact.path), name_width) + kind;
        const bool session = info.artifact.kind == ArtifactKind::crash_text;
        if (info.artifact.kind == ArtifactKind::kernel_log || (session && info.events > 0)) {
            text += ", " + counted(info.scan.index.lines(), "line") + ": " + counted(info.events, "event");
            if (info.torture_samples > 0) text += ", " + counted(info.torture_samples, "rcutorture sample");
        }
        if (info.scan.timed_by_wall) text += ", timed by its wall clock";
        if (info.artifact.truncated) text += "  (incomplete)";
        line(text);
    }

    void events() {
        heading("Events");
        if (analysis_.events.empty()) line("none");
        std::map<std::string, std::size_t> printed;
        std::map<std::string, std::size_t> folded;
        for (const EventInfo& event : analysis_.events) {
            if (!event.caused_by.empty()) continue;
            if (printed[event.signature]++ >= events_of_a_signature_shown) {
                ++folded[event.title];
                continue;
            }
            print(event, "");
            std::size_t n = 0;
            for (const std::string& id : event.cause_of) {
                const EventInfo* later = analysis_.event(id);
                if (later != nullptr && n++ < events_of_a_signature_shown) print(*later, "└ ");
            }
            if (n > events_of_a_signature_shown)
                line("      └ " +
                     dim("and " + std::to_string(n - events_of_a_signature_shown) + " more that follow from it"));
        }
        for (const auto& [title, count] : folded)
            line(dim("… and " + std::to_string(count) + " more: " + shown(title)));
    }

    void print(const EventInfo& event, const std::string& indent) {
        const Event& report = event.report;
        std::string where = place_words(analysis_.artifacts[event.artifact].artifact);
        if (report.cpu) where += (where.empty() ? "CPU " : " CPU ") + std::to_string(*report.cpu);
        const std::string title = shown(qualified_name(event.title, event.guilty.module));
        const std::string time = report.time ? fixed(seconds(*report.time), 6) : report.wall;
        std::string text = padded(event.id, 5) + padded(time, 15) + padded(where, 20) + indent;
        text += event.caused_by.empty() ? bold(title) : title;
        if (report.partial) text += dim(" (partial: " + report.partial_reason + ")");
        line(text + dim("  " + evidence_place(analysis_, event)));
        if (!event.follows_because.empty()) line(std::string(42, ' ') + dim("follows: " + event.follows_because));
    }

    void print(const Chain& chain, const std::string& of) {
        heading("Chain of " + shown(of) + ", read downwards as time ran: " + count_words(chain));
        if (chain.disabled_link > 0)
            line(dim("        " + counted(chain.disabled_link, "frame") + ": " + chain.links[0].function + " … " +
                     chain.links[chain.disabled_link - 1].function + ", may sleep"));
        for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i) link(chain, i);
        if (const std::string sum = sum_words(chain); !sum.empty()) line("  = " + sum);
        if (!chain.unchecked.empty()) line(dim("  " + chain.unchecked));
        for (const CountCheck& check : chain.checks)
            line(dim("  " + check.says + ": " + check.words + (check.agrees ? "" : " (contradictory)")));
    }

    void print(const EventInfo& event, const LockCycle& cycle) {
        heading("Locks of " + event.id + ", each taken before while the one above it was held");
        for (std::size_t i = 0; i < cycle.steps.size(); ++i) {
            const LockStep& step = cycle.steps[i];
            const bool named = i > 0 && !step.function.empty();
            line(padded(shown(step.lock), name_width) +
                 dim(named ? "in " + shown(qualified_name(step.function, step.module)) : ""));
        }
        line(padded(shown(cycle.steps.front().lock), name_width) + red("◀ " + shown(closing_words(cycle))));
    }

    void link(const Chain& chain, std::size_t i) {
        const Link& link = chain.links[i];
        std::string name = shown(link.function);
        if (!link.module.empty()) name += " [" + shown(link.module) + "]";
        name += owner_mark(analysis_, log_of(analysis_, chain), link.module);
        std::string note = effect_words(link);
        if (!note.empty()) note += dim(" (" + link.proof + (link.basis.empty() ? "" : ": " + link.basis) + ")");
        const auto add = [&](const std::string& part) { note += (note.empty() ? "" : "  ") + part; };
        if (link.role == Link::Role::guilty) add(red("◀ guilty"));
        if (i == chain.end_link) add(red(std::string(end_words(chain.ending))));
        for (const std::string& lock : link.locks) add("holds " + shown(lock));
        if (!link.file.empty()) note += (note.empty() ? "" : "  ") + link.file + ":" + std::to_string(link.line);
        if (!link.call_site.empty()) note += dim((note.empty() ? "" : "  ") + ("[" + link.call_site + "]"));
        if (!link.hunks.empty()) note += "  (patched)";
        const std::string column = padded(name, name_width);
        const bool counted_here = chain.count || link.count_after > 0;
        line(padded(counted_here ? hex(link.count_after) : "", 8) +
             (link.role == Link::Role::guilty ? red(column) : column) + note);
    }

    void stalls() {
        if (analysis_.stalls.empty()) return;
        heading("Stalls");
        for (const StallEpisode& s : analysis_.stalls) {
            std::string text = padded(s.board + (s.core.empty() ? "" : " " + s.core), 13) + padded(s.flavor, 13);
            if (!s.cpus.empty()) text += cpus_words(s.cpus) + "  ";
            text +=
                (s.start_s ? fixed(*s.start_s, 2) + " s" : "start not known") + " to " + fixed(s.end_s, 2) + " s";
            if (s.start_s) text += " (" + duration_words(s.end_s - *s.start_s) + ")";
            text += s.open ? ", open at the end of the log" : "";
            line(text);
            for (const auto& [cpu, who] : s.doing)
                line(dim("  " + (cpu < 0 ? "task " : "CPU " + std::to_string(cpu) + ": ") + shown(who)));
            if (s.starved_jiffies)
                line(dim("  " + s.starved_kthread + " kthread starved for " + grouped(*s.starved_jiffies) +
                         " jiffies" +
                         (s.starved_cpu ? " on CPU " + std::to_string(*s.starved_cpu) : std::string())));
        }
    }

    void torture() {
        for (const Diagnosis& d : analysis_.diagnoses)
            if (d.rule == "rcutorture") {
                heading("rcutorture");
                line(d.summary);
            }
    }

    void crashes() {
        for (const CrashInfo& info : analysis_.crashes) {
            const Artifact& artifact = analysis_.artifacts[info.artifact].artifact;
            heading((artifact.kind == ArtifactKind::vmcore ? "memory dump " : "crash session ") + artifact.path);
            std::string text = counted(info.state.tasks.size(), "task");
            if (!info.state.release.empty()) text += ", kernel " + info.state.release;
            if (!info.state.panic.empty()) text += ", panic: " + shown(info.state.panic);
            line(text);
            for (const KernelTask& task : info.state.tasks) {
                if (!task.active || task.frames.empty()) continue;
                std::string stack;
                for (const Frame& frame : task.frames) stack += (stack.empty() ? "" : " ← ") + frame.function;
                line((task.cpu ? "CPU " + std::to_string(*task.cpu) + "  " : std::string()) +
                     shown(task.task.comm) + "  " + dim(shown(stack)));
            }
        }
    }

    void patches() {
        if (analysis_.patch_hunks.empty()) return;
        heading("Patch");
        for (const PatchHunk& hunk : analysis_.patch_hunks) {
            std::string text =
                padded(shown(hunk.function.empty() ? "(no function)" : hunk.function), 26) +
                padded(analysis_.artifacts[hunk.artifact].artifact.path + ":" + std::to_string(hunk.hunk.line),
                       name_width);
            text += hunk.on_chain ? "on the chain of " + hunk.event : dim("not on a chain");
            if (!hunk.effect.empty()) text += ": " + hunk.effect;
            line(text);
        }
    }

    void missing() {
        if (analysis_.missing.empty()) return;
        heading("Missing debug info (--debug-dir)");
        constexpr std::size_t most = 8;
        for (std::size_t i = 0; i < analysis_.missing.size() && i < most; ++i)
            line(padded(shown(analysis_.missing[i].module), 26) +
                 padded(counted(analysis_.missing[i].frames, "frame"), 12) + dim(shown(analysis_.missing[i].how)));
        if (analysis_.missing.size() > most) line("and " + counted(analysis_.missing.size() - most, "more module"));
    }

    const Analysis& analysis_;
    bool color_;
    std::string out_;
};

}  // namespace

std::string print_analysis(const Analysis& analysis, bool color) {
    return Printer(analysis, color).run();
}

}  // namespace stallsight::cli
