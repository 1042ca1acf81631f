// Proof by call site in code that a compiler made for each machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/symbolizer/toolchain.h"

namespace stallsight {
namespace {

using namespace test;
using testing::Contains;
using testing::ElementsAre;
using testing::Key;
using testing::Pair;

struct Machine {
    const char* name;
    const char* target;
    bool tail_calls;  // clang makes them
};

void PrintTo(const Machine& machine, std::ostream* out) {
    *out << machine.name;
}

class CallProof : public testing::TestWithParam<Machine> {
protected:
    void SetUp() override {
        if (!installed("clang++") || !installed("ld.lld")) GTEST_SKIP() << "no clang++ or ld.lld";
        const std::string compiler = std::string("clang++ -fuse-ld=lld -target ") + GetParam().target;
        if (const std::string failed = build_kernel(compiler, "", (folder.path() / "vmlinux").string());
            !failed.empty())
            GTEST_SKIP() << "cannot be built here: " << failed;
        ASSERT_TRUE(symbolizer.add_directory(folder.path()).empty());
    }

    // What is said of each place in `caller` that `callee` may have been called from, the calls alone.
    std::map<CallLink, std::vector<std::string>> links(const std::string& callee) {
        std::map<CallLink, std::vector<std::string>> said;
        CodePlace place;
        place.function = "caller";
        place.callee = callee;
        for (place.offset = 1; place.offset < 0x80; ++place.offset) {
            const auto answer = symbolizer.resolve(place);
            if (answer && answer->call_site == CallSite::direct) said[answer->link] = answer->tail_path;
        }
        return said;
    }

    TemporaryFolder folder;
    Symbolizer symbolizer;
};

TEST_P(CallProof, CallIsProved) {
    EXPECT_THAT(links("tail_caller"), Contains(Key(CallLink::proved)));
    EXPECT_THAT(links("leaf"), Contains(Key(CallLink::proved)));
}

TEST_P(CallProof, CallOfAnotherFunctionIsContradicted) {
    EXPECT_THAT(links("show_two"), ElementsAre(Pair(CallLink::contradicted, testing::IsEmpty())));
}

TEST_P(CallProof, TailCallIsFollowed) {
    const auto followed = Contains(Pair(CallLink::tail_call, ElementsAre("tail_caller")));
    if (GetParam().tail_calls) {
        EXPECT_THAT(links("leaf"), followed);
    } else {
        EXPECT_THAT(links("leaf"), testing::Not(followed));
    }
}

// ppc64le: the call goes to the local entry, 8 bytes behind the global one.
INSTANTIATE_TEST_SUITE_P(Of, CallProof,
                         testing::Values(Machine{"x86_64", "x86_64-linux-gnu", true},
                                         Machine{"ppc64le", "powerpc64le-linux-gnu", true},
                                         Machine{"aarch64", "aarch64-linux-gnu", true},
                                         Machine{"arm", "armv7-linux-gnueabihf -marm", true},
                                         Machine{"arm_thumb", "armv7-linux-gnueabihf -mthumb", true},
                                         Machine{"mips", "mips-linux-gnu", false},
                                         Machine{"mipsel", "mipsel-linux-gnu", false}),
                         [](const auto& machine) { return std::string(machine.param.name); });

}  // namespace
}  // namespace stallsight
