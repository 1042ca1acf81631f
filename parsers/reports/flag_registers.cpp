#include "parsers/reports/flag_registers.h"

#include <charconv>

namespace stallsight {

namespace {

struct Found {
    std::string_view digits;
    std::uint64_t value = 0;
};

// The hexadecimal number behind the first `key` at or behind `from`.
std::optional<Found> register_after(std::string_view text, std::string_view key, std::size_t from = 0) {
    std::size_t at = text.find(key, from);
    if (at == std::string_view::npos) return std::nullopt;
    at = text.find_first_not_of(' ', at + key.size());
    if (at == std::string_view::npos) return std::nullopt;
    Found found;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), found.value, 16);
    if (error != std::errc()) return std::nullopt;
    found.digits = std::string_view(begin, static_cast<std::size_t>(end - begin));
    return found;
}

// arch/x86/kernel/process_64.c: "RIP: 0010:f+0x0/0x0", "RSP: 0018:... EFLAGS: 00000246"; a user's RIP has 0033.
std::optional<InterruptFlag> x86(std::string_view report) {
    constexpr std::uint64_t interrupt_enable = 0x200;
    const std::size_t kernel = report.find("RIP: 0010:");
    const auto flags = kernel == std::string_view::npos ? std::nullopt : register_after(report, "EFLAGS:", kernel);
    if (!flags) return std::nullopt;
    return InterruptFlag{(flags->value & interrupt_enable) != 0, "EFLAGS: " + std::string(flags->digits)};
}

// arch/powerpc/kernel/process.c: "MSR:  000000008202b002 <VEC,CE,EE,FP,ME>", and on 64 bits "IRQMASK: 0".
std::optional<InterruptFlag> powerpc(std::string_view report) {
    constexpr std::uint64_t external_enable = 0x8000, problem_state = 0x4000;
    const auto msr = register_after(report, "MSR:");
    if (!msr || (msr->value & problem_state) != 0) return std::nullopt;
    if (const auto mask = register_after(report, "IRQMASK:"))
        return InterruptFlag{mask->value == 0, "IRQMASK: " + std::string(mask->digits)};
    return InterruptFlag{(msr->value & external_enable) != 0, "MSR[EE] of " + std::string(msr->digits)};
}

}  // namespace

std::optional<InterruptFlag> interrupt_flag(std::string_view report) {
    if (auto flag = x86(report)) return flag;
    return powerpc(report);
}

}  // namespace stallsight
