#include "parsers/reports/stall_cpu.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "parsers/text.h"

namespace stallsight {

namespace {

// print_cpu_stall_info() prints four marks behind the CPU, "." where all is well.
std::string flag_words(std::string_view flags) {
    std::string words;
    const auto say = [&](std::string_view what) {
        if (!words.empty()) words += ", ";
        words += what;
    };
    if (contains(flags, "O")) say("CPU is offline");
    if (contains(flags, "o")) say("CPU was not online when the grace period began");
    if (contains(flags, "N")) say("the next grace period will not wait for this CPU");
    if (contains(flags, "!")) say("the grace-period kthread has not got round to asking this CPU");
    const char last = flags.empty() ? '.' : flags.back();
    if (last == '0') say("interrupts seem to be off: it was asked by an interrupt in this grace period, in vain");
    if (last > '0' && last <= '9') say(std::string("interrupts seem to be off since ") + last + " grace periods");
    return words;
}

void add_sentence(std::string& text, std::string_view more) {
    if (more.empty()) return;
    if (!text.empty()) text += "; ";
    text += more;
}

// dynticks/nesting/nmi_nesting: print_cpu_stall_info(), rcu_dynticks_snap().
std::string idle_words(const Fields& idle) {
    const std::string nesting = idle.value("nesting", "");
    const std::string nmi = idle.value("nmi_nesting", "");
    std::string words;
    if (nesting == "0") {
        words = "idle or in user space as RCU sees it";
        if (nmi != "0" && nmi != "0x0") words += ", in an interrupt";
    } else if (!nesting.empty()) {
        words = "not idle";
        if (nmi == "0x4000000000000000" || nmi == "4611686018427387904")
            words += ", in kernel code outside of interrupts";
    }
    return words;
}

Fields read_idle(std::string_view value) {
    static constexpr std::array<const char*, 3> names = {"dynticks", "nesting", "nmi_nesting"};
    Fields idle = Fields::object();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::size_t slash = value.find('/');
        idle[names[i]] = value.substr(0, slash);
        if (slash == std::string_view::npos) break;
        value.remove_prefix(slash + 1);
    }
    return idle;
}

// What the parenthesis and the keys behind a CPU say.
void read_cpu_details(std::string_view s, Fields& cpu) {
    std::string words = flag_words(cpu.value("flags", ""));
    if (const auto n = number_after(s, "("); n && contains(s, "GPs behind)")) {
        cpu["gps_behind"] = *n;
        add_sentence(words, std::to_string(*n) + " grace periods behind");
    } else if (n && contains(s, "ticks this GP)")) {
        cpu["ticks_this_gp"] = *n;
        add_sentence(words, std::to_string(*n) + " scheduling-clock ticks in this grace period");
    }
    if (const std::string_view idle = word_after(s, "idle="); !idle.empty()) {
        cpu["idle"] = read_idle(idle);
        add_sentence(words, idle_words(cpu["idle"]));
    }
    std::string_view softirq = word_after(s, "softirq=");
    if (const auto a = eat_signed(softirq); a && eat(softirq, "/")) {
        if (const auto b = eat_signed(softirq)) {
            cpu["softirq"] = Fields::array({*a, *b});
            add_sentence(
                words, *a == *b ? "no RCU softirq has run since the grace period began" : "RCU softirqs still run");
        }
    }
    if (const auto n = number_after(s, "fqs=")) cpu["fqs"] = *n;
    if (contains(s, "rcuc=")) {
        if (const auto n = number_after(s, "rcuc=")) cpu["rcuc_jiffies"] = *n;
    }
    if (contains(s, "(false positive?)")) add_sentence(words, "the kernel itself suspects a false alarm");
    cpu["words"] = words;
}

bool is_flag(char c) {
    return c == '.' || c == '!' || c == '?' || c == 'O' || c == 'o' || c == 'N' || is_digit(c);
}

}  // namespace

bool read_stalled_cpu(std::string_view text, Event& event) {
    std::string_view s = text;
    const auto number = eat_number(s);
    if (!number || *number > 65535) return false;
    if (!event.fields.contains("cpus")) return false;
    std::string_view flags;
    if (eat(s, "-")) {
        std::size_t n = 0;
        while (n < s.size() && is_flag(s[n])) ++n;
        flags = s.substr(0, n);
        s.remove_prefix(n);
    }
    if (!eat(s, ":")) return false;
    if (!contains(s, "idle=") && !contains(s, "GP") && !contains(s, "ticks")) return false;
    Fields cpu = Fields::object();
    cpu["cpu"] = *number;
    if (!flags.empty()) cpu["flags"] = flags;
    // 3.x and 4.x put the totals of a self-detected stall behind the CPU: "0: (1 GPs behind) ... (t=21 jiffies)"
    read_cpu_details(s, cpu);
    event.fields["cpus"].push_back(std::move(cpu));
    if (const std::size_t totals = s.find("(t="); totals != std::string_view::npos) {
        read_stall_totals(s.substr(totals), event);
    }
    return true;
}

bool read_stalled_tasks(std::string_view text, Event& event) {
    if (!text.starts_with("Tasks blocked on level-") &&
        !(text.starts_with('P') && text.size() > 1 && is_digit(text[1]))) {
        return false;
    }
    for (std::string_view word :
         split_blanks(text.substr(text.starts_with('P') ? 0 : std::min(text.find("):") + 2, text.size())))) {
        if (word.size() > 1 && word[0] == 'P' && is_digit(word[1])) event.fields["tasks"].push_back(word);
    }
    return true;
}

void read_expedited_list(std::string_view text, Event& event) {
    for (std::string_view word : split_blanks(text.substr(0, text.find('}')))) {
        if (word[0] == 'P') {
            event.fields["tasks"].push_back(word);
            continue;
        }
        const std::string_view whole = word;
        const auto number = eat_number(word);
        if (!number || *number > 65535) continue;
        Fields cpu = Fields::object();
        cpu["cpu"] = *number;
        if (eat(word, "-")) cpu["flags"] = word;
        cpu["words"] = flag_words(word);
        if (!whole.empty()) event.fields["cpus"].push_back(std::move(cpu));
    }
    if (const std::size_t close = text.find('}'); close != std::string_view::npos) {
        read_stall_totals(text.substr(close), event);
    }
}

bool read_stall_totals(std::string_view text, Event& event) {
    Fields& f = event.fields;
    bool found = false;
    const auto put = [&](const char* key, std::optional<std::int64_t> value) {
        if (!value) return;
        f[key] = *value;
        found = true;
    };
    put("detected_by", number_after(text, "detected by "));
    if (contains(text, "detected by ") && f.contains("detected_by") &&
        f["detected_by"].get<std::int64_t>() <= 65535) {
        event.cpu = static_cast<int>(f["detected_by"].get<std::int64_t>());
    }
    put("jiffies", number_after(text, "t="));
    put("grace_period", number_after(text, " g="));
    put("completed", number_after(text, " c="));
    put("queued", number_after(text, " q="));
    put("ncpus", number_after(text, "ncpus="));
    if (contains(text, " jiffies s: ")) {
        std::string_view s = text;
        eat(s, "}");
        eat_blanks(s);
        if (const auto jiffies = eat_number(s)) f["jiffies"] = *jiffies;
        put("sequence", number_after(text, " s: "));
    }
    return found;
}

std::string grace_period_state_words(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> states = {{
        {"RCU_GP_IDLE", "no grace period is going on"},
        {"RCU_GP_WAIT_GPS", "waits for a request for a grace period"},
        {"RCU_GP_DONE_GPS", "was told to start a grace period"},
        {"RCU_GP_ONOFF", "initializes a grace period: CPU hotplug"},
        {"RCU_GP_INIT", "initializes a grace period"},
        {"RCU_GP_WAIT_FQS", "waits for the time to force quiescent states"},
        {"RCU_GP_DOING_FQS", "forces quiescent states"},
        {"RCU_GP_CLEANUP", "cleans up after a grace period"},
        {"RCU_GP_CLEANED", "has cleaned up after a grace period"},
    }};
    for (const auto& [state, words] : states) {
        if (state == name) return std::string(words);
    }
    return {};
}

}  // namespace stallsight
