#include "analysis/chain/chain.h"

#include <algorithm>
#include <array>

#include "analysis/chain/known_effects.h"
#include "analysis/chain/preempt_count.h"
#include "analysis/chain/proof.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

bool matches(std::string_view pattern, std::string_view function) {
    if (!pattern.ends_with('*')) return pattern == function;
    pattern.remove_suffix(1);
    // "f*" is f itself or a compiler's clone of it: f.part.0, f.isra.1
    return function == pattern || (function.starts_with(pattern) && function[pattern.size()] == '.');
}

// A function that sleeps, as callers know it, and the names that its inside shows on a stack.
struct SleepingCall {
    std::string_view caller_name;
    std::string_view prefix;  // of the frames inside it
};

constexpr std::array sleeping_calls = {
    SleepingCall{"mutex_lock_interruptible", "mutex_lock_interruptible"},
    SleepingCall{"mutex_lock_interruptible", "__mutex_lock_interruptible"},
    SleepingCall{"mutex_lock_killable", "mutex_lock_killable"},
    SleepingCall{"mutex_lock_killable", "__mutex_lock_killable"},
    SleepingCall{"mutex_lock", "mutex_lock"},
    SleepingCall{"mutex_lock", "__mutex_lock"},
    SleepingCall{"mutex_lock", "ww_mutex_lock"},
    SleepingCall{"down_read", "down_read"},
    SleepingCall{"down_read", "rwsem_down_read"},
    SleepingCall{"down_write", "down_write"},
    SleepingCall{"down_write", "rwsem_down_write"},
    SleepingCall{"down", "down"},
    SleepingCall{"down", "__down"},
    SleepingCall{"wait_for_completion", "wait_for_completion"},
    SleepingCall{"wait_for_completion", "wait_for_common"},
    SleepingCall{"wait_for_completion", "__wait_for_common"},
    SleepingCall{"msleep", "msleep"},
    SleepingCall{"usleep_range", "usleep_range"},
    SleepingCall{"synchronize_rcu", "synchronize_rcu"},
    SleepingCall{"synchronize_rcu", "__wait_rcu_gp"},
    SleepingCall{"flush_work", "flush_work"},
    SleepingCall{"flush_work", "__flush_work"},
    SleepingCall{"rt_spin_lock", "rt_spin_lock"},
    SleepingCall{"kmalloc", "__kmalloc"},
    SleepingCall{"kmalloc", "kmem_cache_alloc"},
    SleepingCall{"kmalloc", "kmalloc_trace"},
    SleepingCall{"vmalloc", "__vmalloc"},
    SleepingCall{"schedule_timeout", "schedule_timeout"},
    SleepingCall{"schedule", "schedule"},
    SleepingCall{"schedule", "io_schedule"},
    SleepingCall{"schedule", "preempt_schedule"},
    SleepingCall{"schedule", "__cond_resched"},
    SleepingCall{"schedule", "_cond_resched"},
};

const SleepingCall* sleeping_call(std::string_view function) {
    for (const SleepingCall& call : sleeping_calls) {
        if (!function.starts_with(call.prefix)) continue;
        const std::string_view rest = function.substr(call.prefix.size());
        if (rest.empty() || rest[0] == '.' || rest[0] == '_') return &call;
    }
    return nullptr;
}

// Frames on the stack, outermost first, without the stale entries that "?" marks. (ppc64 marks the innermost
// frame, the link register's, "(unreliable)"; that one is real.)
std::vector<std::size_t> live_frames(const Event& report) {
    std::vector<std::size_t> out;
    for (std::size_t i = report.frames.size(); i-- > 0;) {
        const Frame& frame = report.frames[i];
        if (!frame.function.empty() && (frame.reliable || i == 0)) out.push_back(i);
    }
    return out;
}

Link link_of(const Frame& frame, std::size_t index) {
    Link link;
    link.frame = index;
    link.function = frame.function;
    link.module = frame.module;
    return link;
}

// Position in `links` of the frame that made it forbidden to sleep, or nothing.
std::optional<std::size_t> find_disabling(const std::vector<Link>& links, const std::optional<Frame>& printed) {
    if (printed && !printed->function.empty()) {
        for (std::size_t i = 0; i < links.size(); ++i)
            if (links[i].function == printed->function) return i;
    }
    for (std::size_t i = 0; i < links.size(); ++i)
        for (const KnownEffect& effect : known_effects())
            if (effect.calls.empty() && matches(effect.function, links[i].function)) return i;
    return std::nullopt;
}

bool called_further_in(const std::vector<Link>& links, std::size_t from, std::size_t to, std::string_view pattern) {
    return std::any_of(links.begin() + static_cast<std::ptrdiff_t>(from) + 1,
                       links.begin() + static_cast<std::ptrdiff_t>(to),
                       [&](const Link& l) { return matches(pattern, l.function); });
}

// Lays the known effects beside the frames and returns what the printed count leaves unexplained.
class Ledger {
public:
    Ledger(Chain& chain, std::uint32_t explained_by_scheduler)
        : chain_(chain), budget_(static_cast<std::int64_t>(chain.count.raw) - explained_by_scheduler) {}

    void fill() {
        for (std::size_t i = chain_.disabled_link; i <= chain_.sleeps_link; ++i) {
            for (const KnownEffect& effect : known_effects())
                if (applies(effect, i)) add(chain_.links[i], effect);
            chain_.links[i].count_after = static_cast<std::uint32_t>(sum_);
        }
        chain_.unexplained = static_cast<int>(budget_ - sum_);
        chain_.contradictory = sum_ > budget_;
        if (chain_.unexplained > 0 && chain_.links[chain_.disabled_link].proof.empty()) {
            Link& first = chain_.links[chain_.disabled_link];
            first.effect = "preemption disabled (printed by the kernel)";
            first.proof = "unexplained";
        }
    }

private:
    [[nodiscard]] bool applies(const KnownEffect& effect, std::size_t i) const {
        if (!matches(effect.function, chain_.links[i].function)) return false;
        const std::size_t end = chain_.sleeps_link + 1;
        if (!effect.calls.empty() && !called_further_in(chain_.links, i, end, effect.calls)) return false;
        if (!effect.unless.empty() && called_further_in(chain_.links, i, end, effect.unless)) return false;
        // The same function twice on the way (qdisc_run.part.99 under qdisc_run) holds its lock once.
        const bool repeated = i > 0 && matches(effect.function, chain_.links[i - 1].function);
        const bool fits = !effect.conditional || sum_ + effect.added <= budget_;
        return !repeated && fits;
    }

    void add(Link& link, const KnownEffect& effect) {
        sum_ += effect.added;
        link.added += static_cast<int>(effect.added);
        link.effect += (link.effect.empty() ? "" : ", ") + std::string(effect.effect);
        link.basis += (link.basis.empty() ? "" : "; ") + std::string(effect.source);
        link.proof = "known";
    }

    Chain& chain_;
    std::int64_t budget_;
    std::int64_t sum_ = 0;
};

// What the guilty frame called, and which sleeping function that is, where it is a known one.
struct Sleep {
    std::size_t link = 0;
    const SleepingCall* call = nullptr;
};

std::optional<Sleep> find_sleep(const std::vector<Link>& links, std::size_t guilty) {
    const std::size_t next = guilty + 1;
    if (next >= links.size()) return std::nullopt;
    return Sleep{next, sleeping_call(links[next].function)};
}

void assign_roles(Chain& chain) {
    for (std::size_t i = 0; i < chain.links.size(); ++i) {
        Link& link = chain.links[i];
        if (i < chain.disabled_link)
            link.role = Link::Role::outside;
        else if (i == chain.guilty_link)
            link.role = Link::Role::guilty;
        else if (i == chain.disabled_link)
            link.role = Link::Role::disables;
        else if (i == chain.sleeps_link)
            link.role = Link::Role::sleeps;
        else if (i > chain.sleeps_link)
            link.role = Link::Role::reporting;
        else
            link.role = Link::Role::inside;
    }
}

// mutex_lock() ends in a jump to __mutex_lock on some architectures and then has no frame of its own.
void show_tail_called(Chain& chain, const Sleep& sleep) {
    const Link& shown = chain.links[sleep.link];
    if (sleep.call == nullptr || shown.function == sleep.call->caller_name ||
        !shown.function.starts_with("__" + std::string(sleep.call->caller_name)))
        return;
    Link inferred;
    inferred.frame = shown.frame;
    inferred.function = sleep.call->caller_name;
    inferred.call_site = "tail call";
    inferred.basis = "not on the stack: it ends in a jump to " + shown.function;
    chain.links.insert(chain.links.begin() + static_cast<std::ptrdiff_t>(sleep.link), inferred);
}

std::string sentence_of(const EventInfo& event, const Chain& chain) {
    std::string out = event.report.task.comm.empty() ? "A task" : event.report.task.comm;
    if (event.report.task.pid) out += " (pid " + std::to_string(*event.report.task.pid) + ")";
    return out + " " + sleep_words(event, chain);
}

}  // namespace

std::string sleep_words(const EventInfo& event, const Chain& chain) {
    const std::string& slept = chain.links[chain.sleeps_link].function;
    const bool only_may = event.report.fields.value("subtype", "") == "sleeping_function";
    const bool bottom_halves = chain.count.softirq_disabled > 0 || chain.count.serving_softirq;
    std::string out = only_may ? "called " + slept + ", which may sleep," : "slept in " + slept;
    out += bottom_halves ? " with bottom halves off" : " with preemption off";
    return out + " since " + chain.disabled_at.function;
}

std::optional<Chain> build_chain(const EventInfo& event) {
    const Event& report = event.report;
    if (report.kind != EventKind::atomic_sleep || !report.preempt_count || !event.guilty.frame) return std::nullopt;
    Chain chain;
    chain.event = event.id;
    chain.count = decode_preempt_count(*report.preempt_count);
    if (chain.count.negative) return std::nullopt;  // damage of an earlier report: no frame here did it
    for (const std::size_t i : live_frames(report)) chain.links.push_back(link_of(report.frames[i], i));

    auto guilty = std::find_if(chain.links.begin(), chain.links.end(),
                               [&](const Link& l) { return l.frame == *event.guilty.frame; });
    const auto disabling = find_disabling(chain.links, report.preempt_disabled_at);
    if (guilty == chain.links.end() || !disabling) return std::nullopt;
    chain.guilty_link = static_cast<std::size_t>(guilty - chain.links.begin());
    chain.disabled_link = *disabling;
    const auto sleep = find_sleep(chain.links, chain.guilty_link);
    if (!sleep || chain.disabled_link > chain.guilty_link) return std::nullopt;
    show_tail_called(chain, *sleep);
    chain.sleeps_link = sleep->link;
    chain.disabled_at = report.preempt_disabled_at && !report.preempt_disabled_at->function.empty()
                            ? *report.preempt_disabled_at
                            : report.frames[chain.links[chain.disabled_link].frame];

    // kernel/sched/core.c: schedule() calls preempt_disable() before __schedule(), whose check prints the count.
    const bool from_schedule = report.fields.value("subtype", "") != "sleeping_function";
    chain.by_scheduler = from_schedule && chain.count.preempt > 0 ? 1 : 0;
    Ledger(chain, static_cast<std::uint32_t>(chain.by_scheduler)).fill();
    prove_links(chain, event);
    assign_roles(chain);
    chain.sentence = sentence_of(event, chain);
    return chain;
}

}  // namespace stallsight
