#include "analysis/chain/chain.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "analysis/chain/chain_words.h"
#include "analysis/chain/count_checks.h"
#include "analysis/chain/count_layout.h"
#include "analysis/chain/ending.h"
#include "analysis/chain/known_effects.h"
#include "analysis/chain/ledger.h"
#include "analysis/chain/preempt_count.h"
#include "analysis/chain/proof.h"
#include "analysis/chain/sleeping_calls.h"
#include "analysis/locks/held_locks.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Ending = Chain::Ending;

// Frames on the stack, outermost first, without the stale entries that "?" marks. (ppc64 marks the innermost
// frame, the link register's, "(unreliable)"; that one is real.)
std::vector<Link> links_of(const Event& report) {
    std::vector<Link> out;
    for (std::size_t i = report.frames.size(); i-- > 0;) {
        const Frame& frame = report.frames[i];
        if (frame.function.empty() || (!frame.reliable && i != 0)) continue;
        Link link;
        link.frame = i;
        link.function = frame.function;
        link.module = frame.module;
        out.push_back(std::move(link));
    }
    return out;
}

class Builder {
public:
    Builder(const EventInfo& event, const ChainContext& context, Ending ending) : event_(event), context_(context) {
        chain_.event = event.id;
        chain_.ending = ending;
        chain_.links = links_of(event.report);
        const auto& printed = event.report.preempt_count;
        const auto count = printed ? printed : context.memory_count;
        chain_.count_of_memory = count && (!printed || context.stopped);
        if (count) chain_.count = decode_preempt_count(*count, release(), context.arch);
    }

    std::optional<Chain> build() {
        // Damage of an earlier report: no frame here did it.
        if (chain_.count && chain_.count->negative) return std::nullopt;
        if (!find_guilty() || !find_end()) return std::nullopt;
        chain_.checks = check_count(event_.report, chain_.count, context_.text);
        fill();
        chain_.state = state();
        find_disabling();
        prove_links(chain_, event_);
        show_locks();
        assign_roles();
        find_contradiction();
        const std::string who = task_words(task());
        chain_.sentence = (who.empty() ? "A task" : who) + " " + chain_words(chain_);
        return std::move(chain_);
    }

private:
    [[nodiscard]] const std::string& release() const {
        return context_.release.empty() ? event_.report.machine.release : context_.release;
    }

    // No CPU stalls, but a task that was preempted inside rcu_read_lock() (kernel/rcu/tree_stall.h, "Tasks blocked
    // on level-0 rcu_node").
    [[nodiscard]] bool is_preempted_reader() const {
        const Fields& fields = event_.report.fields;
        return event_.report.kind == EventKind::rcu_stall && fields.contains("tasks") && fields.contains("cpus") &&
               !fields["tasks"].empty() && fields["cpus"].empty();
    }

    // The CPU that found the stall prints no task of its own: the stalled CPU's stands over its stack.
    [[nodiscard]] Task task() const {
        const Event& report = event_.report;
        if (!report.task.comm.empty() || chain_.ending != Ending::spins) return report.task;
        const auto stalled = std::find_if(report.sections.begin(), report.sections.end(), [&](const Section& s) {
            const bool other_cpu = s.cpu && s.cpu != report.cpu;
            const bool reader = is_preempted_reader() && s.kind == Section::Kind::task_dump;
            return (other_cpu || reader) && !s.task.comm.empty();
        });
        return stalled == report.sections.end() ? Task{} : stalled->task;
    }

    bool find_guilty() {
        if (!event_.guilty.frame) return false;
        const auto it = std::find_if(chain_.links.begin(), chain_.links.end(),
                                     [&](const Link& l) { return l.frame == *event_.guilty.frame; });
        chain_.guilty_link = static_cast<std::size_t>(it - chain_.links.begin());
        return it != chain_.links.end();
    }

    bool find_end() {
        chain_.end_link = chain_.guilty_link + 1;
        if (is_in_its_midst()) {
            chain_.end_link = innermost_of_module();
            return true;
        }
        if (chain_.ending == Ending::underflow) chain_.end_link = chain_.links.size() - 1;
        if (chain_.end_link <= chain_.guilty_link || chain_.end_link >= chain_.links.size()) return false;
        if (chain_.ending == Ending::slept || chain_.ending == Ending::may_sleep) show_tail_called();
        return true;
    }

    [[nodiscard]] bool is_in_its_midst() const {
        return chain_.ending == Ending::spins || chain_.ending == Ending::runs;
    }

    // A CPU that loops is caught in a random leaf: the loop is in the innermost frame of the module that is blamed.
    [[nodiscard]] std::size_t innermost_of_module() const {
        std::size_t found = chain_.guilty_link;
        const std::string& module = chain_.links[found].module;
        for (std::size_t i = found + 1; i < chain_.links.size() && !module.empty(); ++i)
            if (chain_.links[i].module == module) found = i;
        return found;
    }

    // mutex_lock() ends in a jump to __mutex_lock on some architectures and then has no frame of its own.
    void show_tail_called() {
        const Link& shown = chain_.links[chain_.end_link];
        const SleepingCall* call = sleeping_call(shown.function);
        if (call == nullptr || shown.function == call->caller_name ||
            !shown.function.starts_with("__" + std::string(call->caller_name)))
            return;
        Link inferred;
        inferred.frame = shown.frame;
        inferred.function = call->caller_name;
        inferred.call_site = "tail call";
        inferred.basis = "not on the stack: it ends in a jump to " + shown.function;
        chain_.links.insert(chain_.links.begin() + static_cast<std::ptrdiff_t>(chain_.end_link), inferred);
    }

    [[nodiscard]] bool interrupts_off() const {
        return std::any_of(chain_.checks.begin(), chain_.checks.end(),
                           [](const CountCheck& check) { return check.words.starts_with("interrupts are off"); });
    }

    // kernel/sched/core.c, __might_resched(): the count, interrupts, RCU's nesting or non_block_start() may each be
    // what forbids the sleep. Before 5.15 no count is printed, but whether there is one (in_atomic()).
    [[nodiscard]] bool count_forbids() const {
        if (chain_.ending != Ending::may_sleep) return true;
        const Fields& fields = event_.report.fields;
        if (chain_.count) return chain_.count->value != fields.value("expected", std::int64_t{0});
        return fields.value("in_atomic", std::int64_t{1}) != 0;
    }

    [[nodiscard]] std::string state() const {
        if (!count_forbids()) {
            if (interrupts_off()) return "with interrupts off";
            const Fields& fields = event_.report.fields;
            if (fields.value("non_block", std::int64_t{0}) != 0)
                return "where it must not block (non_block_start())";
            const bool counted = fields.contains("rcu_nest_depth");
            const bool reads = fields.value("rcu_nest_depth", std::int64_t{0}) !=
                               fields.value("rcu_nest_depth_expected", std::int64_t{0});
            return reads || !counted ? "inside rcu_read_lock()" : "for no reason that the report shows";
        }
        if (chain_.count && (chain_.count->hardirq > 0 || chain_.count->nmi > 0))
            return "in " + chain_.count->context;
        if (chain_.count && (chain_.count->softirq_disabled > 0 || chain_.count->serving_softirq))
            return "with bottom halves off";
        if (chain_.count && chain_.count->preempt > 0) return "with preemption off";
        if (!chain_.count && is_preempted_reader()) return "inside rcu_read_lock()";
        // Without a count, what the frames are certain to have added.
        const auto added = chain_.count ? 0 : static_cast<std::int32_t>(chain_.links[chain_.end_link].count_after);
        if (added >= std::int32_t{hardirq_offset}) return "in a hard interrupt";
        if (added > 0)
            return added >= std::int32_t{softirq_offset} ? "with bottom halves off" : "with preemption off";
        if (interrupts_off() && !asks_for_count()) return "with interrupts off";
        return !chain_.count && is_in_its_midst() && gives_way_when_asked() ? "without giving up the CPU"
                                                                            : "with preemption off";
    }

    // Without PREEMPT in the banner (init/version.c) spin locks add nothing, and are given back in line, so that no
    // call shows it.
    [[nodiscard]] bool is_built_without_preemption() const {
        return !chain_.count && !context_.banner.empty() && context_.banner.find("PREEMPT") == std::string::npos;
    }

    // Such a kernel does not preempt its own code, so that a lockup says nothing of preempt_count: no PREEMPT in
    // the banner (init/version.c), or a PREEMPT_DYNAMIC whose mode it does not tell.
    [[nodiscard]] bool gives_way_when_asked() const {
        const std::string& banner = context_.banner;
        return !banner.empty() && banner.find(" PREEMPT ") == std::string::npos && !is_realtime(banner);
    }

    // The report says that there is a count, but not which.
    [[nodiscard]] bool asks_for_count() const { return chain_.ending == Ending::may_sleep && count_forbids(); }

    // Where the report names the frame that switched preemption off, the ledger begins there.
    [[nodiscard]] std::optional<std::size_t> printed_link() const {
        const auto& printed = event_.report.preempt_disabled_at;
        if (!printed || printed->function.empty()) return std::nullopt;
        for (std::size_t i = 0; i <= chain_.guilty_link; ++i)
            if (chain_.links[i].function == printed->function) return i;
        return std::nullopt;
    }

    void fill() {
        // kernel/sched/core.c: schedule() calls preempt_disable() before __schedule(), whose check prints the
        // count. Without CONFIG_PREEMPT_COUNT that adds nothing, nor does a spin lock.
        const bool slept = chain_.ending == Ending::slept && chain_.count;
        const bool counts_preemption = slept ? chain_.count->preempt > 0 : !is_built_without_preemption();
        chain_.by_scheduler = slept && counts_preemption ? 1 : 0;
        std::optional<std::int64_t> printed;
        if (chain_.count) printed = std::int64_t{chain_.count->value} - chain_.by_scheduler;
        // What the last frame does comes after the count was read; a loop is in the midst of its frame.
        const std::size_t last = is_in_its_midst() ? chain_.end_link : chain_.end_link - 1;
        const LedgerKernel kernel{is_realtime(context_.release) || is_realtime(context_.banner) ||
                                      is_realtime(event_.report.machine.release),
                                  counts_preemption, count_layout(release(), context_.arch).bottom_halves_off};
        fill_ledger(chain_, event_, printed_link().value_or(0), last, printed, kernel);
    }

    // As printed; else the outermost frame whose effect is still there; else nothing is known but that it was off
    // when the guilty function made its call. What the kernel prints of the count says nothing where it is another
    // thing that forbids the sleep.
    void find_disabling() {
        const bool by_count = count_forbids();
        const auto& printed = event_.report.preempt_disabled_at;
        auto link = by_count ? printed_link() : link_in_rcu();
        if (by_count && !link) link = outermost_in_force();
        chain_.disabled_known = link.has_value();
        chain_.disabled_link = link.value_or(chain_.guilty_link);
        if (by_count && printed && !printed->function.empty())
            chain_.disabled_at = *printed;
        else if (link)
            chain_.disabled_at = event_.report.frames[chain_.links[*link].frame];
        if (chain_.unexplained <= 0 || !chain_.links[chain_.disabled_link].proof.empty()) return;
        Link& first = chain_.links[chain_.disabled_link];
        first.proof = "unexplained";
        first.effect = printed_link() ? "preemption disabled (printed by the kernel)"
                                      : "preemption off here: no frame shows since where";
    }

    // The outermost frame that added to the count, if no frame further in took that away again.
    [[nodiscard]] std::optional<std::size_t> outermost_in_force() const {
        std::optional<std::size_t> found;
        const std::size_t last = is_in_its_midst() ? chain_.end_link : chain_.guilty_link;
        auto least = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = last + 1; i-- > 0;) {
            const auto after = std::int64_t{static_cast<std::int32_t>(chain_.links[i].count_after)};
            least = std::min(least, after);
            if (chain_.links[i].added > 0 && least > after - chain_.links[i].added) found = i;
        }
        return found;
    }

    // lockdep lists rcu_read_lock() with the function that entered it.
    [[nodiscard]] std::optional<std::size_t> link_in_rcu() const {
        if (chain_.state != "inside rcu_read_lock()") return std::nullopt;
        for (std::size_t i = 0; i <= chain_.guilty_link; ++i)
            for (const std::string& lock : locks_taken_in(event_.report, chain_.links[i].function))
                if (lock.starts_with("rcu_read_lock")) return i;
        return std::nullopt;
    }

    // Locks that lockdep lists, beside the frame that took them.
    void show_locks() {
        for (Link& link : chain_.links) link.locks = locks_taken_in(event_.report, link.function);
    }

    void assign_roles() {
        for (std::size_t i = 0; i < chain_.links.size(); ++i) {
            Link& link = chain_.links[i];
            if (i < chain_.disabled_link)
                link.role = Link::Role::outside;
            else if (i == chain_.guilty_link)
                link.role = Link::Role::guilty;
            else if (i == chain_.disabled_link)
                link.role = Link::Role::disables;
            else if (i == chain_.end_link)
                link.role = Link::Role::ends;
            else if (i > chain_.end_link)
                link.role = Link::Role::reporting;
            else
                link.role = Link::Role::inside;
        }
    }

    void find_contradiction() {
        if (chain_.contradictory)
            chain_.contradiction = "these frames add more than the printed " + hex(chain_.count->raw, 8);
        for (const CountCheck& check : chain_.checks)
            if (!check.agrees && chain_.contradiction.empty())
                chain_.contradiction = check.says + ": " + check.words;
        chain_.contradictory = !chain_.contradiction.empty();
    }

    const EventInfo& event_;
    const ChainContext& context_;
    Chain chain_;
};

}  // namespace

std::optional<Chain> build_chain(const EventInfo& event, const ChainContext& context) {
    const auto ending = context.stopped ? std::optional(Ending::runs) : ending_of(event);
    if (!ending || !event.caused_by.empty()) return std::nullopt;
    const Event& report = event.report;
    const bool tells =
        report.preempt_count || (*ending == Ending::may_sleep && report.fields.contains("in_atomic"));
    if ((*ending == Ending::slept || *ending == Ending::may_sleep) && !tells) return std::nullopt;
    return Builder(event, context, *ending).build();
}

}  // namespace stallsight
