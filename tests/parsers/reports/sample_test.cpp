// What must be true of the sample bundle: facts read from the field report by hand.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

constexpr const char* sample = STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby/";

LogScan scan_sample(const std::string& file) {
    const auto bytes = Bytes::map_file(sample + file);
    EXPECT_TRUE(bytes) << file;
    return bytes ? scan_log(bytes->view()) : LogScan{};
}

TEST(Sample, RcuStallOnTheStandbyBoard) {
    const LogScan scan = scan_sample("nt-b/core-0/dmesg.txt");
    ASSERT_EQ(scan.events.size(), 1U);
    const Event& e = scan.events[0];
    EXPECT_EQ(e.kind, EventKind::rcu_stall);
    EXPECT_EQ(e.time, Time(15441599359));
    EXPECT_EQ(e.cpu, 2);
    EXPECT_EQ(e.line, 1U);
    EXPECT_EQ(e.line_last, 25U);
    EXPECT_EQ(e.fields["flavor"], "rcu_preempt");
    EXPECT_EQ(e.fields["self_detected"], false);
    EXPECT_EQ(e.fields["expedited"], false);
    EXPECT_EQ(e.fields["detected_by"], 2);
    EXPECT_EQ(e.fields["jiffies"], 15268234);
    EXPECT_EQ(e.fields["grace_period"], 60521);
    EXPECT_EQ(e.fields["queued"], 99);
    ASSERT_EQ(e.fields["cpus"].size(), 2U);
    const Fields& cpu3 = e.fields["cpus"][0];
    EXPECT_EQ(cpu3["cpu"], 3);
    EXPECT_EQ(cpu3["flags"], "...!");
    EXPECT_EQ(cpu3["gps_behind"], 1);
    EXPECT_EQ(cpu3["idle"]["dynticks"], "d7e");
    EXPECT_EQ(cpu3["idle"]["nesting"], "1");
    EXPECT_EQ(cpu3["idle"]["nmi_nesting"], "0x4000000000000000");
    EXPECT_EQ(cpu3["softirq"], Fields::array({52215, 52216}));
    EXPECT_EQ(cpu3["fqs"], 33);
    EXPECT_EQ(e.fields["cpus"][1]["cpu"], 5);
    EXPECT_EQ(e.fields["cpus"][1]["gps_behind"], 13);
}

TEST(Sample, WhatTheStalledCpusRan) {
    const LogScan scan = scan_sample("nt-b/core-0/dmesg.txt");
    ASSERT_EQ(scan.events.size(), 1U);
    const auto& sections = scan.events[0].sections;
    ASSERT_EQ(sections.size(), 3U);
    EXPECT_EQ(sections[0].kind, Section::Kind::task_dump);
    EXPECT_EQ(sections[0].cpu, 3);
    EXPECT_EQ(sections[0].task.comm, "clock_hwa_app");
    EXPECT_EQ(sections[0].task.pid, 5271);
    EXPECT_EQ(sections[1].cpu, 5);
    EXPECT_EQ(sections[1].task.comm, "swapper/5");
    EXPECT_EQ(sections[1].task.pid, 0);
    EXPECT_EQ(sections[2].kind, Section::Kind::kthread_stack);
    EXPECT_EQ(sections[2].frames.size(), 8U);
    EXPECT_EQ(sections[2].frames[1].function, "__switch_to");
    EXPECT_TRUE(sections[2].frames[1].dotted);
    EXPECT_EQ(sections[2].frames[1].stack, 0xc0000000b01ff990U);
    EXPECT_EQ(sections[2].frames[1].address, 0xc000000000008878U);
}

TEST(Sample, StarvedKthread) {
    const LogScan scan = scan_sample("nt-b/core-0/dmesg.txt");
    ASSERT_EQ(scan.events.size(), 1U);
    const Fields& starved = scan.events[0].fields["starved"];
    EXPECT_EQ(starved["kthread"], "rcu_preempt");
    EXPECT_EQ(starved["jiffies"], 15268154);
    EXPECT_EQ(starved["grace_period"], 60521);
    EXPECT_EQ(starved["flags"], "0x2");
    EXPECT_EQ(starved["state_name"], "RCU_GP_WAIT_FQS");
    EXPECT_EQ(starved["state_number"], 5);
    EXPECT_EQ(starved["task_state"], "0x0");
    EXPECT_EQ(starved["cpu"], 0);
}

TEST(Sample, RcutortureSamples) {
    const LogScan scan = scan_sample("nt-a/core-0/kern.log");
    std::vector<std::int64_t> times;
    int nr = 0;
    int cr = 0;
    int histogram = 0;
    for (const TortureSample& s : scan.torture) {
        if (s.kind == TortureSample::Kind::statistics) times.push_back(s.time->count());
        nr += s.kind == TortureSample::Kind::fwd_prog_nr;
        cr += s.kind == TortureSample::Kind::fwd_prog_cr;
        histogram += s.kind == TortureSample::Kind::fwd_cb_hist;
        EXPECT_FALSE(s.failed);
    }
    EXPECT_EQ(times, (std::vector<std::int64_t>{50365835721, 50427275731, 50488715745}));
    EXPECT_EQ(nr, 3);
    EXPECT_EQ(cr, 3);
    EXPECT_EQ(histogram, 3);
    EXPECT_EQ(scan.torture[3].version, 1952831);
    EXPECT_EQ(scan.torture[3].torture_type, "rcu");
    EXPECT_EQ(scan.torture[3].counters["rtmbe"], 0);
    EXPECT_EQ(scan.torture[3].counters["Reader Pipe"].size(), 11U);
    EXPECT_EQ(scan.torture[3].counters["Reader Pipe"][1], 5723571);
    EXPECT_EQ(scan.torture[3].line_last, 7U);
}

TEST(Sample, SchedulingWhileAtomic) {
    const LogScan scan = scan_sample("nt-a/core-0/kern.log");
    ASSERT_EQ(scan.events.size(), 2U);
    const Event& e = scan.events[0];
    EXPECT_EQ(e.kind, EventKind::atomic_sleep);
    EXPECT_EQ(e.time, Time(50494227093));
    EXPECT_EQ(e.task.comm, "clock_hwa_app");
    EXPECT_EQ(e.task.pid, 5079);
    EXPECT_EQ(e.cpu, 1);
    EXPECT_EQ(e.machine.release, "5.4.72");
    EXPECT_EQ(e.machine.taint, "G O");
    EXPECT_EQ(e.preempt_count, 0x203U);
    EXPECT_EQ(e.frames.size(), 26U);
    ASSERT_TRUE(e.preempt_disabled_at);
    EXPECT_EQ(e.preempt_disabled_at->function, "__dev_queue_xmit");
    EXPECT_EQ(e.preempt_disabled_at->offset, 0x80U);
    EXPECT_EQ(e.preempt_disabled_at->size, 0x5f0U);
    EXPECT_EQ(e.frames[7].function, "nokia_rpmsg_notify");
    EXPECT_EQ(e.frames[7].module, "rpmsg_platform_driver");
    EXPECT_FALSE(e.frames[0].reliable);
    EXPECT_EQ(e.fields["subtype"], "scheduling_while_atomic");
}

TEST(Sample, WarningAfterIt) {
    const LogScan scan = scan_sample("nt-a/core-0/kern.log");
    ASSERT_EQ(scan.events.size(), 2U);
    const Event& e = scan.events[1];
    EXPECT_EQ(e.kind, EventKind::warning);
    EXPECT_EQ(e.cpu, 5);
    EXPECT_EQ(e.task.pid, 5079);
    EXPECT_EQ(e.fields["file"], "kernel/sched/core.c");
    EXPECT_EQ(e.fields["source_line"], 3899);
    EXPECT_EQ(e.fields["function"], "preempt_count_sub");
    EXPECT_EQ(e.fields["condition"], "DEBUG_LOCKS_WARN_ON(val > preempt_count())");
}

TEST(Sample, RemarksDisturbNothing) {
    const LogScan scan = scan_sample("nt-a/core-0/kern.log");
    ASSERT_FALSE(scan.remarks.empty());
    EXPECT_EQ(scan.remarks[0].line, 24U);
    EXPECT_EQ(scan.remarks[0].text, "prempt is not allowed in the rcu ctx (__dev_queue_xmit)");
    EXPECT_EQ(scan.first_time, Time(50314952711));
    EXPECT_EQ(scan.last_time, Time(50494642034));
    EXPECT_EQ(scan.index.lines(), 62U);
}

}  // namespace
}  // namespace stallsight
