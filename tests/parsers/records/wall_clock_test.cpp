// Wall-clock stamps as moments; the expected ones are those of `date -u -d STAMP +%FT%T.%6N`.
#include "parsers/records/wall_clock.h"

#include <gtest/gtest.h>

namespace stallsight {
namespace {

struct Case {
    const char* name;
    const char* stamp;
    const char* moment;  // with Z: the zone is known
    bool year = true;
};

class WallStamp : public testing::TestWithParam<Case> {};

TEST_P(WallStamp, IsAMoment) {
    const auto clock = read_wall(GetParam().stamp);
    ASSERT_TRUE(clock);
    EXPECT_EQ(iso_text(clock->moment, clock->zone), GetParam().moment);
    EXPECT_EQ(clock->year, GetParam().year);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, WallStamp,
    testing::Values(Case{"iso", "2022-01-27T16:21:07", "2022-01-27T16:21:07.000000"},
                    Case{"iso_zone", "2022-01-27T16:21:07.123456+01:00", "2022-01-27T15:21:07.123456Z"},
                    Case{"iso_over_midnight", "2022-01-01T00:30:00-0530", "2022-01-01T06:00:00.000000Z"},
                    Case{"into_the_year_before", "2022-01-01T00:30:00+0100", "2021-12-31T23:30:00.000000Z"},
                    Case{"dmesg_iso", "2022-01-27T16:21:07,123456+0000", "2022-01-27T16:21:07.123456Z"},
                    Case{"zulu", "2022-01-27T16:21:07Z", "2022-01-27T16:21:07.000000Z"},
                    Case{"conserver", "2022/01/27 16:21:07.5", "2022-01-27T16:21:07.500000"},
                    Case{"dmesg_T", "Thu Jan 27 16:21:07 2022", "2022-01-27T16:21:07.000000"},
                    Case{"terminal", "Jan  7 16:21:07 2022", "2022-01-07T16:21:07.000000"},
                    Case{"short_full", "Thu 2022-01-27 16:21:07 UTC", "2022-01-27T16:21:07.000000Z"},
                    Case{"short_full_local", "Thu 2022-01-27 16:21:07 CET", "2022-01-27T16:21:07.000000"},
                    Case{"unix", "1643300467.123456", "2022-01-27T16:21:07.123456Z"},
                    Case{"syslog", "Jan  7 16:21:07", "2000-01-07T16:21:07.000000", false},
                    Case{"short_precise", "Feb 29 16:21:07.123456", "2000-02-29T16:21:07.123456", false}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(WallClock, WhatNoCalendarHasIsNoMoment) {
    for (const char* stamp : {"", "Jan", "Foo 27 16:21:07", "2022-02-30T16:21:07", "2022-13-01 00:00:00",
                              "Jan 27 25:00:00", "16:21:07", "+0.000012", "99999999999999999999.0", "2022-01-27"})
        EXPECT_FALSE(read_wall(stamp)) << stamp;
}

}  // namespace
}  // namespace stallsight
