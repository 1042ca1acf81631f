// The ways to a place, read from the listing of nokia_rpmsg_poll_thread() (objdump -dr): one msleep() is made under
// the mutex, the other one behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "symbolizer/symbolizer.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PathCalls : public testing::Test {
protected:
    void load(const std::string& arch) {
        const std::string path =
            std::string(STALLSIGHT_SOURCE_DIR) + "/tests/data/modules/" + arch + "/rpmsg_platform_driver.ko";
        const auto bytes = Bytes::map_file(path);
        ASSERT_TRUE(bytes);
        ASSERT_TRUE(symbolizer_.add(path, *bytes));
    }

    // Each way as its calls: "mutex_lock mutex_unlock".
    [[nodiscard]] std::vector<std::string> ways(std::uint64_t offset, bool return_address = true) const {
        CodePlace place;
        place.function = "nokia_rpmsg_poll_thread";
        place.module = "rpmsg_platform_driver";
        place.offset = offset;
        place.return_address = return_address;
        std::vector<std::string> out;
        for (const CallPath& path :
             symbolizer_.paths_to(place, [](std::string_view name) { return name.starts_with("mutex_"); })) {
            std::string words;
            for (const PathCall& call : path) words += (words.empty() ? "" : " ") + call.function;
            out.push_back(words);
        }
        return out;
    }

    Symbolizer symbolizer_;
};

TEST_F(PathCalls, X86UnderTheMutexAndBehindIt) {
    load("x86_64");
    EXPECT_THAT(ways(0x54), ElementsAre("mutex_lock"));
    EXPECT_THAT(ways(0x21), ElementsAre("mutex_lock mutex_unlock"));
}

TEST_F(PathCalls, BigEndianPowerpcUnderTheMutexAndBehindIt) {
    load("ppc64");
    EXPECT_THAT(ways(0x94), ElementsAre("mutex_lock"));
    EXPECT_THAT(ways(0x44), ElementsAre("mutex_lock mutex_unlock"));
}

TEST_F(PathCalls, AWayEndsWhereItFirstGetsToThePlace) {
    load("x86_64");
    EXPECT_THAT(ways(0x26, false), ElementsAre(""));  // test %al,%al, in the loop
}

TEST_F(PathCalls, NothingIsKnownOfAFunctionThatIsNotThere) {
    load("x86_64");
    CodePlace place;
    place.function = "nokia_rpmsg_no_such_thread";
    place.offset = 0x10;
    place.module = "rpmsg_platform_driver";
    EXPECT_THAT(symbolizer_.paths_to(place, [](std::string_view) { return true; }), IsEmpty());
}

TEST_F(PathCalls, NothingIsKnownOfAnotherBuild) {
    load("x86_64");
    CodePlace place;
    place.function = "nokia_rpmsg_poll_thread";
    place.offset = 0x54;
    place.size = 0x70;  // the log's build has a longer function
    place.module = "rpmsg_platform_driver";
    EXPECT_THAT(symbolizer_.paths_to(place, [](std::string_view) { return true; }), IsEmpty());
}

}  // namespace
}  // namespace stallsight
