#include "analysis/stalls/sighting.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/stalls/samples.h"

namespace stallsight {

namespace {

std::optional<double> number(const Fields& fields, const char* key) {
    const auto it = fields.find(key);
    if (it == fields.end() || !it->is_number()) return std::nullopt;
    return it->get<double>();
}

void begin(Sighting& sighting, Window window, double likely) {
    sighting.start = window;
    sighting.start_s = likely;
}

// kernel/rcu/tree_stall.h: t= counts jiffies since the grace period began, and the next warning of it is due after
// three times the time-out (jiffies_stall = jiffies + 3 * rcu_jiffies_till_stall_check() + 3).
void rcu(Sighting& sighting, std::optional<int> hz, std::optional<int> timeout_s) {
    const Fields& fields = sighting.event->report.fields;
    sighting.flavor = fields.value("flavor", std::string(headless_flavor));
    if (const auto gp = number(fields, "grace_period")) sighting.grace_period = static_cast<std::int64_t>(*gp);
    sighting.at_s = number(fields, "jiffies_time_s").value_or(sighting.at_s);
    const auto jiffies = number(fields, "jiffies");
    if (!hz || !jiffies) return;
    const double lasted_s = *jiffies / *hz;
    begin(sighting, {sighting.at_s - lasted_s, sighting.at_s - lasted_s}, sighting.at_s - lasted_s);
    // Without the time-out: the first warning comes when it is over. A log that begins in the middle of a stall has
    // a later one, whose t= says nothing about it.
    constexpr double longest_timeout_s = 300;  // the kernel takes no larger one
    const double timeout = timeout_s                       ? static_cast<double>(*timeout_s)
                           : lasted_s <= longest_timeout_s ? lasted_s
                                                           : usual_stall_timeout_s;
    constexpr double tick_s = 1;  // the check is made at the next tick or scan of the stalled CPU
    sighting.due_s = sighting.at_s + 3 * timeout + 3.0 / *hz + tick_s;
}

// kernel/watchdog.c: the clock of "stuck for 23s" is running_clock() >> 30, so that its seconds are 2^30 ns, and
// both ends are cut off. The stuck CPU was seen alive up to one sample period (2 * watchdog_thresh / 5 s) before it
// stuck, and is reported again after the threshold that the first report waited for (since 5.13; older ones once).
void soft_lockup(Sighting& sighting) {
    const auto stuck = number(sighting.event->report.fields, "stuck_s");
    sighting.flavor = "soft_lockup";
    if (!stuck) return;
    constexpr double second = 1.073741824;  // 2^30 ns
    const double sample_s = *stuck / 5;
    const double since = sighting.at_s - *stuck * second;
    begin(sighting, {since - second, since + second + sample_s}, since);
    sighting.due_s = sighting.at_s + (*stuck + 1) * second + 2 * sample_s;
}

// kernel/hung_task.c: "blocked for more than 10 seconds" counts from the check that first saw the task blocked (or
// prints the time-out, before 5.14); the task had blocked since the check before that.
void hung_task(Sighting& sighting) {
    const auto blocked = number(sighting.event->report.fields, "blocked_s");
    sighting.flavor = "hung_task";
    if (!blocked) return;
    const double since = sighting.at_s - *blocked;
    begin(sighting, {since - *blocked - 1, since}, since);
    sighting.due_s = sighting.at_s + *blocked + 1;
}

// kernel/workqueue.c: "stuck for 43s" counts from the pool's last progress; checked every wq_watchdog_thresh.
void workqueue(Sighting& sighting) {
    const auto stuck = number(sighting.event->report.fields, "stuck_s");
    sighting.flavor = "workqueue";
    if (!stuck) return;
    constexpr double usual_threshold_s = 30;
    begin(sighting, {sighting.at_s - *stuck - 1, sighting.at_s - *stuck}, sighting.at_s - *stuck);
    sighting.due_s = sighting.at_s + usual_threshold_s + 1;
}

// arch/powerpc/kernel/watchdog.c says when the last heartbeat was. kernel/watchdog_hld.c (perf): an NMI comes every
// watchdog_thresh, 10 s unless set, but not before four fifths of it have passed; in between, the CPU's timer,
// which is due every 2/5 of it, was not seen once.
void hard_lockup(Sighting& sighting) {
    sighting.flavor = "hard_lockup";
    if (const auto heartbeat_ms = number(sighting.event->report.fields, "last_heartbeat_ms")) {
        const double since = sighting.at_s - *heartbeat_ms / 1000;
        return begin(sighting, {since, since}, since);
    }
    constexpr double usual_thresh_s = 10, timer_s = usual_thresh_s * 2 / 5, least_s = usual_thresh_s * 4 / 5;
    begin(sighting, {sighting.at_s - usual_thresh_s - timer_s, sighting.at_s - least_s + timer_s},
          sighting.at_s - usual_thresh_s);
    sighting.start_basis = "the watchdog saw no timer for watchdog_thresh, which is 10 s unless set";
}

}  // namespace

std::optional<Sighting> sighting_of(const EventInfo& event, std::optional<int> hz, std::optional<int> timeout_s) {
    if (!event.report.time) return std::nullopt;
    Sighting sighting;
    sighting.event = &event;
    sighting.at_s = seconds(*event.report.time);
    switch (event.report.kind) {
        case EventKind::rcu_stall:
            rcu(sighting, hz, timeout_s);
            break;
        case EventKind::soft_lockup:
            soft_lockup(sighting);
            break;
        case EventKind::hard_lockup:
            hard_lockup(sighting);
            break;
        case EventKind::hung_task:
            hung_task(sighting);
            break;
        case EventKind::workqueue_lockup:
            workqueue(sighting);
            break;
        default:
            return std::nullopt;
    }
    return sighting;
}

}  // namespace stallsight
