// preempt_count's fields against the masks that the kernel's own headers give, by version and architecture.
#include "analysis/chain/preempt_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/chain/chain.h"
#include "analysis/chain/count_layout.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

struct Masks {
    const char* release;
    const char* arch;
    std::uint32_t hardirq, nmi, preempt_active;  // HARDIRQ_MASK, NMI_MASK, PREEMPT_ACTIVE as the headers have them
};

// include/linux/hardirq.h: "HARDIRQ_MASK: 0x03ff0000, NMI_MASK: 0x04000000", with HARDIRQ_BITS of asm/hardirq.h and
// PREEMPT_ACTIVE of asm/thread_info.h; preempt_mask.h (3.14): 0x000f0000, 0x00100000, 0x00200000; preempt.h (5.8):
// 0x000f0000, 0x00f00000.
constexpr Masks headers[] = {
    {"2.6.32-5-amd64", "x86_64", 0x03ff0000, 0x04000000, 0x10000000},
    {"3.8.13", "x86_64", 0x03ff0000, 0x04000000, 0x10000000},
    {"3.8.13", "ppc64", 0x03ff0000, 0x04000000, 0x10000000},
    {"3.6.0", "mips", 0x03ff0000, 0x04000000, 0x10000000},
    {"3.4.0", "parisc64", 0x03ff0000, 0x04000000, 0x10000000},
    {"3.8.13", "arm", 0x03ff0000, 0, 0x40000000},
    {"3.10.0", "arm64", 0x03ff0000, 0x04000000, 0x40000000},
    {"3.4.0", "alpha", 0x03ff0000, 0x04000000, 0x40000000},
    {"3.6.0", "ia64", 0x03ff0000, 0x04000000, 0x40000000},
    {"3.6.0", "s390x", 0x00ff0000, 0x01000000, 0x04000000},
    {"3.6.0", "m68k", 0x00ff0000, 0x01000000, 0x04000000},
    {"3.4.0", "sparc", 0x00ff0000, 0x01000000, 0x04000000},
    {"3.4.0", "sparc64", 0x00ff0000, 0x01000000, 0x10000000},
    {"3.13.11", "x86_64", 0x03ff0000, 0x04000000, 0x08000000},
    {"3.13.11", "s390x", 0x00ff0000, 0x01000000, 0x02000000},
    {"3.14.4", "x86_64", 0x000f0000, 0x00100000, 0x00200000},
    {"3.16.0-4", "s390x", 0x000f0000, 0x00100000, 0x00200000},
    {"4.3.6", "", 0x000f0000, 0x00100000, 0x00200000},
    {"4.4.0", "", 0x000f0000, 0x00100000, 0},
    {"5.4.72", "ppc64", 0x000f0000, 0x00100000, 0},
    {"5.8.0", "", 0x000f0000, 0x00f00000, 0},
    {"6.1.0-13-amd64", "x86_64", 0x000f0000, 0x00f00000, 0},
    {"", "", 0x000f0000, 0x00f00000, 0},
};

std::uint32_t lowest_bit(std::uint32_t mask) {
    return mask & (~mask + 1);
}

TEST(PreemptCount, FieldsAreWhereTheHeadersPutThem) {
    for (const Masks& of : headers) {
        SCOPED_TRACE(std::string(of.release) + " " + of.arch);
        const PreemptCount hard = decode_preempt_count(of.hardirq, of.release, of.arch);
        EXPECT_EQ(hard.hardirq, static_cast<int>(of.hardirq >> 16U));
        EXPECT_EQ(hard.nmi, 0);
        EXPECT_FALSE(hard.preempt_active);
        if (of.nmi != 0) {
            const PreemptCount nmi = decode_preempt_count(lowest_bit(of.nmi), of.release, of.arch);
            EXPECT_EQ(nmi.nmi, 1);
            EXPECT_EQ(nmi.hardirq, 0);
            EXPECT_EQ(nmi.context, "NMI");
            EXPECT_FALSE(decode_preempt_count(of.hardirq | of.nmi, of.release, of.arch).preempt_active);
        }
        const PreemptCount active = decode_preempt_count(of.preempt_active | 2, of.release, of.arch);
        EXPECT_EQ(active.preempt_active, of.preempt_active != 0);
        EXPECT_EQ(active.value, 2);
        EXPECT_EQ(active.hardirq + active.nmi, 0);
    }
}

// What is PREEMPT_ACTIVE on one is an NMI, or nothing, on the other.
TEST(PreemptCount, OneNumberIsReadByItsArchitecture) {
    EXPECT_EQ(decode_preempt_count(0x04000000, "3.6.0", "x86_64").nmi, 1);
    EXPECT_TRUE(decode_preempt_count(0x04000000, "3.6.0", "s390x").preempt_active);
    EXPECT_FALSE(decode_preempt_count(0x40000001, "3.6.0", "x86_64").preempt_active);
    EXPECT_TRUE(decode_preempt_count(0x40000001, "3.6.0", "arm").preempt_active);
    for (const std::uint32_t either : {0x10000002U, 0x40000002U})
        EXPECT_TRUE(decode_preempt_count(either, "3.6.0").preempt_active) << "the architecture is not known";
}

// kernel/softirq.c before 2.6.37: local_bh_disable() adds SOFTIRQ_OFFSET, as __do_softirq() does.
TEST(PreemptCount, OldKernelsDoNotTellASoftirqFromBottomHalvesOff) {
    const PreemptCount old = decode_preempt_count(0x00000100, "2.6.32-5-amd64", "x86_64");
    EXPECT_FALSE(old.serving_softirq);
    EXPECT_EQ(old.softirq_disabled, 1);
    EXPECT_THAT(preempt_words(old), HasSubstr("or a softirq served, once"));
    EXPECT_EQ(old.context, "bottom halves off, or softirq");
    EXPECT_TRUE(decode_preempt_count(0x00000100, "2.6.37", "x86_64").serving_softirq);
    EXPECT_EQ(decode_preempt_count(0x00000200, "3.2.0", "x86_64").softirq_disabled, 1);
    EXPECT_FALSE(decode_preempt_count(0x00000002, "2.6.32", "x86_64").softirq_alike);
}

TEST(PreemptCount, EveryLayoutNamesItsHeader) {
    for (const Masks& of : headers)
        EXPECT_THAT(std::string(count_layout(of.release, of.arch).source), HasSubstr(".h"));
}

EventInfo slept(std::uint32_t count, const char* caller) {
    EventInfo event;
    event.report.kind = EventKind::atomic_sleep;
    event.report.fields = Fields{{"subtype", "scheduling_while_atomic"}};
    event.report.preempt_count = count;
    for (const char* function : {"__schedule_bug", "schedule", "schedule_timeout", "drv_poll", caller, "kthread"}) {
        Frame frame;
        frame.function = function;
        event.report.frames.push_back(frame);
    }
    event.guilty.frame = 3;
    event.guilty.function = "drv_poll";
    return event;
}

// "BUG: scheduling while atomic: swapper/0/0/0x10000100": a kernel without CONFIG_PREEMPT_COUNT, where schedule()
// and spin locks add nothing.
TEST(PreemptCount, WithoutPreemptCountTheSchedulerAddsNothing) {
    const auto chain =
        build_chain(slept(0x10000100, "__do_softirq"), {{}, "3.10.0-1160.el7", {}, "x86_64", false, {}});
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->by_scheduler, 0);
    EXPECT_EQ(chain->unexplained, 0) << chain->contradiction;
    EXPECT_FALSE(chain->contradictory) << chain->contradiction;
    EXPECT_EQ(chain->disabled_at.function, "__do_softirq");
}

TEST(PreemptCount, BottomHalvesOffAddAsMuchAsThisKernelHasThere) {
    for (const auto& [release, count] : {std::pair("2.6.32", 0x102U), std::pair("3.2.0", 0x202U)}) {
        const auto chain =
            build_chain(slept(count, "__local_bh_disable_ip"), {{}, release, {}, "x86_64", false, {}});
        ASSERT_TRUE(chain);
        EXPECT_EQ(chain->unexplained, 1) << release << ": a lock that no frame shows";
        EXPECT_FALSE(chain->contradictory) << release << " " << chain->contradiction;
    }
}

}  // namespace
}  // namespace stallsight
