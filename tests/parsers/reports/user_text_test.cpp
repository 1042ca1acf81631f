// Serial consoles: what getty, systemd and a shell print before, behind and inside kernel lines.
#include "parsers/reports/user_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsers/reports/scan.h"
#include "parsers/reports/strand.h"

namespace stallsight {
namespace {

using testing::IsEmpty;

const std::string body =
    "[   12.345679] CPU: 1 PID: 5079 Comm: app Tainted: G           O      5.4.72 #2\n"
    "[   12.345680] Call Trace:\n"
    "[   12.345681]  __schedule_bug+0xcc/0xe8\n"
    "[   12.345682]  notify+0x28/0xb8 [drv]\n"
    "[   12.345683]  entry_SYSCALL_64_after_hwframe+0x44/0xa9\n";

void expect_report(const std::string& text, std::uint64_t line, bool doubtful) {
    const LogScan scan = scan_log(text);
    ASSERT_EQ(scan.events.size(), 1U) << text;
    const Event& e = scan.events[0];
    EXPECT_EQ(e.kind, EventKind::atomic_sleep) << text;
    EXPECT_EQ(e.headline, "BUG: scheduling while atomic: app/5079/0x00000203") << text;
    EXPECT_EQ(e.time, Time(12345678));
    EXPECT_EQ(e.task.pid, 5079);
    EXPECT_EQ(e.line, line) << text;
    ASSERT_EQ(e.frames.size(), 3U) << text;
    EXPECT_EQ(e.frames[0].function, "__schedule_bug") << text;
    EXPECT_EQ(e.frames[1].module, "drv");
    EXPECT_EQ(e.partial, doubtful) << text;
    EXPECT_EQ(e.partial_reason, doubtful ? mended_reason : "");
}

TEST(UserText, BeforeAKernelLine) {
    expect_report("fant-h login: [   12.345678] BUG: scheduling while atomic: app/5079/0x00000203\n" + body, 1,
                  false);
    expect_report(
        "[\x1b[0;32m  OK  \x1b[0m] Started Foo.\n"
        "[   12.345678] BUG: scheduling while atomic: app/5079/0x00000203\n" +
            body,
        2, false);
}

TEST(UserText, InsideAHeader) {
    for (const std::string text :
         {"getty: login: ", "fant-h login: ", "Password: ", "root@fant-h:~# ", "user@fant-h:~$ "}) {
        expect_report("[   12.345678] BUG: sched" + text + "uling while atomic: app/5079/0x00000203\n" + body, 1,
                      true);
    }
}

TEST(UserText, BeforeAndInsideAHeader) {
    expect_report(
        "fant-h login: [   12.345678] BUG: schedfant-h login: uling while atomic: app/5079/0x00000203\n" + body, 1,
        true);
}

TEST(UserText, InsideAHeaderWithALineEnd) {
    for (const std::string text : {"[  OK  ] Started Foo.\n", "[\x1b[0;32m  OK  \x1b[0m] Started Foo.\r\n",
                                   "[FAILED] Failed to start Foo.\n", "         Starting Foo...\n",
                                   "\n\nDebian GNU/Linux 12 fant-h ttyS0\n\nfant-h login: "}) {
        expect_report("[   12.345678] BUG: scheduling wh" + text + "ile atomic: app/5079/0x00000203\n" + body, 1,
                      true);
    }
}

TEST(UserText, InsideAStackEntry) {
    for (const std::string text : {"[  OK  ] Started Foo.\n", "\nfant-h login: "}) {
        std::string torn = body;
        torn.insert(torn.find("ule_bug"), text);
        expect_report("[   12.345678] BUG: scheduling while atomic: app/5079/0x00000203\n" + torn, 1, true);
    }
}

TEST(UserText, BetweenTheLinesOfAReport) {
    std::string mixed = body;
    mixed.insert(mixed.find("[   12.345681]"), "[  OK  ] Started Foo.\n         Starting Bar...\nfant-h login: \n");
    expect_report("[   12.345678] BUG: scheduling while atomic: app/5079/0x00000203\n" + mixed, 1, false);
}

TEST(UserText, HalvesThatMeanNothingAreNoReport) {
    for (const std::string text : {
             "[   12.345678] INFO: task fant-h login: root\n",
             "[   12.345678] INFO: rcu_sched det[  OK  ] Started Foo.\nuser-space text\n",
             "[   12.345678] INFO: rcu_sched det[  OK  ] Foo.\n[   12.345679] ected stalls on CPUs/tasks:\n",
         }) {
        EXPECT_THAT(scan_log(text).events, IsEmpty()) << text;
    }
}

}  // namespace
}  // namespace stallsight
