// The facts of the field report, read from it by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/analysis.h"
#include "analysis/chain/preempt_count.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Sample : public testing::Test {
protected:
    static void SetUpTestSuite() {
        auto result = analyse(STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby");
        ASSERT_TRUE(result) << result.error().text();
        analysis_ = std::make_unique<Analysis>(std::move(*result));
    }
    static void TearDownTestSuite() { analysis_.reset(); }

    static std::vector<const EventInfo*> events_of(const std::string& board) {
        std::vector<const EventInfo*> out;
        for (const EventInfo& e : analysis_->events)
            if (analysis_->artifacts[e.artifact].artifact.board == board) out.push_back(&e);
        return out;
    }

    static std::unique_ptr<Analysis> analysis_;
};
std::unique_ptr<Analysis> Sample::analysis_;

TEST_F(Sample, NtBHasOneStall) {
    const auto events = events_of("nt-b");
    ASSERT_EQ(events.size(), 1U);
    const Event& report = events[0]->report;
    EXPECT_EQ(report.kind, EventKind::rcu_stall);
    EXPECT_EQ(report.time, Time(15441599359));
    EXPECT_EQ(report.fields["flavor"], "rcu_preempt");
    EXPECT_EQ(report.fields["detected_by"], 2);
    EXPECT_EQ(report.fields["jiffies"], 15268234);
    EXPECT_EQ(report.fields["grace_period"], 60521);
    EXPECT_EQ(report.fields["queued"], 99);
    const Fields& starved = report.fields["starved"];
    EXPECT_EQ(starved["jiffies"], 15268154);
    EXPECT_EQ(starved["cpu"], 0);
    EXPECT_EQ(starved["state_name"], "RCU_GP_WAIT_FQS");
}

TEST_F(Sample, HzAndTheEpisodeFollowFromOneReport) {
    ASSERT_EQ(analysis_->stalls.size(), 1U);
    const StallEpisode& stall = analysis_->stalls[0];
    EXPECT_THAT(stall.cpus, ElementsAre(3, 5));
    EXPECT_EQ(stall.doing.at(3), "clock_hwa_app (pid 5271)");
    EXPECT_EQ(stall.doing.at(5), "swapper/5 (pid 0)");
    ASSERT_TRUE(stall.start_s);
    EXPECT_NEAR(*stall.start_s, 173.39, 0.01);
    EXPECT_TRUE(stall.open);
    EXPECT_NEAR(stall.end_s - *stall.start_s, 4 * 3600 + 14 * 60 + 28, 1);
    for (const CoreClock& clock : analysis_->clocks) {
        if (clock.board == "nt-b") {
            EXPECT_EQ(clock.hz, 1000);
            EXPECT_THAT(clock.basis, HasSubstr("cannot exceed the uptime"));
        } else {
            EXPECT_FALSE(clock.hz);
            EXPECT_THAT(clock.basis, HasSubstr("not known"));
        }
    }
}

TEST_F(Sample, RcutortureIsClean) {
    std::vector<const TortureSample*> statistics;
    std::map<TortureSample::Kind, int> counts;
    for (const TortureInfo& info : analysis_->torture) {
        EXPECT_EQ(info.board, "nt-a");
        ++counts[info.sample.kind];
        if (info.sample.kind == TortureSample::Kind::statistics) statistics.push_back(&info.sample);
    }
    ASSERT_EQ(statistics.size(), 3U);
    EXPECT_EQ(counts[TortureSample::Kind::fwd_prog_nr], 3);
    EXPECT_EQ(counts[TortureSample::Kind::fwd_prog_cr], 3);
    EXPECT_EQ(counts[TortureSample::Kind::fwd_cb_hist], 3);
    EXPECT_EQ(statistics[0]->time, Time(50365835721));
    EXPECT_EQ(statistics[1]->time, Time(50427275731));
    EXPECT_EQ(statistics[2]->time, Time(50488715745));
    for (std::size_t i = 0; i + 1 < statistics.size(); ++i) {
        const double rate = static_cast<double>(*statistics[i + 1]->version - *statistics[i]->version) /
                            (seconds(*statistics[i + 1]->time) - seconds(*statistics[i]->time));
        EXPECT_NEAR(rate, 60, 3);
    }
    for (const TortureSample* sample : statistics) {
        EXPECT_TRUE(sample->flags.empty());
        const Fields& pipe = sample->counters["Reader Pipe"];
        ASSERT_EQ(pipe.size(), 11U);
        for (std::size_t bin = 2; bin < pipe.size(); ++bin) EXPECT_EQ(pipe[bin], 0);
        for (const char* error : {"rtaf", "rtmbe", "rtbe"}) EXPECT_EQ(sample->counters[error], 0);
    }
}

TEST_F(Sample, TheTaskSleptInAtomicContext) {
    const auto events = events_of("nt-a");
    ASSERT_EQ(events.size(), 2U);
    const EventInfo& event = *events[0];
    EXPECT_EQ(event.report.kind, EventKind::atomic_sleep);
    EXPECT_EQ(event.report.time, Time(50494227093));
    EXPECT_EQ(event.report.task.comm, "clock_hwa_app");
    EXPECT_EQ(event.report.task.pid, 5079);
    EXPECT_EQ(event.report.cpu, 1);
    EXPECT_EQ(event.report.machine.release, "5.4.72");
    EXPECT_EQ(event.report.frames.size(), 26U);
    EXPECT_EQ(event.guilty.function, "nokia_rpmsg_notify");
    EXPECT_EQ(event.guilty.module, "rpmsg_platform_driver");
    EXPECT_EQ(event.title, "BUG: scheduling while atomic in nokia_rpmsg_notify");
}

TEST_F(Sample, TheChainRunsFromTheQueueToTheMutex) {
    ASSERT_EQ(analysis_->chains.size(), 1U);
    const Chain& chain = analysis_->chains[0];
    std::vector<std::string> names;
    for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i)
        names.push_back(chain.links[i].function +
                        (chain.links[i].module.empty() ? "" : " [" + chain.links[i].module + "]"));
    EXPECT_THAT(names, ElementsAre("__dev_queue_xmit", "qdisc_run.part.99", "__qdisc_run", "sch_direct_xmit",
                                   "dev_hard_start_xmit", "netdev_start_xmit", "rpmsg_ether_xmit [rpmsg_ifc]",
                                   "rpmsg_trysendto", "rpmsg_send_offchannel_raw", "virtqueue_notify",
                                   "nokia_rpmsg_notify [rpmsg_platform_driver]", "mutex_lock"));
    EXPECT_EQ(chain.disabled_at.function, "__dev_queue_xmit");
    EXPECT_EQ(chain.disabled_at.offset, 0x80U);
    EXPECT_EQ(chain.disabled_at.size, 0x5f0U);
    EXPECT_EQ(chain.count->raw, 0x203U);
    EXPECT_EQ(chain.count->preempt, 3);
    EXPECT_EQ(chain.count->softirq_disabled, 1);
    EXPECT_FALSE(chain.count->serving_softirq);
    EXPECT_EQ(chain.count->hardirq, 0);
    EXPECT_EQ(chain.unexplained, 0);
    EXPECT_FALSE(chain.contradictory);
    EXPECT_EQ(chain.links[chain.guilty_link].function, "nokia_rpmsg_notify");
}

TEST_F(Sample, TheWarningIsAConsequence) {
    const auto events = events_of("nt-a");
    ASSERT_EQ(events.size(), 2U);
    const EventInfo& warning = *events[1];
    EXPECT_EQ(warning.report.kind, EventKind::warning);
    EXPECT_EQ(warning.guilty.function, "preempt_count_sub");
    EXPECT_EQ(warning.report.cpu, 5);
    EXPECT_EQ(warning.caused_by, events[0]->id);
    EXPECT_THAT(events[0]->cause_of, ElementsAre(warning.id));
}

TEST_F(Sample, ThePatchIsTiedToTheGuiltyFrame) {
    const PatchHunk* tied = nullptr;
    for (const PatchHunk& hunk : analysis_->patch_hunks)
        if (hunk.on_chain) tied = &hunk;
    ASSERT_NE(tied, nullptr);
    EXPECT_EQ(tied->function, "nokia_rpmsg_notify");
    EXPECT_EQ(tied->effect, "replaces mutex_lock() by spin_lock()");
    EXPECT_EQ(analysis_->chains[0].links[tied->link].function, "nokia_rpmsg_notify");
}

TEST_F(Sample, BoardsAndTheirStates) {
    ASSERT_EQ(analysis_->cores.size(), 2U);
    EXPECT_EQ(analysis_->cores[0].board, "nt-a");
    EXPECT_EQ(analysis_->cores[0].state, "active");
    EXPECT_EQ(analysis_->cores[0].arch, "ppc64");
    EXPECT_EQ(analysis_->cores[1].state, "cold standby");
}

TEST_F(Sample, RemarksAreNotes) {
    std::size_t remarks = 0;
    for (const ArtifactInfo& info : analysis_->artifacts) remarks += info.scan.remarks.size();
    EXPECT_EQ(remarks, 19U);
}

TEST_F(Sample, TheAnswerNamesWhoAndWhere) {
    const Diagnosis& answer = analysis_->diagnoses.front();
    EXPECT_EQ(answer.rule, "sleep_in_atomic");
    EXPECT_EQ(answer.summary,
              "clock_hwa_app (pid 5079, nt-a core-0, CPU 1) slept in mutex_lock with bottom halves off since "
              "__dev_queue_xmit. nokia_rpmsg_notify [rpmsg_platform_driver] took the mutex.");
    EXPECT_THAT(answer.aside, HasSubstr("1 report follows from it."));
    EXPECT_THAT(answer.aside, HasSubstr("not tied to it by these logs"));
    EXPECT_THAT(answer.advice, HasSubstr("spinlock"));
}

TEST(PreemptCount, BitFields) {
    const PreemptCount c = decode_preempt_count(0x00000203);
    EXPECT_EQ(c.context, "process context, bottom halves off");
    EXPECT_EQ(preempt_words(c), "bottom halves off once + 3");
    EXPECT_TRUE(decode_preempt_count(0x00000101).serving_softirq);
    EXPECT_EQ(decode_preempt_count(0x00010001).context, "hard interrupt");
    EXPECT_EQ(decode_preempt_count(0x00100000).context, "NMI");
    for (const std::uint32_t damaged : {0x7ffffe01U, 0xfffffe01U, 0x0000fe01U})
        EXPECT_TRUE(decode_preempt_count(damaged).negative) << std::hex << damaged;
}

}  // namespace
}  // namespace stallsight
