// Each rule with a situation in which it is the one that applies, and one, nearly the same, in which it is not.
#include "analysis/diagnosis/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace stallsight {
namespace {

using Ending = Chain::Ending;

// A situation that owns what it looks at.
struct Scene {
    Analysis analysis;
    EventInfo event;
    std::optional<Chain> chain;
    std::optional<StallEpisode> stall;

    [[nodiscard]] Situation situation() const {
        return {analysis, event, chain ? &*chain : nullptr, stall ? &*stall : nullptr};
    }
};

Scene chain_ending(Ending ending, const std::string& end_function) {
    Scene scene;
    scene.event.guilty.function = "f";
    scene.chain = Chain{};
    scene.chain->ending = ending;
    scene.chain->links.resize(2);
    scene.chain->links[0].function = "f";
    scene.chain->links[1].function = end_function;
    scene.chain->end_link = 1;
    scene.chain->state = "with preemption off";
    scene.chain->sentence = "worker (pid 7) loops in f";
    return scene;
}

Scene sleeps_in(const std::string& function) {
    return chain_ending(Ending::slept, function);
}

Scene stall_of(const std::string& flavor) {
    Scene scene;
    scene.stall = StallEpisode{};
    scene.stall->flavor = flavor;
    scene.stall->cpus = {3};
    scene.stall->doing[3] = "worker (pid 7)";
    return scene;
}

Scene spinning(const std::string& flavor, const std::string& state) {
    Scene scene = stall_of(flavor);
    scene.chain = chain_ending(Ending::spins, "f").chain;
    scene.chain->state = state;
    return scene;
}

Scene starved(int cpu) {
    Scene scene = stall_of("rcu_preempt");
    scene.stall->starved_jiffies = 5000;
    scene.stall->starved_cpu = cpu;
    scene.stall->starved_kthread = "rcu_preempt";
    return scene;
}

Scene idle_stall() {
    Scene scene = stall_of("rcu_preempt");
    scene.stall->doing[3] = "swapper/3 (pid 0)";
    return scene;
}

Scene headed(const std::string& headline) {
    Scene scene;
    scene.event.report.headline = headline;
    return scene;
}

Scene hung(bool with_holder) {
    Scene scene = stall_of("hung_task");
    if (with_holder) scene.event.report.fields["holder"] = "holder:310";
    return scene;
}

struct Case {
    const char* rule;
    std::function<Scene()> positive, negative;
};

const std::vector<Case> cases = {
    {"mutex_in_atomic", [] { return sleeps_in("mutex_lock"); },
     [] { return chain_ending(Ending::spins, "mutex_lock"); }},
    {"semaphore_in_atomic", [] { return sleeps_in("down_read"); }, [] { return sleeps_in("mutex_lock"); }},
    {"completion_in_atomic", [] { return sleeps_in("wait_for_completion"); }, [] { return sleeps_in("complete"); }},
    {"allocation_in_atomic", [] { return sleeps_in("kmalloc_trace"); }, [] { return sleeps_in("vmalloc"); }},
    {"vmalloc_in_atomic", [] { return sleeps_in("vmalloc"); }, [] { return sleeps_in("kmalloc"); }},
    {"msleep_in_atomic", [] { return sleeps_in("msleep"); }, [] { return sleeps_in("udelay"); }},
    {"grace_period_in_atomic", [] { return sleeps_in("synchronize_rcu"); }, [] { return sleeps_in("call_rcu"); }},
    {"rt_lock_in_atomic", [] { return sleeps_in("rt_spin_lock"); }, [] { return sleeps_in("_raw_spin_lock"); }},
    {"sleep_in_atomic", [] { return sleeps_in("schedule"); },
     [] { return chain_ending(Ending::spins, "schedule"); }},
    {"cpu_number_preemptible", [] { return chain_ending(Ending::preemptible, "f"); },
     [] { return chain_ending(Ending::underflow, "f"); }},
    {"lock_in_wrong_context", [] { return chain_ending(Ending::wrong_lock, "f"); },
     [] { return chain_ending(Ending::preemptible, "f"); }},
    {"count_underflow", [] { return chain_ending(Ending::underflow, "f"); },
     [] { return chain_ending(Ending::wrong_lock, "f"); }},
    {"leaked_count", [] { return headed("BUG: workqueue leaked lock or atomic: kworker/0:1/0x00000001/23"); },
     [] { return headed("BUG: workqueue lockup - pool cpus=0 stuck for 43s!"); }},
    {"lost_timer", idle_stall, [] { return stall_of("rcu_preempt"); }},
    {"spins_interrupts_off", [] { return spinning("rcu_preempt", "with interrupts off"); },
     [] { return spinning("rcu_preempt", "with preemption off"); }},
    {"starved_by_stalled_cpu", [] { return starved(3); }, [] { return starved(0); }},
    {"starved_kthread", [] { return starved(0); }, [] { return starved(3); }},
    {"spins", [] { return spinning("soft_lockup", "with preemption off"); },
     [] { return stall_of("soft_lockup"); }},
    {"rcu_stall", [] { return stall_of("rcu_sched"); }, idle_stall},
    {"hung_with_holder", [] { return hung(true); }, [] { return hung(false); }},
    {"hung_task", [] { return hung(false); }, [] { return hung(true); }},
    {"lockup", [] { return stall_of("hard_lockup"); }, [] { return stall_of("workqueue"); }},
    {"workqueue_lockup", [] { return stall_of("workqueue"); }, [] { return stall_of("soft_lockup"); }},
};

std::string rule_for(const Scene& scene) {
    const AdviceRule* rule = advice_rule(scene.situation());
    return rule == nullptr ? "" : std::string(rule->name);
}

TEST(Rules, EachAppliesWhereItShouldAndNotBesideIt) {
    for (const Case& c : cases) {
        EXPECT_EQ(rule_for(c.positive()), c.rule);
        EXPECT_NE(rule_for(c.negative()), c.rule);
    }
}

TEST(Rules, EachIsTestedAndWhole) {
    for (const AdviceRule& rule : advice_rules()) {
        const auto tested =
            std::find_if(cases.begin(), cases.end(), [&](const Case& c) { return rule.name == c.rule; });
        ASSERT_NE(tested, cases.end()) << rule.name;
        const Scene scene = tested->positive();
        EXPECT_FALSE(rule.sentence.empty()) << rule.name;
        EXPECT_FALSE(rule.advice.empty()) << rule.name;
        EXPECT_FALSE(rule.reference.empty()) << rule.name;
        EXPECT_FALSE(rule.evidence(scene.situation()).empty()) << rule.name;
    }
}

TEST(Rules, NothingIsSaidOfAReportThatNoRuleKnows) {
    EXPECT_EQ(rule_for(headed("WARNING: CPU: 0 PID: 1 at f+0x0/0x10")), "");
}

}  // namespace
}  // namespace stallsight
