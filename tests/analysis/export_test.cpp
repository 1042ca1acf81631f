// The timeline as a trace: what the Trace Event Format asks of it.
#include "analysis/export/trace_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

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

// Slices of one thread must nest: importers drop what overlaps.
TEST(TraceEvents, SlicesOfAThreadNest) {
    const Json trace =
        Json::parse(trace_events(one_core({stall(10, 25), stall(20, 30), stall(12, 14), stall(22, 40)})));
    const auto slices = of_phase(trace, "X");
    ASSERT_EQ(slices.size(), 4U);
    for (const Json& a : slices)
        for (const Json& b : slices) {
            if (a["tid"] != b["tid"]) continue;
            const double a0 = a["ts"], a1 = a0 + a["dur"].get<double>(), b0 = b["ts"],
                         b1 = b0 + b["dur"].get<double>();
            const bool apart = a1 <= b0 || b1 <= a0, nested = (a0 <= b0 && b1 <= a1) || (b0 <= a0 && a1 <= b1);
            EXPECT_TRUE(apart || nested) << a << b;
        }
}

TEST(TraceEvents, AnAlignedClockMovesItsCore) {
    Analysis a = one_core({stall(10, 25)});
    a.offsets.push_back({"", "", 1000, 0.5, "set"});
    EXPECT_EQ(of_phase(Json::parse(trace_events(a)), "X")[0]["ts"], 1010e6);
}

// What the Trace Event Format (the Chromium project's document of that name) asks of each phase that we write, on
// real logs: a process and a thread with a name for whatever is on them, times that are not negative, ids that
// hold.
void expect_well_formed(const Analysis& analysis) {
    const Json trace = Json::parse(trace_events(analysis));
    ASSERT_TRUE(trace["traceEvents"].is_array());
    std::set<std::int64_t> processes;
    std::map<std::pair<std::int64_t, std::int64_t>, std::string> threads;
    std::set<std::pair<std::int64_t, std::string>> thread_names;
    const auto pid_of = [](const Json& event) { return event["pid"].get<std::int64_t>(); };
    const auto thread_of = [](const Json& event) {
        return std::pair(event["pid"].get<std::int64_t>(), event["tid"].get<std::int64_t>());
    };
    for (const Json& event : of_phase(trace, "M")) {
        ASSERT_TRUE(event["pid"].is_number_integer() && event["tid"].is_number_integer()) << event;
        ASSERT_TRUE(event["args"].is_object()) << event;
        if (event["name"] == "process_name") {
            EXPECT_FALSE(event["args"]["name"].get<std::string>().empty()) << event;
            EXPECT_TRUE(processes.insert(pid_of(event)).second) << "named twice: " << event;
        }
        if (event["name"] == "thread_name") {
            const auto name = event["args"]["name"].get<std::string>();
            EXPECT_TRUE(threads.emplace(thread_of(event), name).second) << event;
            EXPECT_TRUE(thread_names.emplace(pid_of(event), name).second) << "two threads of one name: " << event;
        }
    }
    for (const Json& event : trace["traceEvents"]) {
        const auto phase = event["ph"].get<std::string>();
        ASSERT_THAT(phase, testing::AnyOf("M", "X", "i", "C")) << event;
        EXPECT_FALSE(event["name"].get<std::string>().empty()) << event;
        if (phase == "M") continue;
        ASSERT_TRUE(event["ts"].is_number_integer()) << event;
        EXPECT_GE(event["ts"].get<std::int64_t>(), 0) << event;
        EXPECT_TRUE(processes.contains(pid_of(event))) << event;
        if (phase == "X") {
            ASSERT_TRUE(event["dur"].is_number_integer()) << event;
            EXPECT_GE(event["dur"].get<std::int64_t>(), 0) << event;
        }
        if (phase == "i") {
            EXPECT_THAT(event["s"].get<std::string>(), testing::AnyOf("t", "p", "g")) << event;
        }
        if (phase == "C") {
            for (const auto& [name, value] : event["args"].items()) EXPECT_TRUE(value.is_number()) << name;
        } else if (phase == "X" || event["s"] == "t") {
            EXPECT_TRUE(threads.contains(thread_of(event))) << event;
        }
        const Json& args = event["args"];
        for (const Json& id : args.value("events", Json::array()))
            EXPECT_NE(analysis.event(id.get<std::string>()), nullptr) << event;
        if (args.contains("follows_from")) {
            EXPECT_NE(analysis.event(args["follows_from"].get<std::string>()), nullptr) << event;
        }
    }
}

TEST(TraceEvents, OfASampleAreWellFormed) {
    for (const char* sample : {"fant-h-cold-standby", "rpmsg-mutex-before-x86_64", "rpmsg-mutex-before-ppc64"}) {
        SCOPED_TRACE(sample);
        expect_well_formed(analyse(std::string(STALLSIGHT_SOURCE_DIR "/sample-logs/") + sample).value());
    }
}

TEST(TraceEvents, AClockBehindTheFirstStaysAboveZero) {
    Analysis a = one_core({stall(10, 25)});
    a.cores.push_back(a.cores.front());
    a.cores.back().board = "nt-b";
    a.offsets = {{"", "", 0, 0, "others are set to it"}, {"nt-b", "", -500, 0.5, "set"}};
    a.stalls.push_back(stall(510, 520));
    a.stalls.back().board = "nt-b";
    expect_well_formed(a);
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
