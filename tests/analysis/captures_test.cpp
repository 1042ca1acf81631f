// The captures beside the checkout, against their ground truth (FACTS.md there). Skipped where they are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "analysis/analysis.h"

namespace stallsight {
namespace {

const std::string captures = STALLSIGHT_SOURCE_DIR "/../shared/captures/";

// What was really done, on the log's own clock.
struct Truth {
    const char* flavor;
    std::vector<int> cpus;
    double begin_s, length_s;
    bool open = false;
};

void expect_like(const StallEpisode& episode, const Truth& truth) {
    EXPECT_EQ(episode.flavor, truth.flavor);
    EXPECT_EQ(episode.cpus, truth.cpus);
    ASSERT_TRUE(episode.start_s);
    EXPECT_NEAR(*episode.start_s, truth.begin_s, 1) << truth.flavor;
    EXPECT_NEAR(episode.end_s - *episode.start_s, truth.length_s, 0.1 * truth.length_s) << truth.flavor;
    EXPECT_EQ(episode.open, truth.open);
}

Analysis analysed(const std::string& path, const std::vector<std::string>& debug_dirs = {}) {
    AnalysisOptions options;
    options.debug_dirs = debug_dirs;
    auto result = analyse(captures + path, options);
    EXPECT_TRUE(result) << path;
    return result ? std::move(*result) : Analysis();
}

class Captures : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(captures)) GTEST_SKIP() << "no captures beside the checkout";
    }
};

// The faults as hwa_diag announces them and says that they are done. The last capture was stopped 1.5 s behind its
// RCU stall's line, and holds no other end.
TEST_F(Captures, StallsBeganAndLastedAsTheyWereMade) {
    const std::vector<std::pair<const char*, std::vector<Truth>>> captured = {
        {"x86_64/stall",
         {{"rcu_preempt", {1}, 4.64, 15},
          {"rcu_preempt", {2}, 24.69, 12},
          {"soft_lockup", {1}, 41.73, 14},
          {"hung_task", {}, 61.79, 22}}},
        {"x86_64/vmcore-spin/console.log", {{"rcu_preempt", {1}, 8.57, 15.35 + 1.5 - 8.57, true}}},
        {"x86_64/before", {}},
        {"x86_64/after", {}},
        {"ppc64/before", {}}};
    for (const auto& [path, truth] : captured) {
        SCOPED_TRACE(path);
        const Analysis a = analysed(path);
        ASSERT_EQ(a.stalls.size(), truth.size());
        for (std::size_t i = 0; i < truth.size(); ++i) expect_like(a.stalls[i], truth[i]);
    }
}

TEST_F(Captures, HzIs250AndNothingContradictsIt) {
    for (const char* path : {"x86_64/stall", "x86_64/before", "x86_64/after", "ppc64/before"}) {
        const Analysis a = analysed(path);
        ASSERT_EQ(a.clocks.size(), 1U);
        EXPECT_EQ(a.clocks[0].hz, 250) << path;
        EXPECT_EQ(a.clocks[0].contradiction, "") << path;
        EXPECT_GE(a.clocks[0].findings.size(), 2U) << path;
    }
}

// FACTS.md: spin with preemption off, irqspin with interrupts off. An NMI may find the first at an instruction that
// has interrupts off for a moment, too.
TEST_F(Captures, LoopsWithPreemptionOffAndWithInterruptsOffAreToldApart) {
    for (const auto& debug : {std::vector<std::string>(), {captures + "x86_64/build"}}) {
        const auto states_in = [&](const char* path) {
            std::vector<std::string> states;
            for (const Chain& chain : analysed(path, debug).chains)
                if (chain.ending == Chain::Ending::spins) states.push_back(chain.state);
            return states;
        };
        EXPECT_THAT(states_in("x86_64/vmcore-spin/console.log"), testing::ElementsAre("with preemption off"));
        EXPECT_THAT(states_in("x86_64/stall"),
                    testing::ElementsAre("with preemption off", "with interrupts off", "with preemption off"));
    }
}

// The report prints no count; the dump of the same kernel has it.
TEST_F(Captures, TheCountOfAStallThatLastsIsTakenFromMemory) {
    const Analysis a = analysed("x86_64/vmcore-spin/vmcore.makedumpfile-d31-zlib", {captures + "x86_64/build"});
    const auto spins = std::find_if(a.chains.begin(), a.chains.end(),
                                    [](const Chain& each) { return each.ending == Chain::Ending::spins; });
    ASSERT_NE(spins, a.chains.end());
    const Chain& chain = *spins;
    EXPECT_TRUE(chain.count_of_memory);
    ASSERT_TRUE(chain.count);
    EXPECT_EQ(chain.count->raw, 1u);
    EXPECT_EQ(chain.unexplained, 0);
    EXPECT_FALSE(chain.contradictory);
    EXPECT_EQ(chain.disabled_at.function, "hwa_spin_thread");
}

TEST_F(Captures, ACleanRunHasNoChainAndNoStall) {
    const Analysis a = analysed("x86_64/after");
    EXPECT_TRUE(a.chains.empty());
    EXPECT_TRUE(a.stalls.empty());
}

// 0x203: bottom halves off once, two spinlocks, and one by the scheduler itself.
void expect_whole(const Analysis& a) {
    std::size_t slept = 0;
    for (const Chain& chain : a.chains) {
        if (!chain.count || chain.count->raw != 0x203) continue;
        ++slept;
        EXPECT_EQ(chain.unexplained, 0) << chain.event;
        EXPECT_FALSE(chain.contradictory) << chain.event << " " << chain.contradiction;
        EXPECT_EQ(chain.by_scheduler, 1) << chain.event;
        EXPECT_EQ(chain.disabled_at.function, "__dev_queue_xmit") << chain.event;
        EXPECT_EQ(chain.links[chain.guilty_link].function, "nokia_rpmsg_notify") << chain.event;
        EXPECT_EQ(chain.links[chain.end_link].function, "mutex_lock") << chain.event;
    }
    EXPECT_GT(slept, 150U);
}

TEST_F(Captures, TheCountIsExplainedFromTheLogAlone) {
    expect_whole(analysed("x86_64/before"));
    expect_whole(analysed("ppc64/before"));
}

TEST_F(Captures, TheCountIsExplainedWithDebugInfo) {
    expect_whole(analysed("x86_64/before", {captures + "x86_64/build"}));
    expect_whole(analysed("ppc64/before", {captures + "ppc64/build/ko"}));
}

// kernel 6.1 as built there: __dev_queue_xmit() calls preempt_count_add(0x200) and _raw_spin_trylock(),
// sch_direct_xmit() _raw_spin_lock(); hwa_atomic_thread() takes hwa_table_lock, hwa_spin_thread()
// preempt_disable().
TEST_F(Captures, DebugInfoShowsEachFrameThatAdded) {
    const Analysis before = analysed("x86_64/before", {captures + "x86_64/build"});
    ASSERT_FALSE(before.chains.empty());
    for (const Link& link : before.chains.front().links)
        EXPECT_TRUE(link.added == 0 || link.proof == "shown") << link.function;
    const Analysis stall = analysed("x86_64/stall", {captures + "x86_64/build"});
    std::vector<std::string> switched_off;
    for (const Chain& chain : stall.chains)
        if (chain.disabled_known) switched_off.push_back(chain.disabled_at.function);
    EXPECT_THAT(switched_off, testing::IsSupersetOf({"hwa_spin_thread", "hwa_atomic_thread"}));
}

// Of the frames before the one that slept, as the stack has them, and those of tail calls. Of a kernel of which
// System.map alone is there no call can be checked.
void expect_proved(const Analysis& a, bool with_kernel) {
    std::size_t chains = 0;
    for (const Chain& chain : a.chains) {
        if (!chain.count || chain.count->raw != 0x203) continue;
        ++chains;
        std::size_t of_kernel = 0;
        for (std::size_t i = 0; i < chain.end_link; ++i) {
            const Link& link = chain.links[i];
            const bool checked = with_kernel || !link.module.empty();
            of_kernel += !checked;
            const testing::Matcher<std::string> verdict = testing::AnyOf("proved", "indirect", "tail call");
            EXPECT_THAT(link.call_site, checked ? verdict : testing::IsEmpty())
                << chain.event << " " << link.function;
        }
        const std::string unchecked = "calls not checked: " + std::to_string(of_kernel) +
                                      " frames of vmlinux: names only, no debug info here";
        EXPECT_EQ(chain.unchecked, with_kernel ? "" : unchecked) << chain.event;
    }
    EXPECT_GT(chains, 150U);
}

std::string source_of(const Chain& chain, const std::string& function) {
    for (const Link& link : chain.links)
        if (link.function == function)
            return link.file.substr(link.file.rfind('/') + 1) + ":" + std::to_string(link.line);
    return "not in the chain";
}

// FACTS.md, "The defect": mutex_lock and rpmsg_trysendto are not on x86-64's stacks, since they are jumped from.
TEST_F(Captures, EveryFrameOfTheChainIsProved) {
    const Analysis x86 = analysed("x86_64/before", {captures + "x86_64/build"});
    expect_proved(x86, true);
    EXPECT_THAT(x86.chains.front().links, testing::Contains(testing::Field(&Link::function, "rpmsg_trysendto")));
    const Analysis ppc64 = analysed("ppc64/before", {captures + "ppc64/build"});
    expect_proved(ppc64, false);
    for (const Analysis* a : {&x86, &ppc64})
        EXPECT_EQ(source_of(a->chains.front(), "nokia_rpmsg_notify"), "rpmsg_platform_driver.c:100");
}

TEST_F(Captures, DamageIsGroupedUnderItsCause) {
    const Analysis a = analysed("x86_64/before");
    for (const EventInfo& event : a.events) {
        const auto& raw = event.report.preempt_count;
        const bool damaged = raw && (*raw == 0x7ffffe01 || *raw == 0x0000fe01);
        EXPECT_TRUE(!damaged || !event.caused_by.empty()) << event.id;
    }
}

}  // namespace
}  // namespace stallsight
