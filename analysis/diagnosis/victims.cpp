#include "analysis/diagnosis/victims.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

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

// The links of a sleeper's chain that hold a lock.
std::vector<const Link*> holding(const Chain& chain) {
    std::vector<const Link*> out;
    for (std::size_t i = chain.disabled_link; i <= chain.guilty_link; ++i) {
        const Link& link = chain.links[i];
        const bool lock = link.effect.find("lock") != std::string::npos || !link.locks.empty();
        if (lock && link.added >= 0) out.push_back(&link);
    }
    return out;
}

// The one that took it in this function; null: none.
const Link* holds_lock_of(const Chain& chain, const std::string& function) {
    const auto links = holding(chain);
    const auto found =
        std::find_if(links.begin(), links.end(), [&](const Link* l) { return l->function == function; });
    return found == links.end() ? nullptr : *found;
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

struct Sleeper {
    const EventInfo* event = nullptr;
    const Chain* chain = nullptr;
};

// Who a stall could be tied to: a long log has thousands of both.
class Sleepers {
public:
    explicit Sleepers(Analysis& analysis) {
        for (const Chain& chain : analysis.chains)
            if (sleeps(chain)) add({analysis.event(chain.event), &chain});
    }

    // In their order in the log.
    [[nodiscard]] std::vector<const Sleeper*> of(const StallEpisode& stall,
                                                 const std::vector<Victim>& victims) const {
        std::set<std::size_t> found;
        const auto take = [&found](const auto& index, const auto& key) {
            if (const auto it = index.find(key); it != index.end())
                found.insert(it->second.begin(), it->second.end());
        };
        for (const Victim& victim : victims) {
            const Event& report = victim.event->report;
            if (victim.waiter != nullptr) take(by_lock_, victim.waiter->function);
            if (report.task.pid) take(by_task_, *report.task.pid);
            if (stall.flavor == "hung_task" && report.fields.contains("holder")) return all();
        }
        std::vector<const Sleeper*> out;
        for (const std::size_t i : found) out.push_back(&sleepers_[i]);
        return out;
    }

private:
    void add(const Sleeper& sleeper) {
        for (const Link* link : holding(*sleeper.chain)) by_lock_[link->function].push_back(sleepers_.size());
        if (const auto pid = sleeper.event->report.task.pid) by_task_[*pid].push_back(sleepers_.size());
        sleepers_.push_back(sleeper);
    }

    [[nodiscard]] std::vector<const Sleeper*> all() const {
        std::vector<const Sleeper*> out;
        out.reserve(sleepers_.size());
        for (const Sleeper& sleeper : sleepers_) out.push_back(&sleeper);
        return out;
    }

    std::vector<Sleeper> sleepers_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_lock_;  // by the function that took it
    std::unordered_map<int, std::vector<std::size_t>> by_task_;
};

class Tier {
public:
    explicit Tier(Analysis& analysis) : analysis_(analysis), sleepers_(analysis) {}

    void run() {
        for (StallEpisode& stall : analysis_.stalls) {
            std::vector<Victim> victims;
            for (const std::string& id : stall.events) {
                const EventInfo* event = analysis_.event(id);
                victims.push_back({event, waiter_of(event->report.frames)});
            }
            for (const Sleeper* sleeper : sleepers_.of(stall, victims))
                if (slept_before(*sleeper, stall) && tied(stall, victims, *sleeper)) break;
        }
    }

private:
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

    Analysis& analysis_;
    Sleepers sleepers_;
};

}  // namespace

void tie_victims(Analysis& analysis) {
    Tier(analysis).run();
}

}  // namespace stallsight
