#include "parsers/vmcore/vmcoreinfo.h"

#include <gtest/gtest.h>

namespace stallsight {
namespace {

TEST(Vmcoreinfo, LooksUpEachKindOfLine) {
    const Vmcoreinfo info(
        "OSRELEASE=6.1.0\nSYMBOL(prb)=ffffffff81b2\nSIZE(prb_desc)=24\nOFFSET(prb_desc.state_var)=8\n"
        "LENGTH(zone.free_area)=11\nNUMBER(phys_base)=-4096\nKERNELOFFSET=3be00000\nCRASHTIME=1700000000\n");
    EXPECT_EQ(info.value("OSRELEASE"), "6.1.0");
    EXPECT_EQ(info.symbol("prb"), 0xffffffff81b2);
    EXPECT_EQ(info.size("prb_desc"), 24);
    EXPECT_EQ(info.offset("prb_desc.state_var"), 8);
    EXPECT_EQ(info.length("zone.free_area"), 11);
    EXPECT_EQ(info.number("phys_base"), -4096);
    EXPECT_EQ(info.kernel_offset(), 0x3be00000);
    EXPECT_EQ(info.crash_time(), 1700000000);
    EXPECT_FALSE(info.symbol("log_buf"));
}

TEST(Vmcoreinfo, DoesNotGuessAtDamage) {
    const Vmcoreinfo info("SIZE(a)=\nSIZE(b)=12x\nSIZE(c)=99999999999999999999999\nno equals sign\nSIZE(d)=7");
    EXPECT_FALSE(info.size("a"));
    EXPECT_FALSE(info.size("b"));
    EXPECT_FALSE(info.size("c"));
    EXPECT_EQ(info.size("d"), 7);
    EXPECT_TRUE(Vmcoreinfo("").empty());
}

}  // namespace
}  // namespace stallsight
