#include "analysis/chain/count_checks.h"

#include <nlohmann/json.hpp>

#include "analysis/words.h"
#include "parsers/reports/flag_registers.h"

namespace stallsight {

namespace {

std::optional<std::int64_t> number(const Fields& fields, const char* key) {
    const auto it = fields.find(key);
    if (it == fields.end() || !it->is_number_integer()) return std::nullopt;
    return it->get<std::int64_t>();
}

class Checker {
public:
    Checker(const Fields& fields, const std::optional<PreemptCount>& count) : fields_(fields), count_(count) {}

    // kernel/sched/core.c: __might_resched()
    void atomic_sleep() {
        const auto in_atomic = number(fields_, "in_atomic");
        const auto irqs_disabled = number(fields_, "irqs_disabled");
        if (in_atomic && !count_)
            add("in_atomic(): " + std::to_string(*in_atomic), true,
                *in_atomic != 0 ? "the count is not zero; this kernel does not print it"
                                : "the count is zero: something else forbids the sleep");
        if (in_atomic && count_) {
            const bool atomic = count_->value != 0;
            add("in_atomic(): " + std::to_string(*in_atomic), (*in_atomic != 0) == atomic,
                atomic ? "the count is not zero" : "the count is zero");
        }
        if (irqs_disabled && *irqs_disabled != 0) add("irqs_disabled(): 1", true, "interrupts are off as well");
        if (const auto depth = number(fields_, "rcu_nest_depth"); depth && *depth > 0)
            add("RCU nest depth: " + std::to_string(*depth), true, "inside rcu_read_lock()");
        const auto expected = number(fields_, "expected");
        if (!expected || !count_ || !in_atomic) return;
        const bool forbidden = count_->value != *expected || irqs_disabled.value_or(1) != 0 ||
                               number(fields_, "non_block").value_or(0) != 0 ||
                               number(fields_, "rcu_nest_depth") != number(fields_, "rcu_nest_depth_expected");
        add("expected: " + hex(static_cast<unsigned long long>(*expected)), forbidden,
            forbidden ? "the rest is what forbids the sleep" : "nothing in the report forbids the sleep");
    }

    // schedule() itself adds 1, so that a count of 1 or less is no reason for the report.
    void scheduled() {
        if (count_ && !count_->negative && count_->value <= 1)
            add("scheduling while atomic", false,
                "a count of " + std::to_string(count_->value) + " is no more than schedule() itself adds");
    }

    void registers(std::string_view text) {
        const auto flag = interrupt_flag(text);
        if (!flag) return;
        const auto irqs_disabled = number(fields_, "irqs_disabled");
        const bool agrees = !irqs_disabled || (*irqs_disabled == 0) == flag->on;
        const bool now_only = !flag->on && took_interrupts_.value_or(false);
        add(flag->printed, agrees,
            flag->on   ? "interrupts are on"
            : now_only ? "at this instruction interrupts are off"
                       : "interrupts are off");
    }

    // kernel/rcu/tree_stall.h: print_cpu_stall_info(), since 4.17: RCU has sent each stalled CPU some work that an
    // interrupt brings. '.': it was done; a digit: it was not.
    void stalled_cpus() {
        const auto cpus = fields_.find("cpus");
        if (cpus == fields_.end() || !cpus->is_array()) return;
        for (const auto& cpu : *cpus) {
            const std::string flags = cpu.value("flags", "");
            if (flags.size() != 4 || (flags[3] != '.' && (flags[3] < '0' || flags[3] > '9'))) continue;
            const bool took = flags[3] == '.';
            took_interrupts_ = took_interrupts_.value_or(true) && took;
            add(std::to_string(cpu.value("cpu", 0)) + "-" + flags, true,
                took ? "the CPU took interrupts meanwhile: it did the work that RCU sent it by one"
                     : "interrupts are off: the work that RCU sent by one is not done yet");
        }
    }

    std::vector<CountCheck> take() { return std::move(out_); }

private:
    void add(std::string says, bool agrees, std::string words) {
        out_.push_back({std::move(says), agrees, std::move(words)});
    }

    const Fields& fields_;
    const std::optional<PreemptCount>& count_;
    std::vector<CountCheck> out_;
    std::optional<bool> took_interrupts_;  // all stalled CPUs did, as RCU saw it
};

}  // namespace

std::vector<CountCheck> check_count(const Event& report, const std::optional<PreemptCount>& count,
                                    std::string_view text) {
    Checker checker(report.fields, count);
    if (report.kind == EventKind::atomic_sleep) {
        checker.atomic_sleep();
        if (report.fields.value("subtype", "") == "scheduling_while_atomic") checker.scheduled();
    }
    if (report.kind == EventKind::rcu_stall) checker.stalled_cpus();
    checker.registers(text);
    return checker.take();
}

}  // namespace stallsight
