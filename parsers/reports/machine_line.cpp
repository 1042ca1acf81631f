#include "parsers/reports/machine_line.h"

#include <algorithm>
#include <array>

#include "parsers/prefix_table.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// A taint flag is a letter (kernel/panic.c, taint_flags) or a blank in its place.
bool is_taint_word(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<int> small_number(std::string_view s, std::string_view key) {
    const auto value = number_after(s, key);
    if (!value || *value > 0x7fffffff || *value < 0) return std::nullopt;
    return static_cast<int>(*value);
}

// "Comm: name with blanks Tainted:": the name ends where the taint begins.
std::string_view comm_in(std::string_view s, std::string_view key) {
    const std::size_t at = s.find(key);
    if (at == std::string_view::npos) return {};
    s = trim_left(s.substr(at + key.size()));
    const std::size_t end = std::min(s.find(" Tainted:"), s.find(" Not tainted"));
    if (end != std::string_view::npos) return trim(s.substr(0, end));
    return s.substr(0, s.find(' '));
}

// Register dumps: arch/*/kernel/process*.c, show_regs() and its kin.
constexpr auto register_lines = std::to_array<std::string_view>(
    {"RIP:",      "RIP ",      "EIP:",     "EIP is",   "RSP:",    "RAX:",  "RDX:", "RBP:",    "R10:",
     "R13:",      "FS:",       "GS:",      "CS:",      "CR2:",    "CR0:",  "DR0:", "DR3:",    "DR6:",
     "PKRU:",     "EAX:",      "ESI:",     "DS:",      "EFLAGS:", "ESP:",  "NIP:", "NIP [",   "LR [",
     "REGS:",     "MSR:",      "CFAR:",    "IRQMASK:", "GPR",     "CTR:",  "DAR:", "DEAR:",   "LR is at",
     "PC is at",  "pc :",      "pc:",      "lr :",     "lr:",     "sp :",  "sp:",  "x0 :",    "x2 :",
     "x3 :",      "x5 :",      "x6 :",     "x8 :",     "x9 :",    "x11:",  "x12:", "x14:",    "x15:",
     "x17:",      "x18:",      "x20:",     "x21:",     "x23:",    "x24:",  "x26:", "x27:",    "x29:",
     "x1 :",      "x4 :",      "x7 :",     "x10:",     "x13:",    "x16:",  "x19:", "x22:",    "x25:",
     "x28:",      "pstate:",   "psr:",     "r10:",     "r7 :",    "r3 :",  "r9 :", "r5 :",    "Flags:",
     "Control:",  "epc :",     "epc   :",  "ra    :",  "gp :",    "t2 :",  "s1 :", "status:", "Krnl PSW",
     "Krnl GPRS", "Krnl Code", "ORIG_RAX", "PGD ",     "Stack:",  "Stack "});

constexpr auto marker_lines = std::to_array<std::string_view>({"<IRQ>",
                                                               "</IRQ>",
                                                               "<TASK>",
                                                               "</TASK>",
                                                               "<NMI>",
                                                               "</NMI>",
                                                               "<EOI>",
                                                               "<EOE>",
                                                               "<#",
                                                               "</#",
                                                               "<UNK>",
                                                               "<SOFTIRQ>",
                                                               "---[ end",
                                                               "===",
                                                               "---",
                                                               "task:",
                                                               "pstore",
                                                               "Exception stack",
                                                               "Dumping ftrace",
                                                               "Backtrace:",
                                                               "Process ",
                                                               "swapper",
                                                               "Internal error",
                                                               "Modules",
                                                               "kernel: ",
                                                               "in_atomic",
                                                               "INFO: lockdep is turned off",
                                                               "irq event stamp",
                                                               "hardirqs last",
                                                               "softirqs last",
                                                               "Call ",
                                                               "Stopper:",
                                                               "Kernel panic",
                                                               "pgd = ",
                                                               "[fffffff",
                                                               "Mem abort info",
                                                               "Data abort info",
                                                               "ESR = ",
                                                               "Internal",
                                                               "user pgtable",
                                                               "swapper pgtable"});

// Words of memory: "1ac0: 80275518 802a0f18", "ffff8800b901f990 ffffffff835a8e78", with "........" where unmapped.
bool is_memory_dump(std::string_view s) {
    std::size_t words = 0;
    for (eat_blanks(s); !s.empty(); eat_blanks(s)) {
        std::string_view word = eat_word(s);
        if (words == 0 && word.ends_with(':')) word.remove_suffix(1);
        if (words == 0 && word.starts_with("Stack:")) continue;
        const bool plain = std::all_of(word.begin(), word.end(), [](char c) { return is_hex(c); });
        if (word.size() < 4 || word.size() > 16 || !plain) return false;
        ++words;
    }
    return words >= 2;
}

}  // namespace

bool is_cpu_line(std::string_view message) {
    return (contains(message, "CPU: ") && contains(message, " PID: ")) ||
           (contains(message, "Pid: ") && contains(message, ", comm: "));
}

void parse_taint(std::string_view text, std::string& taint, std::string& release) {
    std::string_view rest;
    if (const std::size_t at = text.find("Not tainted"); at != std::string_view::npos) {
        rest = text.substr(at + 11);
    } else if (const std::size_t tainted = text.find("Tainted: "); tainted != std::string_view::npos) {
        rest = text.substr(tainted + 9);
        std::string_view word;
        for (eat_blanks(rest); !rest.empty(); eat_blanks(rest)) {
            std::string_view next = rest;
            word = eat_word(next);
            std::string_view bare = word;
            while (!bare.empty() && (bare.back() == ',' || bare.back() == ')')) bare.remove_suffix(1);
            if (!is_taint_word(bare)) break;
            if (!taint.empty()) taint += ' ';
            taint += bare;
            rest = next;
            // "(5.4.72)" follows on ppc's REGS line
        }
    } else {
        return;
    }
    eat_blanks(rest);
    eat(rest, "(");
    std::string_view word = rest.substr(0, rest.find_first_of(" ),"));
    if (!word.empty() && is_digit(word.front()) && contains(word, ".")) release = std::string(word);
}

std::optional<Whereabouts> parse_cpu_line(std::string_view message) {
    Whereabouts where;
    std::string_view comm;
    if (contains(message, "CPU: ") && contains(message, " PID: ")) {
        where.cpu = small_number(message, "CPU: ");
        where.task.pid = small_number(message, " PID: ");
        comm = comm_in(message, "Comm: ");
    } else if (contains(message, "Pid: ") && contains(message, ", comm: ")) {
        where.task.pid = small_number(message, "Pid: ");
        comm = comm_in(message, ", comm: ");
    } else {
        return std::nullopt;
    }
    where.task.comm = std::string(comm);
    parse_taint(message, where.taint, where.release);
    return where;
}

std::vector<std::string> parse_modules(std::string_view list) {
    std::vector<std::string> modules;
    list = list.substr(0, list.find("[last unloaded"));
    for (std::string_view word : split_blanks(list)) {
        while (word.ends_with('.')) word.remove_suffix(1);
        if (!word.empty()) modules.emplace_back(word);
    }
    return modules;
}

MachineLine classify_machine_line(std::string_view message) {
    const std::string_view s = trim(message);
    if (s.starts_with("Modules linked in:")) return MachineLine::modules;
    if (s.starts_with("Hardware name:")) return MachineLine::hardware;
    if (s.starts_with("Workqueue: ")) return MachineLine::work;
    if (s.starts_with("Code:") || s.starts_with("Instruction dump:") || s.starts_with("Code starting with"))
        return MachineLine::code;
    static const PrefixTable<std::string_view> of_registers(register_lines);
    static const PrefixTable<std::string_view> of_markers(marker_lines);
    if (of_registers.find(s) != nullptr) return MachineLine::registers;
    if (of_markers.find(s) != nullptr) return MachineLine::marker;
    if (is_memory_dump(s) || (s.starts_with("Register r") && contains(s, " information:")))
        return MachineLine::registers;
    return MachineLine::none;
}

}  // namespace stallsight
