#include "analysis/diagnosis/victims.h"

#include <algorithm>
#include <array>

#include "analysis/stalls/samples.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

// Functions in which a CPU waits for a spinlock, without their caller (kernel/locking/qspinlock.c, spinlock.c,
// lib/locks of arch/arm64 and arch/powerpc).
constexpr std::array waits_for_spinlock = {"native_queued_spin_lock_slowpath",
                                           "queued_spin_lock_slowpath",
                                           "__pv_queued_spin_lock_slowpath",
                                           "queued_read_lock_slowpath",
                                           "queued_write_lock_slowpath",
                                           "do_raw_spin_lock",
                                           "__spin_yield",
                                           "splpar_spin_yield",
                                           "_raw_spin_lock",
                                           "_raw_spin_lock_bh",
                                           "_raw_spin_lock_irq",
                                           "_raw_spin_lock_irqsave"};

bool waits(const std::string& function) {
    return std::find(waits_for_spinlock.begin(), waits_for_spinlock.end(), function) != waits_for_spinlock.end();
}

// Who asked for the lock that the CPU spins on; null: it does not spin on one.
const Frame* waiter_of(const std::vector<Frame>& frames) {
    for (std::size_t i = 0; i + 1 < frames.size(); ++i) {
        if (!frames[i].reliable || !waits(frames[i].function)) continue;
        for (std::size_t k = i + 1; k < frames.size(); ++k)
            if (frames[k].reliable && !waits(frames[k].function)) return &frames[k];
    }
    return nullptr;
}

// The link of a sleeper's chain that holds a lock taken in this function; null: none.
const Link* holds_lock_of(const Chain& chain, const std::string& function) {
    for (std::size_t i = chain.disabled_link; i <= chain.guilty_link; ++i) {
        const Link& link = chain.links[i];
        const bool lock = link.effect.find("lock") != std::string::npos || !link.locks.empty();
        if (lock && link.added >= 0 && link.function == function) return &link;
    }
    return nullptr;
}

bool sleeps(const Chain& chain) {
    return chain.ending == Chain::Ending::slept;
}

// "hwa_cfg_holder:310" and its kin: does the report say that this task holds what is waited for?
bool named_as_holder(const Event& waiting, const Task& task) {
    const auto holder = waiting.fields.find("holder");
    if (holder == waiting.fields.end() || !task.pid) return false;
    const std::string text = holder->dump();
    return !task.comm.empty() && text.find(task.comm) != std::string::npos &&
           text.find(std::to_string(*task.pid)) != std::string::npos;
}

// A report of a stall, and who asked for the lock that it spins on.
struct Victim {
    const EventInfo* event = nullptr;
    const Frame* waiter = nullptr;
};

// Why the stall is a consequence of the sleeper; empty: nothing ties them.
std::string tie(const StallEpisode& stall, const Victim& victim, const EventInfo& sleeper, const Chain& chain) {
    const Event& waiting = victim.event->report;
    const Frame* waiter = victim.waiter;
    const auto who = [&] { return task_words(sleeper.report.task); };
    if (waiter != nullptr)
        if (const Link* link = holds_lock_of(chain, waiter->function); link != nullptr) {
            const bool same_cpu = waiting.cpu && waiting.cpu == sleeper.report.cpu;
            return "it spins in " + waiter->function + " for the " + link->effect + " that " + who() +
                   " took there and still held when it was scheduled away" + (same_cpu ? " on this CPU" : "");
        }
    if (stall.flavor == "hung_task" && named_as_holder(waiting, sleeper.report.task))
        return "it waits for " + who() +
               ", which the report names as the holder and which slept in atomic context before";
    const Task& stalled = waiting.task;
    if (stalled.pid && *stalled.pid > 0 && stalled.pid == sleeper.report.task.pid &&
        stalled.comm == sleeper.report.task.comm)
        return "it is the same task, whose preempt_count is wrong since the scheduler reset it";
    return {};
}

class Tier {
public:
    explicit Tier(Analysis& analysis) : analysis_(analysis) {}

    void run() {
        for (const Chain& chain : analysis_.chains)
            if (sleeps(chain)) sleepers_.push_back({analysis_.event(chain.event), &chain});
        for (StallEpisode& stall : analysis_.stalls) {
            std::vector<Victim> victims;
            for (const std::string& id : stall.events) {
                const EventInfo* event = analysis_.event(id);
                victims.push_back({event, waiter_of(event->report.frames)});
            }
            for (const Sleeper& sleeper : sleepers_)
                if (slept_before(sleeper, stall) && tied(stall, victims, sleeper)) break;
        }
    }

private:
    struct Sleeper {
        const EventInfo* event = nullptr;
        const Chain* chain = nullptr;
    };

    [[nodiscard]] bool slept_before(const Sleeper& sleeper, const StallEpisode& stall) const {
        const Event& report = sleeper.event->report;
        if (report.boot != stall.boot || !report.time) return false;
        // The stall's own first report may be rounded; it began behind the sleep.
        constexpr double slack_s = 1;
        const double began = stall.start_s ? stall.start_window.to_s : stall.end_s;
        return seconds(*report.time) <= began + slack_s &&
               same_core(analysis_, *sleeper.event, stall.board, stall.core);
    }

    bool tied(StallEpisode& stall, const std::vector<Victim>& victims, const Sleeper& sleeper) {
        for (const Victim& victim : victims) {
            std::string why = tie(stall, victim, *sleeper.event, *sleeper.chain);
            if (why.empty()) continue;
            stall.caused_by = sleeper.event->id;
            stall.tie = std::move(why);
            for (const std::string& event : stall.events) link(event, stall.caused_by, stall.tie);
            return true;
        }
        return false;
    }

    void link(const std::string& victim, const std::string& culprit, const std::string& why) {
        EventInfo& later = *analysis_.event(victim);
        if (!later.caused_by.empty()) return;
        later.caused_by = culprit;
        later.follows_because = why;
        analysis_.event(culprit)->cause_of.push_back(victim);
    }

    std::vector<Sleeper> sleepers_;
    Analysis& analysis_;
};

}  // namespace

void tie_victims(Analysis& analysis) {
    Tier(analysis).run();
}

}  // namespace stallsight
