#include "parsers/reports/facts.h"

#include "parsers/text.h"

namespace stallsight {

const std::vector<std::string_view>& fact_literals() {
    static const std::vector<std::string_view> literals = {
        "Linux version ",                  // init/main.c
        "ommand line: ",                   // init/main.c, arch/x86/kernel/setup.c
        "Kernel Offset: ",                 // arch/x86/kernel/setup.c, at a panic
        ": version magic '",               // kernel/module/main.c: "f: version magic 'A' should be 'B'"
        "scheduler-enlistment delay is ",  // kernel/rcu/tree.c, rcu_init_geometry()
        "INFO: Stall ended before state dump start",
        "End of stall",
        "sched_clock: ",                 // kernel/time/sched_clock.c: "64 bits at 25MHz, resolution 40ns"
        "clocksource: jiffies: mask: ",  // kernel/time/clocksource.c
        " BogoMIPS (lpj=",               // init/calibrate.c: lpj and BogoMIPS give HZ
    };
    return literals;
}

std::optional<Fact> read_fact(const Record& record, std::string_view at) {
    Fact fact;
    fact.time = record.time;
    const std::string_view message = trim(record.message);
    if (at.starts_with("Linux version ")) {
        if (at.data() != message.data()) return std::nullopt;  // quoted by a program
        fact.kind = Fact::Kind::banner;
        fact.text = std::string(trim(at.substr(14)));
    } else if (at.starts_with("ommand line: ")) {
        if (!message.starts_with("Command line: ") && !message.starts_with("Kernel command line: "))
            return std::nullopt;
        fact.kind = Fact::Kind::command_line;
        fact.text = std::string(trim(at.substr(13)));
    } else if (at.starts_with("Kernel Offset: ")) {
        fact.kind = Fact::Kind::kernel_offset;
        fact.text = std::string(trim(at.substr(15)));
    } else if (at.starts_with(": version magic '")) {
        fact.kind = Fact::Kind::vermagic;
        fact.text = std::string(between(at, " should be '", "'"));
        if (fact.text.empty()) return std::nullopt;
    } else if (at.starts_with("scheduler-enlistment")) {
        const auto jiffies = number_after(at, "delay is ");
        if (!jiffies) return std::nullopt;
        fact.kind = Fact::Kind::hz;
        fact.text = "enlistment=" + std::to_string(*jiffies);
    } else if (at.starts_with(" BogoMIPS")) {
        const auto lpj = number_after(at, "lpj=");
        const std::size_t number = message.find("... ");
        if (!lpj || number == std::string_view::npos) return std::nullopt;
        fact.kind = Fact::Kind::hz;
        fact.text =
            "lpj=" + std::to_string(*lpj) + " bogomips=" + std::string(eat_word(at = message.substr(number + 4)));
    } else if (at.starts_with("clocksource: jiffies")) {
        const std::size_t idle = at.find("max_idle_ns: ");
        if (idle == std::string_view::npos) return std::nullopt;
        fact.kind = Fact::Kind::hz;
        fact.text = "max_idle_ns=" + std::string(eat_word(at = at.substr(idle + 13)));
    } else if (at.starts_with("INFO: Stall ended") || at.starts_with("End of stall")) {
        fact.kind = Fact::Kind::stall_ended;
        fact.text = std::string(message);
    } else {
        fact.kind = Fact::Kind::other;
        fact.text = std::string(message);
    }
    return fact;
}

}  // namespace stallsight
