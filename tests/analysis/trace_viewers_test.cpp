// Our traces read by the rules that the two viewers' own sources show (docs/trace.md): what a viewer would drop,
// misplace or misname is a complaint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/export/trace_events.h"

namespace stallsight {
namespace {

using Json = nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using Complaints = std::vector<std::string>;

struct Slice {
    std::int64_t from = 0, to = 0;
};

bool has_control_character(const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Perfetto's trace processor.
class Perfetto {
public:
    explicit Perfetto(const std::string& text) {
        const Json trace = Json::parse(text);
        if (trace.contains("displayTimeUnit")) complain("displayTimeUnit is set", trace["displayTimeUnit"]);
        std::vector<Json> events = trace["traceEvents"];
        for (const Json& event : events) tokenize(event);
        if (!complaints_.empty()) return;
        std::stable_sort(events.begin(), events.end(), [](const Json& a, const Json& b) {
            return a.value("ts", std::int64_t{0}) < b.value("ts", std::int64_t{0});
        });
        for (const Json& event : events) parse(event);
        for (const auto& [thread, slices] : tracks_)
            if (!names_.contains(thread.second)) complain("a thread without a name", thread.second);
    }

    [[nodiscard]] const Complaints& complaints() const { return complaints_; }
    [[nodiscard]] std::string thread_name(int tid) const { return names_.at(tid); }

private:
    void complain(const std::string& what, const Json& where) { complaints_.push_back(what + ": " + where.dump()); }

    void tokenize(const Json& event) {
        for (const auto& [key, value] : event.items()) {
            if (value.is_array()) complain("an array directly in an event", event);
            if (has_control_character(key) || (value.is_string() && has_control_character(value)))
                complain("a control character", event);
        }
        const bool name = event["ph"] == "M";
        if (!event.contains("ts") ? !name : !event["ts"].is_number_integer() || event["ts"] < 0)
            complain("no time", event);
        if (!event["pid"].is_number_unsigned() || event["pid"] == 0) complain("no process", event);
        if (event.contains("tid") && (!event["tid"].is_number_unsigned() || event["tid"] == 0))
            complain("the idle thread", event);
    }

    void parse(const Json& event) {
        const int pid = event["pid"], tid = event.value("tid", pid);
        const auto [owner, fresh] = owner_.emplace(tid, pid);
        if (owner->second != pid) complain("one thread number in two processes", event);
        const std::string phase = event["ph"];
        const std::string scope = event.value("s", "t");
        if (phase == "M") {
            name(event, tid);
        } else if (phase == "X") {
            if (!event.contains("dur") || !event["dur"].is_number_integer())
                return complain("dropped: no length", event);
            push(event, {pid, tid}, event["dur"]);
        } else if (phase == "i" && scope == "t") {
            if (!event.contains("tid")) return complain("an instant of no thread", event);
            push(event, {pid, tid}, 0);
        } else if (phase == "C") {
            for (const auto& [key, value] : event["args"].items())
                if (!value.is_number()) complain("a counter that is no number", event);
        } else if (phase != "i" || (scope != "p" && scope != "g")) {
            complain("unknown phase or scope", event);
        }
    }

    void name(const Json& event, int tid) {
        const std::string what = event["name"];
        if (what != "thread_name" && what != "process_name") return;
        if (!event["args"]["name"].is_string() || event["args"]["name"] == "") complain("an empty name", event);
        if (what == "thread_name" && !names_.emplace(tid, event["args"]["name"]).second)
            complain("a thread is named twice", event);
    }

    // SliceTracker::MaybeCloseStack()
    void push(const Json& event, std::pair<int, int> thread, std::int64_t length) {
        std::vector<Slice>& stack = tracks_[thread];
        const std::int64_t from = event["ts"];
        while (!stack.empty()) {
            const Slice& top = stack.back();
            const bool both_instants = top.from == top.to && length == 0;
            if (top.to < from || (top.to == from && !both_instants)) {
                stack.pop_back();
                continue;
            }
            if (from < top.to && from + length > top.to) return complain("dropped: overlaps", event);
            break;
        }
        constexpr std::size_t most_deep = 512;
        if (stack.size() >= most_deep) return complain("dropped: too deep", event);
        stack.push_back({from, from + length});
    }

    Complaints complaints_;
    std::map<std::pair<int, int>, std::vector<Slice>> tracks_;
    std::map<int, int> owner_;          // thread -> process
    std::map<int, std::string> names_;  // of threads
};

// Trace Compass's incubator, which cuts the text into events by hand.
class TraceCompass {
public:
    explicit TraceCompass(const std::string& text) : text_(text) {
        const std::string begin = R"({"traceEvents":)";
        if (!text_.starts_with(begin)) complain("begins otherwise", text_.substr(0, begin.size()));
        at_ = text_.find('[') + 1;
        while (const auto event = next()) read(*event);
        if (!complaints_.empty()) return;
        // SortingJob sorts them, those without a time first.
        std::stable_sort(events_.begin(), events_.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [ts, event] : events_) replay(event);
    }

    [[nodiscard]] const Complaints& complaints() const { return complaints_; }
    [[nodiscard]] std::size_t events() const { return events_.size(); }

private:
    void complain(const std::string& what, const std::string& where) { complaints_.push_back(what + ": " + where); }

    // JsonTrace.readNextEventString()
    std::optional<std::string> next() {
        int scope = -1, arrays = 0;
        bool quoted = false;
        for (std::string out; at_ < text_.size();) {
            const char c = text_[at_++];
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '[') {
                ++arrays;
            } else if (!quoted && c == ']' && arrays-- == 0) {
                return std::nullopt;
            } else if (!quoted && c == '{') {
                ++scope;
            } else if (!quoted && c == '}' && scope-- == 0) {
                return out + c;
            }
            if (scope >= 0) out += c;
        }
        complain("the events never end", "");
        return std::nullopt;
    }

    void read(const std::string& piece) {
        const Json event = Json::parse(piece, nullptr, false);
        if (!event.is_object()) return complain("cut wrongly", piece);
        const std::string key = R"("ts":)";
        std::int64_t ts = -1;
        if (const std::size_t found = piece.find(key); found != std::string::npos) {
            const std::size_t begin = found + key.size();
            const std::string number = piece.substr(begin, piece.find(',', begin) - begin);
            if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos)
                return complain("no plain time", piece);
            ts = std::stoll(number);
        }
        if (!event.contains("args") || !event["args"].is_object()) complain("args is no object", piece);
        if (event.contains("tid") && event["tid"] > std::numeric_limits<std::int32_t>::max())
            complain("a thread number that Java cuts", piece);
        for (const auto& [name, value] : event.items())
            if (value.is_null()) complain("null", piece);
        if (!events_.empty() && ts >= 0 && ts < events_.back().first) complain("not in the order of time", piece);
        events_.emplace_back(ts, event);
    }

    // TraceEventCallStackProvider: what begins later must end first.
    void replay(const Json& event) {
        if (event["ph"] != "X") return;
        std::vector<Slice>& stack = stacks_[event["tid"]];
        const std::int64_t from = event["ts"], to = from + event["dur"].get<std::int64_t>();
        const std::int64_t last = std::max(from, to - 1);
        while (!stack.empty() && stack.back().to < from) stack.pop_back();
        if (!stack.empty() && stack.back().to < last) complain("closed too late", event.dump());
        stack.push_back({from, last});
    }

    const std::string& text_;
    std::size_t at_ = 0;
    Complaints complaints_;
    std::vector<std::pair<std::int64_t, Json>> events_;
    std::map<int, std::vector<Slice>> stacks_;
};

StallEpisode stall(int cpu, double from, double to) {
    StallEpisode s;
    s.flavor = "soft_lockup";
    s.cpus = {cpu};
    s.start_s = from;
    s.end_s = to;
    return s;
}

Analysis cores_with(std::vector<StallEpisode> stalls, int cores = 1) {
    Analysis a;
    for (int i = 0; i < cores; ++i) {
        CoreInfo core;
        core.board = "board" + std::to_string(i);
        a.cores.push_back(core);
        for (StallEpisode& s : stalls) {
            s.board = core.board;
            a.stalls.push_back(s);
        }
        ArtifactInfo log;
        log.artifact.board = core.board;
        a.artifacts.push_back(std::move(log));
    }
    return a;
}

void add_report(Analysis& a, const std::string& title, std::optional<int> cpu, double at_s) {
    EventInfo event;
    event.id = "e" + std::to_string(a.events.size() + 1);
    event.title = title;
    event.report.time = Time(static_cast<std::int64_t>(at_s * 1e6));
    event.report.cpu = cpu;
    a.events.push_back(std::move(event));
}

void expect_readable(const Analysis& analysis, std::size_t least_slices) {
    const std::string trace = trace_events(analysis);
    EXPECT_THAT(Perfetto(trace).complaints(), IsEmpty());
    EXPECT_THAT(TraceCompass(trace).complaints(), IsEmpty());
    const Json events = Json::parse(trace)["traceEvents"];
    EXPECT_EQ(TraceCompass(trace).events(), events.size());
    const auto slices = std::count_if(events.begin(), events.end(), [](const Json& e) { return e["ph"] == "X"; });
    EXPECT_GE(static_cast<std::size_t>(slices), least_slices);
    for (const Json& event : events)
        for (const Json& id : event["args"].value("events", Json::array()))
            EXPECT_NE(analysis.event(id.get<std::string>()), nullptr) << event;
}

TEST(TraceViewers, ReadTheSamples) {
    for (const char* sample : {"fant-h-cold-standby", "rpmsg-mutex-before-x86_64", "rpmsg-mutex-before-ppc64"}) {
        SCOPED_TRACE(sample);
        expect_readable(analyse(std::string(STALLSIGHT_SOURCE_DIR "/sample-logs/") + sample).value(), 0);
    }
}

TEST(TraceViewers, ReadStallsThatOverlapNestTouchOrTakeNoTime) {
    expect_readable(
        cores_with({stall(1, 10, 25), stall(1, 20, 30), stall(1, 12, 14), stall(1, 22, 40), stall(1, 10, 12),
                    stall(1, 25, 26), stall(1, 10, 25), stall(1, 50, 50), stall(2, 20, 10)}),
        9);
}

// 25.0000004 s and 14.9999996 s long: rounded one by one they would end a microsecond behind the next one's start.
TEST(TraceViewers, ReadTimesThatAreNoWholeMicroseconds) {
    expect_readable(cores_with({stall(1, 10.0000004, 25.0000000), stall(1, 25.0000000, 30.3333337),
                                stall(1, 30.3333337, 40.6666663)}),
                    3);
}

TEST(TraceViewers, FindEachBoardsOwnThreadNames) {
    const std::string trace = trace_events(cores_with({stall(0, 1, 2), stall(3, 1, 2)}, 3));
    const Perfetto read(trace);
    EXPECT_THAT(read.complaints(), IsEmpty());
    std::set<int> threads;
    const Json whole = Json::parse(trace);
    for (const Json& event : whole["traceEvents"]) {
        if (event["ph"] != "X") continue;
        threads.insert(event["tid"].get<int>());
        EXPECT_THAT(read.thread_name(event["tid"]), testing::AnyOf("CPU 0", "CPU 3"));
    }
    EXPECT_EQ(threads.size(), 6U);
}

TEST(TraceViewers, ReadWhateverStandsInALog) {
    Analysis a = cores_with({stall(std::numeric_limits<int>::max(), 1, 2)});
    add_report(a, "WARNING in \"odd} [name\" \x1b[31m\x7f\n\\", 1, 3);
    add_report(a, "BUG \xff\xfe", std::nullopt, 3);
    a.artifacts.front().artifact.path = "a \"b\".log";
    a.stalls.front().end_basis = "the \"end\"\t";
    expect_readable(a, 1);
}

// The readers above are no stubs: each rule is broken once.
TEST(TraceViewers, DropWhatTheirSourcesDrop) {
    const auto perfetto = [](const std::string& events) {
        return Perfetto(R"({"traceEvents":[{"name":"thread_name","ph":"M","pid":1,"tid":2,"args":{"name":"t"}},)" +
                        events + "]}")
            .complaints();
    };
    const auto slice = [](const std::string& rest) {
        return R"({"name":"a","ph":"X","pid":1,"tid":2,"args":{},)" + rest + "}";
    };
    EXPECT_THAT(perfetto(slice(R"("ts":1,"dur":9)") + "," + slice(R"("ts":5,"dur":9)")),
                Contains(HasSubstr("overlaps")));
    EXPECT_THAT(perfetto(slice(R"("ts":1,"dur":9)") + "," + slice(R"("ts":5,"dur":5)")), IsEmpty());
    EXPECT_THAT(perfetto(slice(R"("ts":1)")), Contains(HasSubstr("no length")));
    EXPECT_THAT(perfetto(slice(R"("dur":1)")), Contains(HasSubstr("no time")));
    EXPECT_THAT(perfetto(slice(R"("ts":1,"dur":1,"list":[])")), Contains(HasSubstr("array")));
    EXPECT_THAT(perfetto(R"({"name":"a","ph":"X","pid":3,"tid":2,"ts":1,"dur":1})"),
                Contains(HasSubstr("two processes")));
    const auto compass = [](const std::string& text) { return TraceCompass(text).complaints(); };
    const std::string begin = R"({"traceEvents":[)";
    EXPECT_THAT(compass("{ " + begin.substr(1)), Contains(HasSubstr("begins otherwise")));
    EXPECT_THAT(compass(begin + slice(R"("ts":5,"dur":1)") + "," + slice(R"("ts":4,"dur":1)") + "]}"),
                Contains(HasSubstr("order")));
    EXPECT_THAT(compass(begin + slice(R"("ts":5,"dur":2)") + "," + slice(R"("ts":5,"dur":9)") + "]}"),
                Contains(HasSubstr("too late")));
    EXPECT_THAT(compass(begin + R"({"name":"a \"{","args":{},"ph":"i","ts":1}]})"), testing::Not(IsEmpty()));
}

}  // namespace
}  // namespace stallsight
