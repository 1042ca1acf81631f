#include "analysis/chain/preempt_count.h"

#include "analysis/chain/count_layout.h"

namespace stallsight {

namespace {

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
    if (c.softirq_alike) return "bottom halves off, or softirq";
    if (c.serving_softirq) return "softirq";
    if (c.softirq_disabled > 0) return "process context, bottom halves off";
    if (c.preempt > 0) return "process context, preemption off";
    return "process context, preemptible";
}

}  // namespace

PreemptCount decode_preempt_count(std::uint32_t raw, const std::string& release, std::string_view arch) {
    const CountLayout layout = count_layout(release, arch);
    const auto field = [&](unsigned shift, unsigned bits) {
        return static_cast<int>(raw >> shift & ((1U << bits) - 1));
    };
    PreemptCount c;
    c.raw = raw;
    c.preempt = field(0, 8);
    c.softirq = field(8, 8);
    c.softirq_alike = c.softirq > 0 && layout.bottom_halves_off == softirq_offset;
    c.serving_softirq = !c.softirq_alike && (raw & softirq_offset) != 0;
    c.softirq_disabled = c.softirq_alike ? c.softirq : c.softirq / 2;
    c.hardirq = field(16, layout.hardirq_bits);
    c.nmi = field(16 + layout.hardirq_bits, layout.nmi_bits);
    c.preempt_active = (raw & layout.preempt_active) != 0;
    if (const auto value = below_zero(raw)) {
        c.negative = true;
        c.value = *value;
        c.preempt_active = false;
    } else {
        c.value = static_cast<int>(raw & ~layout.preempt_active & 0x7fffffffU);
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
    const std::string off = c.softirq_alike ? "bottom halves off, or a softirq served, " : "bottom halves off ";
    if (c.softirq_disabled == 1) add(off + "once");
    if (c.softirq_disabled > 1) add(off + std::to_string(c.softirq_disabled) + " times");
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
