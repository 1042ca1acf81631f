// The compiler that wrote the debug info is the oracle: it says itself where a member lies.
#include "symbolizer/kernel/types.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "symbolizer/kernel/object.h"
#include "tests/support/made_memory.h"

namespace structures {
#include "tests/support/kernel_structures.h"
}

namespace stallsight {
namespace {

using structures::sample_task;

class Types : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        made = test::MadeTypes::make(GetParam());
        if (!made) GTEST_SKIP() << "no C compiler here takes " << GetParam();
    }
    Member member(const std::string& path) const {
        const auto& found = made->types().member("sample_task", path);
        EXPECT_TRUE(found) << path;
        return found.value_or(Member());
    }

    std::unique_ptr<test::MadeTypes> made;
};

TEST_P(Types, MembersLieWhereTheCompilerPutThem) {
    EXPECT_EQ(made->types().size_of("sample_task"), sizeof(sample_task));
    EXPECT_EQ(member("state").offset, offsetof(sample_task, state));
    EXPECT_EQ(member("high").offset, offsetof(sample_task, high));  // in an anonymous structure in a union
    EXPECT_EQ(member("parts").count, 3u);
    EXPECT_EQ(member("parts").size, sizeof(sample_task::parts));
    EXPECT_EQ(member("parts[2].second").offset, offsetof(sample_task, parts[2].second));
    EXPECT_EQ(member("comm").size, 16u);
    EXPECT_EQ(member("tasks.prev").offset, offsetof(sample_task, tasks.prev));
    EXPECT_EQ(member("usage.counter").offset, offsetof(sample_task, usage.counter));
    EXPECT_EQ(member("flags[3]").offset, offsetof(sample_task, flags[3]));
    EXPECT_EQ(made->types().size_of("counter_t"), sizeof(structures::counter_t));  // a typedef
}

TEST_P(Types, PointersAndSignsAreKnown) {
    EXPECT_TRUE(member("parent").is_pointer);
    EXPECT_EQ(member("parent").type, "sample_task");
    EXPECT_EQ(member("parts").type, "inner_part");
    EXPECT_TRUE(member("usage.counter").is_signed);
    EXPECT_FALSE(member("state").is_signed);
}

TEST_P(Types, WhatIsNotThereIsNothing) {
    EXPECT_FALSE(made->types().size_of("no_such_type"));
    EXPECT_FALSE(made->types().member("sample_task", "no_such_member"));
    EXPECT_FALSE(made->types().member("sample_task", "parent.state"));  // not through pointers
    EXPECT_FALSE(made->types().member("sample_task", "state[1]"));
    EXPECT_FALSE(made->types().member("sample_task", "parts[1"));
    EXPECT_FALSE(made->types().enumerator("NO_SUCH_VALUE"));
}

TEST_P(Types, EnumeratorsHaveTheirValues) {
    ASSERT_TRUE(made->types().size_of("sample_task"));  // enumerations are those of the units that were read
    EXPECT_EQ(made->types().enumerator("LOCK_TAKEN"), 7);
    EXPECT_EQ(made->types().enumerator("LOCK_BROKEN"), -3);
}

TEST_P(Types, BitFieldsAreRead) {
    sample_task task{};
    task.before = 5;
    task.policy = 19;
    task.offset = -11;
    const Memory memory(
        [&](std::uint64_t address, std::span<std::byte> out) {
            if (address + out.size() > sizeof task) return false;
            std::memcpy(out.data(), reinterpret_cast<const char*>(&task) + address, out.size());
            return true;
        },
        false);
    const Object object(made->types(), memory, "sample_task", 0);
    EXPECT_EQ(object.number("before"), 5u);
    EXPECT_EQ(object.number("policy"), 19u);
    EXPECT_EQ(object.signed_number("offset"), -11);
}

INSTANTIATE_TEST_SUITE_P(DwarfVersions, Types,
                         testing::Values("-gdwarf-5", "-gdwarf-4", "-gdwarf-2 -gstrict-dwarf"));

}  // namespace
}  // namespace stallsight
