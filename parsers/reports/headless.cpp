#include "parsers/reports/headless.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "parsers/reports/openings.h"
#include "parsers/reports/strand.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr int most_lines = 400;
constexpr int lines_before = 5;

// The function that prints or detects a report stands near the top of its stack.
struct Detector {
    std::string_view function;  // or its beginning
    EventKind kind;
    std::string_view subtype = {};
};
constexpr auto detectors = std::to_array<Detector>({
    {"__schedule_bug", EventKind::atomic_sleep, "scheduling_while_atomic"},  // kernel/sched/core.c
    {"__might_sleep", EventKind::atomic_sleep},                              //
    {"___might_sleep", EventKind::atomic_sleep},                             //
    {"__might_resched", EventKind::atomic_sleep},                            //
    {"check_preemption_disabled", EventKind::bug},                           // lib/smp_processor_id.c
    {"debug_smp_processor_id", EventKind::bug},                              //
    {"print_circular_bug", EventKind::lockdep},                              // kernel/locking/lockdep.c
    {"print_usage_bug", EventKind::lockdep},                                 //
    {"print_deadlock_bug", EventKind::lockdep},                              //
    {"lockdep_rcu_suspicious", EventKind::lockdep},                          //
    {"rcu_sched_clock_irq", EventKind::rcu_stall},                           // kernel/rcu/tree.c
    {"rcu_check_callbacks", EventKind::rcu_stall},                           // before 5.0
    {"rcu_dump_cpu_stacks", EventKind::rcu_stall},                           // kernel/rcu/tree_stall.h
    {"print_cpu_stall", EventKind::rcu_stall},                               //
    {"watchdog_timer_fn", EventKind::soft_lockup},                           // kernel/watchdog.c
    {"watchdog_overflow_callback", EventKind::hard_lockup},
    {"watchdog_hardlockup_check", EventKind::hard_lockup},
    {"soft_nmi_interrupt", EventKind::hard_lockup},  // arch/powerpc/kernel/watchdog.c
    {"kasan_report", EventKind::kasan},
    {"__kasan_report", EventKind::kasan},
    {"kmsan_report", EventKind::kmsan},
    {"kcsan_report", EventKind::kcsan},
    {"__ubsan_handle", EventKind::ubsan},
    {"oom_kill_process", EventKind::oom},  // mm/oom_kill.c
    {"out_of_memory", EventKind::oom},
    {"__warn", EventKind::warning},  // kernel/panic.c
    {"warn_slowpath", EventKind::warning},
    {"oops_end", EventKind::oops},  // arch/x86/kernel/dumpstack.c
    {"page_fault_oops", EventKind::oops},
    {"no_context", EventKind::oops},
    {"__do_kernel_fault", EventKind::oops},  // arch/arm*/mm/fault.c
    {"bad_page_fault", EventKind::oops},     // arch/powerpc/mm/fault.c
    {"asm_exc_page_fault", EventKind::oops},
    {"die_kernel_fault", EventKind::oops},
    {"check_bytes_and_report", EventKind::bug},  // mm/slub.c
    {"object_err", EventKind::bug},
    {"slab_err", EventKind::bug},
    {"bad_page", EventKind::bug},       // mm/page_alloc.c
    {"print_bad_pte", EventKind::bug},  // mm/memory.c
});

// Words that one kind prints behind its header and nobody else.
struct Words {
    std::string_view text;
    EventKind kind;
};
constexpr auto words_of_kinds = std::to_array<Words>({
    {"\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\"", EventKind::hung_task},  // kernel/hung_task.c
    {"oom-kill:constraint=", EventKind::oom},                                        // mm/oom_kill.c
    {"Out of memory: Kill", EventKind::oom},                                         //
    {"Reported by Kernel Concurrency Sanitizer on:", EventKind::kcsan},              // kernel/kcsan/report.c
    {" is out of range for type ", EventKind::ubsan},                                // lib/ubsan.c
});

std::optional<EventKind> kind_by_words(const Record& record) {
    if (!record.time && !record.level && record.host.empty()) return std::nullopt;  // somebody speaks of it
    const auto found = std::find_if(words_of_kinds.begin(), words_of_kinds.end(),
                                    [&](const Words& words) { return contains(record.message, words.text); });
    return found == words_of_kinds.end() ? std::nullopt : std::optional(found->kind);
}

const Detector* detector_in(const Event& event) {
    for (const Section& section : event.sections) {
        for (const Frame& frame : section.frames) {
            const auto found = std::find_if(detectors.begin(), detectors.end(), [&](const Detector& d) {
                return frame.function.starts_with(d.function);
            });
            if (found != detectors.end()) return &*found;
        }
    }
    return nullptr;
}

bool tells_of_stall(const Fields& fields) {
    static constexpr auto keys = std::to_array<const char*>(
        {"starved", "timer_wakeup", "all_quiescent", "ended", "timer_cpu", "jiffies", "grace_period"});
    return !fields["cpus"].empty() || !fields["tasks"].empty() ||
           std::any_of(keys.begin(), keys.end(), [&](const char* key) { return fields.contains(key); });
}

void name_kind(Event& event, std::optional<EventKind> by_words) {
    const Detector* detector = detector_in(event);
    if (tells_of_stall(event.fields)) {
        event.kind = EventKind::rcu_stall;
        event.headline = "RCU stall";
        return;
    }
    event.fields.erase("cpus");
    event.fields.erase("tasks");
    if (detector != nullptr && !detector->subtype.empty()) event.fields["subtype"] = detector->subtype;
    const auto kind = detector != nullptr ? std::optional(detector->kind) : by_words;
    event.kind = kind.value_or(EventKind::other);
    if (kind) event.headline = std::string(name_of(*kind));
}

const ReportKind& stall_row() {
    const auto& kinds = report_kinds();
    return *std::find_if(kinds.begin(), kinds.end(),
                         [](const ReportKind& k) { return k.kind == EventKind::rcu_stall; });
}

class HeadlessReader {
public:
    HeadlessReader(std::string_view text, const LineIndex& index, std::span<const std::uint64_t> places)
        : text_(text), index_(index), openings_(text, places) {}

    // Of a kind that nothing tells, `kind` is `other` and the headline empty.
    std::optional<Event> read(std::uint64_t start) const {
        const auto first = first_line_inside(start);
        if (!first) return std::nullopt;
        Opening opening;
        // Only a stall says much outside its stacks ("kthread starved for"): its row reads the lines.
        opening.kind = &stall_row();
        opening.record = parse_record(first->text);
        opening.event.time = opening.record.time;
        opening.event.wall = std::string(opening.record.wall);
        opening.event.offset = first->offset;
        opening.event.line = index_.line_at(text_, first->offset);
        opening.event.fields = Fields{{"cpus", Fields::array()}, {"tasks", Fields::array()}};
        const std::uint64_t number = opening.event.line;
        Strand strand(std::move(opening), number, first->next);
        const auto by_words = read_lines(strand, first->offset, number);
        Event event = strand.finish();
        name_kind(event, by_words);
        event.partial = true;
        event.partial_reason = start == 0 ? "the log begins inside it" : "printk dropped its first lines";
        event.fields["headless"] = true;
        return event;
    }

private:
    // The first lines may be half ones, or another CPU's.
    std::optional<LineView> first_line_inside(std::uint64_t at) const {
        for (int i = 0; i < lines_before && at < text_.size(); ++i) {
            const LineView line = line_from(text_, at);
            if (line.cut || openings_.in(line)) return std::nullopt;
            Event probe;
            probe.fields = Fields{{"cpus", Fields::array()}, {"tasks", Fields::array()}};
            const Record record = parse_record(line.text);
            if (kind_by_words(record)) return line;
            if (!trim(record.message).empty() && Body(stall_row(), probe).take(record.message, 1)) return line;
            at = line.next;
        }
        return std::nullopt;
    }

    // The kind that words in the lines tell.
    std::optional<EventKind> read_lines(Strand& strand, std::uint64_t at, std::uint64_t number) const {
        std::optional<EventKind> told;
        for (int i = 0; i < most_lines && at < text_.size() && strand.open(); ++i, ++number) {
            const LineView line = line_from(text_, at);
            if (line.cut || openings_.in(line)) break;
            const Record record = parse_record(line.text);
            if (contains(record.message, "[ cut here ]") || strand.too_late(record)) break;
            if (!told) told = kind_by_words(record);
            if (strand.may_be_of_caller(record)) strand.take(record, number, line.next);
            at = line.next;
        }
        return told;
    }

    std::string_view text_;
    const LineIndex& index_;
    Openings openings_;
};

}  // namespace

std::optional<Event> add_headless_reports(std::string_view text, const LineIndex& index,
                                          std::span<const std::uint64_t> places,
                                          const std::vector<std::uint64_t>& starts, std::vector<Event>& events) {
    const HeadlessReader reader(text, index, places);
    std::vector<Event> found;
    std::optional<Event> leading_rest;
    std::uint64_t done = 0;
    for (const std::uint64_t start : starts) {
        if (start < done) continue;
        const bool covered = std::any_of(events.begin(), events.end(), [&](const Event& e) {
            return e.offset <= start && start < e.offset_last;
        });
        if (covered) continue;
        auto event = reader.read(start);
        if (!event) continue;
        if (!event->headline.empty()) {
            done = event->offset_last;
            found.push_back(std::move(*event));
        } else if (start == 0) {
            leading_rest = std::move(event);
        }
    }
    if (found.empty()) return leading_rest;
    for (Event& event : found) events.push_back(std::move(event));
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.offset < b.offset; });
    return leading_rest;
}

}  // namespace stallsight
