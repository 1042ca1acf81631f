#include "analysis/chain/preempt_count.h"

namespace stallsight {

namespace {

// A count that went below zero shows as a number near the top of its field: -511 is 0xfffffe01 on ppc64 and
// 0x7ffffe01 on x86, where the top bit is PREEMPT_NEED_RESCHED.
bool underflowed(std::uint32_t raw) {
    return (raw & 0x7ff00000U) == 0x7ff00000U || (raw & 0xff00U) == 0xfe00U;
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

PreemptCount decode_preempt_count(std::uint32_t raw) {
    PreemptCount c;
    c.raw = raw;
    c.preempt = static_cast<int>(raw & 0xffU);
    c.softirq = static_cast<int>(raw >> 8U & 0xffU);
    c.serving_softirq = (raw & softirq_offset) != 0;
    c.softirq_disabled = c.softirq / 2;
    c.hardirq = static_cast<int>(raw >> 16U & 0xfU);
    c.nmi = static_cast<int>(raw >> 20U & 0xfU);
    c.negative = underflowed(raw);
    c.context = context_of(c);
    return c;
}

std::string preempt_words(const PreemptCount& c) {
    if (c.negative) return "below zero: unlocked more often than locked";
    std::string out;
    auto add = [&](const std::string& part) { out += (out.empty() ? "" : " + ") + part; };
    if (c.nmi > 0) add("in NMI");
    if (c.hardirq > 0) add("in a hard interrupt");
    if (c.serving_softirq) add("serving a softirq");
    if (c.softirq_disabled == 1) add("bottom halves off once");
    if (c.softirq_disabled > 1) add("bottom halves off " + std::to_string(c.softirq_disabled) + " times");
    if (c.preempt > 0)
        add(out.empty() ? "preemption off " + std::to_string(c.preempt) + "-fold" : std::to_string(c.preempt));
    return out.empty() ? "preemptible" : out;
}

}  // namespace stallsight
