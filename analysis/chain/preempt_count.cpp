#include "analysis/chain/preempt_count.h"

#include <array>
#include <charconv>
#include <tuple>

namespace stallsight {

namespace {

// Bits 0-7 count preempt_disable(), 8-15 softirqs; hard interrupts begin at bit 16 and NMIs follow them.
struct Layout {
    int major, minor;  // the first version that has it
    unsigned hardirq_bits, nmi_bits;
    std::uint32_t preempt_active;
    std::string_view source;
};
constexpr std::array layouts = {
    // PREEMPT_ACTIVE was the architecture's: bit 28 on x86, powerpc and mips, bit 30 on arm and arm64.
    Layout{0, 0, 10, 1, 0x50000000, "include/linux/hardirq.h (2.6.32 to 3.12), arch/*/include/asm/thread_info.h"},
    Layout{3, 13, 10, 1, 0x08000000, "include/linux/preempt_mask.h (3.13): the same bit everywhere"},
    Layout{3, 14, 4, 1, 0x00200000, "include/linux/preempt_mask.h (3.14 to 4.1), preempt.h (4.2, 4.3)"},
    Layout{4, 4, 4, 1, 0, "include/linux/preempt.h (4.4): PREEMPT_ACTIVE is gone"},
    Layout{5, 8, 4, 4, 0, "include/linux/preempt.h (5.8): NMIs may nest"},
};

const Layout& layout_of(const std::string& release) {
    int major = 0;
    int minor = 0;
    const char* end = release.data() + release.size();
    const auto first = std::from_chars(release.data(), end, major);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return layouts.back();
    if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc()) return layouts.back();
    const Layout* found = &layouts.front();
    for (const Layout& layout : layouts)
        if (std::tie(layout.major, layout.minor) <= std::tie(major, minor)) found = &layout;
    return *found;
}

// A count that went below zero shows as a number near the top of its field: -511 is 0xfffffe01 on ppc64 and
// 0x7ffffe01 on x86 (since 3.13) and s390 (since 4.10), whose top bit is PREEMPT_NEED_RESCHED, inverted, which
// preempt_count() masks out (arch/x86/include/asm/preempt.h); there HARDIRQ_OFFSET more makes it
// 0x0000fe01.
std::optional<int> below_zero(std::uint32_t raw) {
    if ((raw & 0x7ff00000U) == 0x7ff00000U) return static_cast<int>(raw | 0x80000000U);
    if ((raw & 0xff00U) == 0xfe00U) return static_cast<std::int16_t>(raw & 0xffffU);
    return std::nullopt;
}

std::string context_of(const PreemptCount& c) {
    if (c.negative) return "underflow: an earlier imbalance";
    if (c.nmi > 0) return "NMI";
    if (c.hardirq > 0) return "hard interrupt";
    if (c.serving_softirq) return "softirq";
    if (c.softirq_disabled > 0) return "process context, bottom halves off";
    if (c.preempt > 0) return "process context, preemption off";
    return "process context, preemptible";
}

}  // namespace

PreemptCount decode_preempt_count(std::uint32_t raw, const std::string& release) {
    const Layout& layout = layout_of(release);
    const auto field = [&](unsigned shift, unsigned bits) {
        return static_cast<int>(raw >> shift & ((1U << bits) - 1));
    };
    PreemptCount c;
    c.raw = raw;
    c.preempt = field(0, 8);
    c.softirq = field(8, 8);
    c.serving_softirq = (raw & softirq_offset) != 0;
    c.softirq_disabled = c.softirq / 2;
    c.hardirq = field(16, layout.hardirq_bits);
    c.nmi = field(16 + layout.hardirq_bits, layout.nmi_bits);
    c.preempt_active = (raw & layout.preempt_active) != 0;
    if (const auto value = below_zero(raw)) {
        c.negative = true;
        c.value = *value;
        c.preempt_active = false;
    } else {
        c.value = static_cast<int>(raw & 0x7fffffffU);
    }
    c.context = context_of(c);
    return c;
}

std::string preempt_words(const PreemptCount& c) {
    if (c.negative) return std::to_string(c.value) + ", below zero: unlocked more often than locked";
    std::string out;
    auto add = [&](const std::string& part) { out += (out.empty() ? "" : " + ") + part; };
    if (c.preempt_active) add("being preempted (PREEMPT_ACTIVE)");
    if (c.nmi > 0) add("in NMI");
    if (c.hardirq > 0) add("in a hard interrupt");
    if (c.serving_softirq) add("serving a softirq");
    if (c.softirq_disabled == 1) add("bottom halves off once");
    if (c.softirq_disabled > 1) add("bottom halves off " + std::to_string(c.softirq_disabled) + " times");
    if (c.preempt > 0 && !out.empty()) add(std::to_string(c.preempt));
    if (c.preempt > 0 && out.empty())
        add(c.preempt == 1 ? "preemption off once" : "preemption off " + std::to_string(c.preempt) + " times");
    return out.empty() ? "preemptible" : out;
}

bool is_realtime(const std::string& text) {
    return text.find("PREEMPT_RT") != std::string::npos || text.find("PREEMPT RT") != std::string::npos ||
           text.find("-rt") != std::string::npos;
}

}  // namespace stallsight
