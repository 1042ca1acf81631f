#include "analysis/export/trace_events.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "analysis/cores.h"
#include "analysis/diagnosis/sentences.h"
#include "analysis/torture.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

constexpr int no_cpu = -1;

struct Span {
    std::int64_t from_us = 0, to_us = 0;
};

// Trace Compass takes every '"' for the end of a string, an escaped one, too; Perfetto's older readers refuse
// control characters and their escapes.
std::string printable(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = ' ';
        if (c == '"') c = '\'';
    }
    return text;
}

std::vector<std::string> printable(std::vector<std::string> texts) {
    for (std::string& text : texts) text = printable(std::move(text));
    return texts;
}

// Slices of one thread must nest: what overlaps without nesting goes to a further thread of the same CPU. Thread
// numbers are those of the whole trace: both viewers find a thread's name by its number alone.
class Threads {
public:
    explicit Threads(int& last_tid) : last_tid_(last_tid) {}

    int take(int cpu, Span span) {
        for (int turn = 0;; ++turn) {
            Thread& thread = at(cpu, turn);
            const bool free = std::all_of(thread.taken.begin(), thread.taken.end(), [&](const Span& other) {
                return span.from_us >= other.to_us || span.to_us <= other.from_us || nests(span, other) ||
                       nests(other, span);
            });
            if (!free) continue;
            thread.taken.push_back(span);
            return thread.tid;
        }
    }

    // For what takes no time.
    int plain(int cpu) { return at(cpu, 0).tid; }

    // Those of a CPU stand together; what is on no CPU comes last.
    template <typename Visit>
    void for_each(Visit visit) const {
        for (const auto& [place, thread] : threads_) {
            const auto& [cpu, turn] = place;
            std::string name = cpu == cpu_of(no_cpu) ? "tasks" : "CPU " + std::to_string(cpu);
            if (turn > 0) name += " (" + std::to_string(turn + 1) + ")";
            visit(thread.tid, name);
        }
    }

private:
    struct Thread {
        int tid = 0;
        std::vector<Span> taken;
    };

    static bool nests(Span inner, Span outer) {
        return inner.from_us >= outer.from_us && inner.to_us <= outer.to_us;
    }
    static std::int64_t cpu_of(int cpu) { return cpu == no_cpu ? INT64_MAX : cpu; }

    Thread& at(int cpu, int turn) {
        Thread& thread = threads_[{cpu_of(cpu), turn}];
        if (thread.tid == 0) thread.tid = ++last_tid_;
        return thread;
    }

    int& last_tid_;
    std::map<std::pair<std::int64_t, int>, Thread> threads_;
};

// The events of a trace as they are written: names first, then what happened, in the order of time.
class TraceWriter {
public:
    void name(const char* what, int pid, std::optional<int> tid, Json args) {
        Json event = {{"name", what}, {"ph", "M"}, {"pid", pid}};
        if (tid) event["tid"] = *tid;
        event["args"] = std::move(args);
        names_.push_back(std::move(event));
    }

    // `event` has everything but its name, its time and its arguments.
    void at(Span span, const std::string& name, const Json& event, Json args) {
        Json whole = {{"name", printable(name)}, {"ts", span.from_us}};
        whole.update(event);
        whole["args"] = std::move(args);
        timed_.push_back({span, std::move(whole)});
    }

    [[nodiscard]] std::string text(const Json& other_data) {
        // Of slices that begin together the longest is the outermost.
        std::stable_sort(timed_.begin(), timed_.end(), [](const Timed& a, const Timed& b) {
            return std::tie(a.span.from_us, b.span.to_us) < std::tie(b.span.from_us, a.span.to_us);
        });
        std::string out = R"({"traceEvents":[)";
        const char* between = "\n";
        const auto add = [&](const Json& event) {
            out += between + event.dump(-1, ' ', false, Json::error_handler_t::replace);
            between = ",\n";
        };
        for (const Json& event : names_) add(event);
        for (const Timed& event : timed_) add(event.event);
        return out + "\n],\n\"otherData\":" + other_data.dump(-1, ' ', false, Json::error_handler_t::replace) +
               "}\n";
    }

private:
    struct Timed {
        Span span;
        Json event;
    };
    std::vector<Json> names_;
    std::vector<Timed> timed_;
};

class CoreTrace {
public:
    CoreTrace(const Analysis& analysis, const CoreBoot& boot, int pid, int& last_tid, TraceWriter& out)
        : analysis_(analysis), core_(*boot.core), boot_(boot), pid_(pid), out_(out), threads_(last_tid) {
        if (const ClockOffset* offset = boot.offset(analysis)) shift_s_ = offset->offset_s - earliest_s(analysis);
    }

    void write() {
        for (const StallEpisode& stall : analysis_.stalls)
            if (boot_.has(stall)) slices(stall);
        for (const EventInfo& event : analysis_.events)
            if (boot_.has(analysis_, event) && event.report.time) instant(event);
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

    [[nodiscard]] std::int64_t at_us(double seconds) const {
        return std::max<std::int64_t>(0, std::llround((seconds + shift_s_) * 1e6));
    }
    [[nodiscard]] Span moment(double seconds) const { return {at_us(seconds), at_us(seconds)}; }

    void slices(const StallEpisode& stall) {
        const double from = stall.start_s.value_or(boot_.first_s.value_or(stall.end_s));
        const Span span{at_us(from), std::max(at_us(from), at_us(stall.end_s))};
        std::vector<int> cpus = stall.cpus;
        if (cpus.empty()) cpus.push_back(no_cpu);
        for (const int cpu : cpus) {
            const auto doing = stall.doing.find(cpu);
            Json args = {{"events", stall.events}, {"end", printable(stall.end_basis)}, {"open", stall.open}};
            if (stall.grace_period) args["grace_period"] = *stall.grace_period;
            if (!stall.held_up.empty()) args["held_up"] = printable(stall.held_up);
            if (!stall.tie.empty()) args["because"] = printable(stall.tie);
            out_.at(span, stall.flavor + (doing == stall.doing.end() ? "" : ": " + doing->second),
                    {{"dur", span.to_us - span.from_us},
                     {"cat", "stall"},
                     {"ph", "X"},
                     {"pid", pid_},
                     {"tid", threads_.take(cpu, span)}},
                    std::move(args));
        }
    }

    void instant(const EventInfo& event) {
        Json args = {{"id", event.id}, {"evidence", printable(evidence_place(analysis_, event))}};
        if (const std::string task = task_words(event.report.task); !task.empty()) args["task"] = printable(task);
        if (!event.caused_by.empty()) args["follows_from"] = event.caused_by;
        out_.at(moment(seconds(*event.report.time)), qualified_name(event.title, event.guilty.module),
                {{"cat", std::string(name_of(event.report.kind))},
                 {"ph", "i"},
                 {"s", "t"},
                 {"pid", pid_},
                 {"tid", threads_.plain(event.report.cpu.value_or(no_cpu))}},
                std::move(args));
    }

    void counters() {
        for (const TortureRate& rate : torture_rates(analysis_, core_)) {
            if (!boot_.has_boot(rate.last->sample.boot)) continue;
            out_.at(moment(rate.to_s), "rcutorture", {{"cat", "rcutorture"}, {"ph", "C"}, {"pid", pid_}},
                    {{"versions/s", rate.versions_per_s}});
        }
        if (const auto stop = torture_stop(analysis_, core_); stop && boot_.has_boot(stop->boot))
            out_.at(moment(stop->when.from_s), "rcutorture stopped",
                    {{"cat", "rcutorture"}, {"ph", "i"}, {"s", "p"}, {"pid", pid_}},
                    {{"why", printable(stop->why)}});
    }

    void names() {
        std::string name = core_.board + (core_.core.empty() ? "" : " " + core_.core);
        name = (name.empty() ? "kernel" : name) + boot_.words();
        out_.name("process_name", pid_, std::nullopt, {{"name", printable(name)}});
        out_.name("process_sort_index", pid_, std::nullopt, {{"sort_index", pid_}});
        int place = 0;
        threads_.for_each([&](int tid, const std::string& thread) {
            out_.name("thread_name", pid_, tid, {{"name", thread}});
            out_.name("thread_sort_index", pid_, tid, {{"sort_index", ++place}});
        });
    }

    const Analysis& analysis_;
    const CoreInfo& core_;
    const CoreBoot& boot_;
    int pid_;
    TraceWriter& out_;
    double shift_s_ = 0;
    Threads threads_;
};

}  // namespace

std::string trace_events(const Analysis& analysis) {
    TraceWriter writer;
    int pid = 0;
    // Behind the processes' numbers, which stand for their main threads.
    const std::vector<CoreBoot> boots = boots_to_show(analysis);
    int last_tid = static_cast<int>(boots.size());
    for (const CoreBoot& boot : boots) CoreTrace(analysis, boot, ++pid, last_tid, writer).write();
    return writer.text(
        {{"bundle", printable(analysis.bundle_name)}, {"made_by", "Stallsight " STALLSIGHT_VERSION}});
}

}  // namespace stallsight
