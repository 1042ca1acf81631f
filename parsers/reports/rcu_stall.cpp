// RCU CPU stall warnings: kernel/rcu/tree_stall.h and tree_exp.h (5.x, 6.x), kernel/rcu/tree.c and tree_plugin.h
// (3.x, 4.x), kernel/rcu/tasks.h.
#include <algorithm>

#include "parsers/reports/body.h"
#include "parsers/reports/kinds.h"
#include "parsers/reports/stall_cpu.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// "INFO: rcu_preempt detected stalls", "INFO: rcu_sched self-detected": the word after INFO: is the flavor.
std::string_view flavor_in(std::string_view text) {
    eat(text, "INFO: ");
    return eat_word(text);
}

// "... self-detected stall on CPU is a warning that": the kernel goes on with a number, a bracket or nothing.
bool goes_on_as_prose(std::string_view text) {
    const std::size_t cpu = text.find("self-detected stall on CPU ");
    if (cpu == std::string_view::npos) return false;
    const std::string_view rest =
        trim_left(text.substr(cpu + std::string_view("self-detected stall on CPU ").size()));
    return !rest.empty() && is_alpha(rest.front());
}

bool accept(const Header& header, Event& event) {
    std::string_view text = header.text;
    if (!usual_lead(header.lead)) return false;
    const bool self = contains(text, "self-detected stall on CPU");
    const bool others = contains(text, "detected stalls on CPUs/tasks") ||
                        contains(text, "detected stalls on tasks") || contains(text, "detected stall on CPU") ||
                        contains(text, "detected stalls on CPUs");
    const bool expedited = contains(text, "detected expedited stalls on CPUs/tasks");
    if ((!self && !others && !expedited) || goes_on_as_prose(text)) return false;
    set_headline(header, event);
    Fields& f = event.fields;
    f["flavor"] = flavor_in(text);
    f["self_detected"] = self;
    f["expedited"] = expedited;
    f["cpus"] = Fields::array();
    f["tasks"] = Fields::array();
    if (expedited || contains(text, "{")) {
        const std::size_t open = text.find('{');
        if (open != std::string_view::npos) read_expedited_list(text.substr(open + 1), event);
    }
    read_stall_totals(text, event);
    return true;
}

// "rcu_preempt kthread starved for 15268154 jiffies! g60521 f0x2 RCU_GP_WAIT_FQS(5) ->state=0x0 ->cpu=0"
bool read_starved(std::string_view message, Event& event) {
    std::string_view s = trim(message);
    eat(s, "rcu: ");
    const std::size_t at = s.find(" kthread starved for ");
    if (at == std::string_view::npos) return false;
    Fields starved = Fields::object();
    starved["kthread"] = s.substr(0, at);
    if (const auto n = number_after(s, "starved for ")) starved["jiffies"] = *n;
    for (const std::string_view word : split_blanks(s.substr(at))) {
        std::string_view w = word;
        if (eat(w, "g") && (is_digit(w.empty() ? 'x' : w[0]) || w.starts_with('-'))) {
            if (const auto g = eat_signed(w)) starved["grace_period"] = *g;
        } else if (word.starts_with("f0x")) {
            starved["flags"] = word.substr(1);
        } else if (word.starts_with("RCU_GP_") || word.starts_with("???")) {
            const std::size_t open = word.find('(');
            starved["state_name"] = word.substr(0, open);
            if (const auto n = number_after(word, "(")) starved["state_number"] = *n;
        } else if (word.starts_with("->state=")) {
            starved["task_state"] = word.substr(8);
        } else if (word.starts_with("->cpu=")) {
            if (const auto n = number_after(word, "->cpu=")) starved["cpu"] = *n;
        }
    }
    if (starved.contains("state_name")) {
        starved["words"] = grace_period_state_words(starved["state_name"].get<std::string>());
    }
    event.fields["starved"] = std::move(starved);
    return true;
}

// "rcu_preempt kthread timer wakeup didn't happen for 20999 jiffies! g1 f0x2 RCU_GP_WAIT_FQS(5) ->state=0x402"
bool read_timer(std::string_view message, Event& event) {
    if (!contains(message, "kthread timer wakeup didn't happen for ")) return false;
    Fields timer = Fields::object();
    if (const auto n = number_after(message, "didn't happen for ")) timer["jiffies"] = *n;
    timer["words"] = "the timer that should wake the grace-period kthread did not fire in time";
    event.fields["timer_wakeup"] = std::move(timer);
    return true;
}

bool line(std::string_view message, Event& event, Body& body) {
    if (read_starved(message, event) || read_timer(message, event)) return true;
    std::string_view s = trim(message);
    eat(s, "rcu: ");
    eat_blanks(s);
    if (read_stalled_cpu(s, event)) return true;
    if (read_stalled_tasks(s, event)) return true;
    if (s.starts_with('(') && read_stall_totals(s, event)) return true;
    if (s.starts_with("} ") && contains(s, " jiffies s: ")) return read_stall_totals(s, event);
    if (s.starts_with("All QSes seen, last ")) {
        event.fields["all_quiescent"] = true;
        event.fields["words"] = "all quiescent states were seen: the grace-period kthread itself did not go on";
        return true;
    }
    if (contains(s, "End of stall") || contains(s, "INFO: Stall ended before state dump start")) {
        event.fields["ended"] = true;
        return true;
    }
    if (s.starts_with("Possible timer handling issue on cpu=")) {
        if (const auto cpu = number_after(s, "cpu=")) event.fields["timer_cpu"] = *cpu;
        return true;
    }
    if (s.starts_with("Sending NMI from CPU") || s.starts_with("blocking rcu_node structures") ||
        s.starts_with("Unless ") || s.starts_with("Tasks blocked on level-") || s.starts_with("Offline CPU")) {
        body.close();
        return true;
    }
    return false;
}

bool is_stalled(const Fields& cpus, int cpu) {
    return std::any_of(cpus.begin(), cpus.end(), [&](const Fields& c) { return c.value("cpu", -1) == cpu; });
}

// The stack of a CPU that is stalled, not that of the CPU that noticed or of RCU's own kthread.
const Section* stalled_stack(const Event& event) {
    const auto& sections = event.sections;
    const auto named = [](const Section& s) {
        return std::any_of(s.frames.begin(), s.frames.end(),
                           [](const Frame& f) { return f.reliable && !f.function.empty(); });
    };
    const auto found = std::find_if(sections.begin(), sections.end(), [&](const Section& s) {
        const bool dump = s.kind == Section::Kind::nmi_backtrace || s.kind == Section::Kind::task_dump;
        return dump && s.cpu && is_stalled(event.fields["cpus"], *s.cpu) && named(s);
    });
    return found == sections.end() ? nullptr : &*found;
}

}  // namespace

ReportKind rcu_stall_kind() {
    return {.name = "rcu_stall",
            .kind = EventKind::rcu_stall,
            .patterns = {"INFO: rcu_", "INFO: rcu-", "INFO: srcu"},
            .accept = accept,
            .line = line,
            .main_stack = stalled_stack};
}

}  // namespace stallsight
