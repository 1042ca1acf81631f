// The timeline as a trace, and as data.
#include "analysis/export/trace_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analysis/export/timeline_json.h"

namespace stallsight {
namespace {

using Json = nlohmann::json;

StallEpisode stall(double from, double to) {
    StallEpisode s;
    s.flavor = "soft_lockup";
    s.cpus = {1};
    s.start_s = from;
    s.end_s = to;
    s.events = {"e1"};
    return s;
}

Analysis one_core(std::vector<StallEpisode> stalls) {
    Analysis a;
    a.artifacts.emplace_back();
    CoreInfo core;
    core.cpus = {1};
    core.first_s = 0;
    core.last_s = 100;
    a.cores.push_back(core);
    EventInfo event;
    event.id = "e1";
    event.title = "INFO: rcu_preempt detected stalls in hwa_poll";
    event.report.time = Time(12000000);
    event.report.cpu = 1;
    a.events.push_back(event);
    a.stalls = std::move(stalls);
    return a;
}

std::vector<Json> of_phase(const Json& trace, const std::string& phase) {
    std::vector<Json> out;
    for (const Json& event : trace["traceEvents"])
        if (event["ph"] == phase) out.push_back(event);
    return out;
}

TEST(TraceEvents, AStallIsASliceOfItsCpu) {
    const Json trace = Json::parse(trace_events(one_core({stall(10, 25)})));
    const auto slices = of_phase(trace, "X");
    ASSERT_EQ(slices.size(), 1U);
    EXPECT_EQ(slices[0]["ts"], 10e6);
    EXPECT_EQ(slices[0]["dur"], 15e6);
    const auto instants = of_phase(trace, "i");
    ASSERT_EQ(instants.size(), 1U);
    EXPECT_EQ(instants[0]["tid"], slices[0]["tid"]);
    bool named = false;
    for (const Json& name : of_phase(trace, "M"))
        named = named || (name["name"] == "thread_name" && name["tid"] == slices[0]["tid"] &&
                          name["args"]["name"] == "CPU 1");
    EXPECT_TRUE(named);
}

TEST(TraceEvents, AnAlignedClockMovesItsCore) {
    Analysis a = one_core({stall(10, 25)});
    a.offsets.push_back({"", "", 1000, 0.5, "set", ""});
    EXPECT_EQ(of_phase(Json::parse(trace_events(a)), "X")[0]["ts"], 1010e6);
}

TEST(TraceEvents, AClockBehindTheFirstStaysAboveZero) {
    Analysis a = one_core({stall(10, 25)});
    a.cores.push_back(a.cores.front());
    a.cores.back().board = "nt-b";
    a.offsets = {{"", "", 0, 0, "others are set to it", ""}, {"nt-b", "", -500, 0.5, "set", ""}};
    a.stalls.push_back(stall(510, 520));
    a.stalls.back().board = "nt-b";
    const auto slices = of_phase(Json::parse(trace_events(a)), "X");
    ASSERT_EQ(slices.size(), 2U);
    EXPECT_EQ(slices[0]["ts"], 510e6);
    EXPECT_EQ(slices[1]["ts"], 510e6) << "the same moment";
}

TEST(TimelineJson, HasTheStallsAndReportsOfEachCore) {
    const Json timeline = Json::parse(timeline_json(one_core({stall(10, 25)})));
    EXPECT_EQ(timeline["schema"], "stallsight.timeline/1");
    ASSERT_EQ(timeline["cores"].size(), 1U);
    EXPECT_EQ(timeline["cores"][0]["stalls"][0]["start_s"], 10);
    EXPECT_EQ(timeline["cores"][0]["reports"][0]["event"], "e1");
}

// A core that booted twice: both clocks begin at 0.
TEST(TimelineJson, EachBootOfACoreStandsAlone) {
    Analysis a = one_core({stall(10, 25), stall(12, 30)});
    a.stalls[1].boot = 1;
    a.events.push_back(a.events.front());
    a.events[1].id = "e2";
    a.events[1].report.boot = 1;
    const Json timeline = Json::parse(timeline_json(a));
    ASSERT_EQ(timeline["cores"].size(), 2U);
    for (const int boot : {0, 1}) {
        const Json& core = timeline["cores"][static_cast<std::size_t>(boot)];
        EXPECT_EQ(core["boot"], boot);
        ASSERT_EQ(core["stalls"].size(), 1U);
        EXPECT_EQ(core["stalls"][0]["start_s"], boot == 0 ? 10 : 12);
        ASSERT_EQ(core["reports"].size(), 1U);
        EXPECT_EQ(core["reports"][0]["event"], boot == 0 ? "e1" : "e2");
    }
    const Json trace = Json::parse(trace_events(a));
    std::vector<std::string> processes;
    for (const Json& name : of_phase(trace, "M"))
        if (name["name"] == "process_name") processes.push_back(name["args"]["name"]);
    EXPECT_THAT(processes, testing::ElementsAre("kernel, boot 1", "kernel, boot 2"));
    const auto slices = of_phase(trace, "X");
    ASSERT_EQ(slices.size(), 2U);
    EXPECT_NE(slices[0]["pid"], slices[1]["pid"]);
}

TEST(TimelineJson, OnlyTheLastBootsClockIsAligned) {
    Analysis a = one_core({stall(10, 25), stall(12, 30)});
    a.stalls[1].boot = 1;
    a.events[0].report.boot = 0;
    a.events.push_back(a.events.front());
    a.events[1].report.boot = 1;
    a.offsets.push_back({"", "", 1000, 0.5, "set", ""});
    const Json cores = Json::parse(timeline_json(a))["cores"];
    EXPECT_TRUE(cores[0]["offset_s"].is_null());
    EXPECT_EQ(cores[1]["offset_s"], 1000);
}

}  // namespace
}  // namespace stallsight
