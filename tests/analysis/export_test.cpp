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

}  // namespace
}  // namespace stallsight
