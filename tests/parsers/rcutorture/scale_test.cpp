// Result lines of scftorture, rcuscale and refscale, from the kernel's own format strings (6.1).
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

TEST(Scale, Scftorture) {
    const LogScan scan = scan_log(
        "[    5.000000] scftorture: --- Start of test:  verbose=1 holdoff=10 longwait=0 nthreads=4\n"
        "[   65.000000] scftorture:  scf_invoked_count ver: 120 resched: 3 single: 4/5 single_ofl: 0/0 "
        "single_rpc: 6 single_rpc_ofl: 0 many: 7/8 all: 9/10 ste: 0 stnmie: 0\n"
        "[  125.000000] scftorture: !!! scf_invoked_count VER: 240 resched: 3 single: 4/5\n"
        "[  126.000000] scftorture: --- End of test: FAILURE:  verbose=1 holdoff=10\n");
    ASSERT_EQ(scan.torture.size(), 4U);
    EXPECT_EQ(scan.torture[0].kind, TortureSample::Kind::start);
    EXPECT_EQ(scan.torture[0].counters["nthreads"], "4");
    EXPECT_EQ(scan.torture[1].counters["what"], "scftorture");
    EXPECT_EQ(scan.torture[1].version, 120);
    EXPECT_EQ(scan.torture[1].counters["resched"], 3);
    EXPECT_EQ(scan.torture[1].counters["many"], "7/8");
    EXPECT_FALSE(scan.torture[1].failed);
    EXPECT_EQ(scan.torture[2].flags, "!!!");
    EXPECT_TRUE(scan.torture[2].failed);
    EXPECT_EQ(scan.torture[3].counters["result"], "FAILURE");
    EXPECT_TRUE(scan.torture[3].failed);
}

TEST(Scale, Rcuscale) {
    const LogScan scan = scan_log(
        "[    5.000000] rcu-scale:--- Start of test: nreaders=4 nwriters=4 verbose=1 shutdown=1\n"
        "[   65.000000] rcu-scale: start: 5000000 end: 65000000 duration: 60000000 gps: 400 batches: 512\n"
        "[   66.000000] rcu-scale:--- End of test: SUCCESS: nreaders=4\n");
    ASSERT_EQ(scan.torture.size(), 3U);
    EXPECT_EQ(scan.torture[1].torture_type, "rcu-scale");
    EXPECT_EQ(scan.torture[1].counters["gps"], 400);
    EXPECT_EQ(scan.torture[1].counters["duration"], 60000000);
    EXPECT_EQ(scan.torture[2].counters["result"], "SUCCESS");
    EXPECT_FALSE(scan.torture[2].failed);
}

TEST(Scale, RefscalesTable) {
    const LogScan scan = scan_log(
        "[   65.000000] Runs\tTime(ns)\n"
        "[   65.000001] 1\t23.500\n"
        "[   65.000002] 2\t24.125\n"
        "[   65.000003] eth0: link up\n");
    ASSERT_EQ(scan.torture.size(), 1U);
    EXPECT_EQ(scan.torture[0].counters["runs_ns"], Fields({23.5, 24.125}));
    EXPECT_EQ(scan.torture[0].line_last, 3U);
}

}  // namespace
}  // namespace stallsight
