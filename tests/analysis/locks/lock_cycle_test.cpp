#include "analysis/locks/lock_cycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analysis/report/svg.h"
#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

EventInfo report_of(const std::string& text) {
    EventInfo event;
    event.report = scan_log(text).events.at(0);
    return event;
}

// As kernel/locking/lockdep.c prints it: A is wanted under C, and C was taken under B, B under A before.
const std::string circular =
    "[  100.000000] WARNING: possible circular locking dependency detected\n"
    "[  100.000000] 6.1.0 #1 Not tainted\n"
    "[  100.000000] hwa/77 is trying to acquire lock:\n"
    "[  100.000000] ffff888100000010 (&a->lock){+.+.}-{3:3}, at: close_cycle+0x1/0x2 [hwa]\n"
    "[  100.000000] but task is already holding lock:\n"
    "[  100.000000] ffff888100000030 (&c->lock){+.+.}-{3:3}, at: close_cycle+0x0/0x2 [hwa]\n"
    "[  100.000000] the existing dependency chain (in reverse order) is:\n"
    "[  100.000000] -> #2 (&c->lock){+.+.}-{3:3}:\n"
    "[  100.000000]        lock_acquire+0x1/0x2\n"
    "[  100.000000]        __mutex_lock+0x1/0x2\n"
    "[  100.000000]        take_c_under_b+0x1/0x2 [hwa]\n"
    "[  100.000000] -> #1 (&b->lock){+.+.}-{3:3}:\n"
    "[  100.000000]        lock_acquire+0x1/0x2\n"
    "[  100.000000]        _raw_spin_lock+0x1/0x2\n"
    "[  100.000000]        take_b_under_a+0x1/0x2 [hwa]\n"
    "[  100.000000] -> #0 (&a->lock){+.+.}-{3:3}:\n"
    "[  100.000000]        __lock_acquire+0x1/0x2\n"
    "[  100.000000]        lock_acquire+0x1/0x2\n"
    "[  100.000000]        close_cycle+0x1/0x2 [hwa]\n"
    "[  100.000000]  *** DEADLOCK ***\n";

TEST(LockCycle, IsReadForwardsWithWhoTookWhat) {
    const auto cycle = lock_cycle(report_of(circular));
    ASSERT_TRUE(cycle);
    ASSERT_EQ(cycle->steps.size(), 3U);
    EXPECT_EQ(cycle->steps[0].lock, "&a->lock");
    EXPECT_EQ(cycle->steps[0].function, "close_cycle");
    EXPECT_EQ(cycle->steps[0].module, "hwa");
    EXPECT_EQ(closing_words(*cycle), "hwa (pid 77) takes it in close_cycle [hwa]");
}

TEST(LockCycle, TheSecondLockIsTheOneThatWasTakenUnderTheFirst) {
    const auto cycle = lock_cycle(report_of(circular));
    ASSERT_TRUE(cycle);
    EXPECT_EQ(cycle->steps[1].function, "take_b_under_a");
    EXPECT_EQ(cycle->steps[2].function, "take_c_under_b");
}

TEST(LockCycle, TheSameLockTwiceIsACycleOfOne) {
    const auto cycle =
        lock_cycle(report_of("[  100.000000] WARNING: possible recursive locking detected\n"
                             "[  100.000000] hwa/77 is trying to acquire lock:\n"
                             "[  100.000000] ffff888100000010 (&a->lock){+.+.}-{3:3}, at: inner+0x1/0x2 [hwa]\n"
                             "[  100.000000] but task is already holding lock:\n"
                             "[  100.000000] ffff888100000030 (&a->lock){+.+.}-{3:3}, at: outer+0x0/0x2 [hwa]\n"));
    ASSERT_TRUE(cycle);
    ASSERT_EQ(cycle->steps.size(), 1U);
    EXPECT_THAT(closing_words(*cycle), HasSubstr("takes it again in inner [hwa]"));
}

TEST(LockCycle, OtherReportsHaveNone) {
    EventInfo event = report_of(circular);
    event.report.kind = EventKind::warning;
    EXPECT_FALSE(lock_cycle(event));
    event = report_of(circular);
    event.report.fields["cycle"] = "hostile";
    EXPECT_FALSE(lock_cycle(event));
    event.report.fields["cycle"] = Fields::array({{{"class", "x"}}, 7});
    EXPECT_FALSE(lock_cycle(event));
}

TEST(LockCycle, ItsPictureNamesEveryLockOnceAndEscapesIt) {
    const std::string svg = lock_cycle_svg(*lock_cycle(report_of(circular)));
    for (const char* lock : {"&amp;a-&gt;lock", "&amp;b-&gt;lock", "&amp;c-&gt;lock"}) {
        const std::size_t at = svg.find(lock);
        ASSERT_NE(at, std::string::npos) << lock;
        EXPECT_EQ(svg.find(lock, at + 1), std::string::npos) << lock;
    }
    EXPECT_THAT(svg, HasSubstr("then, in take_b_under_a [hwa]"));
}

}  // namespace
}  // namespace stallsight
