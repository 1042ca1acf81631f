#include "analysis/guilty/guilty.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

TEST(Guilty, FieldReport) {
    const auto bytes =
        Bytes::map_file(STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby/nt-a/core-0/kern.log");
    ASSERT_TRUE(bytes);
    const LogScan scan = scan_log(bytes->view());
    ASSERT_FALSE(scan.events.empty());
    const Guilty guilty = find_guilty(scan.events[0]);
    EXPECT_EQ(guilty.function, "nokia_rpmsg_notify");
    EXPECT_EQ(guilty.module, "rpmsg_platform_driver");
    EXPECT_EQ(guilty.frame, 7U);
    EXPECT_EQ(guilty.candidates, (std::vector<std::string>{"virtqueue_notify", "rpmsg_send_offchannel_raw"}));
    EXPECT_EQ(canonical_title(scan.events[0], guilty), "BUG: scheduling while atomic in nokia_rpmsg_notify");
}

}  // namespace
}  // namespace stallsight
