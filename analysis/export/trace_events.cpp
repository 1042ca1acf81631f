#include "analysis/export/trace_events.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "analysis/diagnosis/sentences.h"
#include "analysis/stalls/samples.h"
#include "analysis/torture.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

constexpr int no_cpu = -1;

// Slices of one thread must nest: what overlaps without nesting goes to a further thread of the same CPU.
class Threads {
public:
    int take(int cpu, double from_s, double to_s) {
        for (int turn = 0;; ++turn) {
            std::vector<Window>& taken = taken_[{cpu, turn}];
            const bool free = std::all_of(taken.begin(), taken.end(), [&](const Window& other) {
                return from_s >= other.to_s || to_s <= other.from_s || nests(from_s, to_s, other);
            });
            if (!free) continue;
            taken.push_back({from_s, to_s});
            return id(cpu, turn);
        }
    }

    // Marks a CPU that has reports only.
    int plain(int cpu) {
        taken_.try_emplace({cpu, 0});
        return id(cpu, 0);
    }

    // Thread number -> name.
    [[nodiscard]] std::map<int, std::string> names() const {
        std::map<int, std::string> out;
        for (const auto& [key, unused] : taken_) {
            const auto& [cpu, turn] = key;
            std::string name = cpu == no_cpu ? "tasks" : "CPU " + std::to_string(cpu);
            if (turn > 0) name += " (" + std::to_string(turn + 1) + ")";
            out[id(cpu, turn)] = std::move(name);
        }
        return out;
    }

private:
    static bool nests(double from_s, double to_s, const Window& other) {
        return (from_s >= other.from_s && to_s <= other.to_s) || (from_s <= other.from_s && to_s >= other.to_s);
    }
    // Threads of one CPU stand together, and none has number 0, which viewers take for the process.
    static int id(int cpu, int turn) {
        constexpr int most_turns = 100;
        return (cpu + 1) * most_turns + turn + 1;
    }

    std::map<std::pair<int, int>, std::vector<Window>> taken_;
};

class CoreTrace {
public:
    CoreTrace(const Analysis& analysis, const CoreInfo& core, int pid, Json& out)
        : analysis_(analysis), core_(core), pid_(pid), out_(out) {
        if (const ClockOffset* offset = analysis.offset_of(core.board, core.core))
            shift_s_ = offset->offset_s - earliest_s(analysis);
    }

    void write() {
        for (const StallEpisode& stall : analysis_.stalls)
            if (stall.board == core_.board && stall.core == core_.core) slices(stall);
        for (const EventInfo& event : analysis_.events)
            if (same_core(analysis_, event, core_.board, core_.core) && event.report.time) instant(event);
        counters();
        names();
    }

private:
    // Viewers take times from 0 on: that of the core that booted first.
    static double earliest_s(const Analysis& analysis) {
        double earliest = 0;
        for (const ClockOffset& offset : analysis.offsets) earliest = std::min(earliest, offset.offset_s);
        return earliest;
    }

    static std::int64_t us(double seconds) { return std::llround(seconds * 1e6); }
    [[nodiscard]] std::int64_t at_us(double seconds) const { return us(seconds + shift_s_); }

    void slices(const StallEpisode& stall) {
        const double from = std::max(0.0, stall.start_s.value_or(core_.first_s.value_or(stall.end_s)));
        std::vector<int> cpus = stall.cpus;
        if (cpus.empty()) cpus.push_back(no_cpu);
        for (const int cpu : cpus) {
            const auto doing = stall.doing.find(cpu);
            Json args = {{"events", stall.events}, {"end", stall.end_basis}, {"open", stall.open}};
            if (stall.grace_period) args["grace_period"] = *stall.grace_period;
            if (!stall.tie.empty()) args["because"] = stall.tie;
            out_.push_back({{"name", stall.flavor + (doing == stall.doing.end() ? "" : ": " + doing->second)},
                            {"cat", "stall"},
                            {"ph", "X"},
                            {"ts", at_us(from)},
                            {"dur", us(stall.end_s - from)},
                            {"pid", pid_},
                            {"tid", threads_.take(cpu, from, stall.end_s)},
                            {"args", std::move(args)}});
        }
    }

    void instant(const EventInfo& event) {
        Json args = {{"id", event.id}, {"evidence", evidence_place(analysis_, event)}};
        if (const std::string task = task_words(event.report.task); !task.empty()) args["task"] = task;
        if (!event.caused_by.empty()) args["follows_from"] = event.caused_by;
        out_.push_back({{"name", qualified_name(event.title, event.guilty.module)},
                        {"cat", std::string(name_of(event.report.kind))},
                        {"ph", "i"},
                        {"s", "t"},
                        {"ts", at_us(seconds(*event.report.time))},
                        {"pid", pid_},
                        {"tid", threads_.plain(event.report.cpu.value_or(no_cpu))},
                        {"args", std::move(args)}});
    }

    void counters() {
        for (const TortureRate& rate : torture_rates(analysis_, core_))
            out_.push_back({{"name", "rcutorture versions/s"},
                            {"cat", "rcutorture"},
                            {"ph", "C"},
                            {"ts", at_us(rate.to_s)},
                            {"pid", pid_},
                            {"args", {{"versions/s", rate.versions_per_s}}}});
        if (const auto stop = torture_stop(analysis_, core_))
            out_.push_back({{"name", "rcutorture stopped"},
                            {"cat", "rcutorture"},
                            {"ph", "i"},
                            {"s", "p"},
                            {"ts", at_us(stop->when.from_s)},
                            {"pid", pid_},
                            {"tid", 0},
                            {"args", {{"why", stop->why}}}});
    }

    void names() {
        std::string name = core_.board + (core_.core.empty() ? "" : " " + core_.core);
        metadata("process_name", 0, {{"name", name.empty() ? "kernel" : name}});
        metadata("process_sort_index", 0, {{"sort_index", pid_}});
        for (const auto& [tid, thread] : threads_.names()) {
            metadata("thread_name", tid, {{"name", thread}});
            metadata("thread_sort_index", tid, {{"sort_index", tid}});
        }
    }

    void metadata(const char* what, int tid, Json args) {
        out_.push_back({{"name", what}, {"ph", "M"}, {"pid", pid_}, {"tid", tid}, {"args", std::move(args)}});
    }

    const Analysis& analysis_;
    const CoreInfo& core_;
    int pid_;
    Json& out_;
    double shift_s_ = 0;
    Threads threads_;
};

}  // namespace

std::string trace_events(const Analysis& analysis) {
    Json events = Json::array();
    int pid = 0;
    for (const CoreInfo& core : analysis.cores) CoreTrace(analysis, core, ++pid, events).write();
    const Json out = {
        {"traceEvents", std::move(events)},
        {"displayTimeUnit", "ms"},
        {"otherData", {{"bundle", analysis.bundle_name}, {"made_by", "Stallsight " STALLSIGHT_VERSION}}}};
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
