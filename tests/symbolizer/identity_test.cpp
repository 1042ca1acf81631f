// Which differences between a log and a debug file are another build's.
#include "symbolizer/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stallsight {
namespace {

using testing::HasSubstr;

DebugFile module_file() {
    DebugFile file;
    file.name = "rpmsg_ifc.ko";
    file.module = "rpmsg_ifc";
    file.build_id = "abcdef0123456789";
    file.vermagic = "6.1.192 SMP preempt mod_unload ";
    file.srcversion = "5D1E0C";
    return file;
}

TEST(Identity, WhatTheLogDoesNotSayIsNoEvidence) {
    EXPECT_EQ(other_build(module_file(), {}), "");
    CodePlace place;
    place.srcversion = "5D1E0C";
    place.vermagic = "6.1.192 SMP preempt mod_unload";
    EXPECT_EQ(other_build(DebugFile{}, place), "");
}

TEST(Identity, EachThingThatIsSaidMustFit) {
    CodePlace place;
    place.build_id = "abcdef01";
    place.release = "6.1.192";
    place.srcversion = "5D1E0C";
    place.vermagic = "6.1.192 SMP preempt mod_unload";
    EXPECT_EQ(other_build(module_file(), place), "");
    CodePlace other = place;
    other.srcversion = "000000";
    EXPECT_THAT(other_build(module_file(), other), HasSubstr("has srcversion 000000, rpmsg_ifc.ko has 5D1E0C"));
    other = place;
    other.vermagic = "6.1.192 SMP mod_unload ";
    EXPECT_THAT(other_build(module_file(), other), HasSubstr("\"6.1.192 SMP mod_unload\""));
    other = place;
    other.release = "6.1.193";
    EXPECT_THAT(other_build(module_file(), other), HasSubstr("of Linux 6.1.193"));
    other = place;
    other.build_id = "abcdef02";
    EXPECT_THAT(other_build(module_file(), other), HasSubstr("build abcdef02"));
}

}  // namespace
}  // namespace stallsight
