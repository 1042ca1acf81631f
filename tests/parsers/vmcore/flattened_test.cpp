#include "parsers/vmcore/flattened.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

std::string big(std::uint64_t value) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
    return out;
}

std::string header() {
    std::string out = std::string("makedumpfile") + std::string(4, '\0') + big(1) + big(1);
    out.resize(4096);
    return out;
}

std::string piece(std::uint64_t offset, const std::string& bytes) {
    return big(offset) + big(bytes.size()) + bytes;
}

const std::string end_mark = big(~0ULL) + big(~0ULL);

std::string content(const Rearranged& made) {
    const auto bytes = Bytes::map_descriptor(made.file.descriptor(), "rearranged");
    return bytes ? std::string(bytes->view()) : std::string();
}

TEST(Flattened, PiecesGoWhereTheyBelong) {
    const std::string stream =
        header() + piece(4, "efgh") + piece(0, "abcd") + piece(10, "kl") + piece(2, "CD") + end_mark;
    ASSERT_TRUE(is_flattened(stream));
    const auto made = rearrange("v", stream, {});
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(content(*made), std::string("abCDefgh\0\0kl", 12));
    EXPECT_EQ(made->damage, "");
}

TEST(Flattened, WhatIsThereOfAStreamThatEndsEarlyIsKept) {
    const std::string stream = header() + piece(0, "abcd") + piece(4, "efgh");
    const auto cut = rearrange("v", stream.substr(0, stream.size() - 2), {});
    ASSERT_TRUE(cut);
    EXPECT_EQ(content(*cut), "abcdef");
    EXPECT_EQ(cut->damage, "byte 4116: the flattened stream ends inside a piece");
    const auto unmarked = rearrange("v", stream, {});
    ASSERT_TRUE(unmarked);
    EXPECT_EQ(content(*unmarked), "abcdefgh");
    EXPECT_THAT(unmarked->damage, HasSubstr("ends without its end mark"));
}

TEST(Flattened, AHostileOffsetMakesNoHugeFile) {
    for (const std::uint64_t offset : {1ULL << 40U, ~0ULL - 1, 1ULL << 63U}) {
        const auto made = rearrange("v", header() + piece(0, "abcd") + piece(offset, "x") + end_mark, {});
        ASSERT_TRUE(made);
        EXPECT_EQ(content(*made), "abcd");
        EXPECT_EQ(made->damage, "byte 4116: a piece of the flattened stream has an impossible offset");
    }
    const auto huge = rearrange("v", header() + big(0) + big(1ULL << 62U) + "abcd", {});
    ASSERT_TRUE(huge);
    EXPECT_THAT(huge->damage, HasSubstr("impossible"));
}

TEST(Flattened, IsNothingWithoutAHeader) {
    EXPECT_FALSE(is_flattened("makedumpfile"));
    EXPECT_FALSE(rearrange("v", header().substr(0, 100), {}));
    std::string other = header();
    other[23] = 7;
    EXPECT_FALSE(rearrange("v", other, {}));
}

}  // namespace
}  // namespace stallsight
