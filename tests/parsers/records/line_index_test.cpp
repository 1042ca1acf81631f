#include "parsers/records/line_index.h"

#include <gtest/gtest.h>

namespace stallsight {
namespace {

TEST(LineIndex, SmallTexts) {
    EXPECT_EQ(LineIndex("").lines(), 0U);
    EXPECT_EQ(LineIndex("a").lines(), 1U);
    EXPECT_EQ(LineIndex("a\n").lines(), 1U);
    const std::string_view text = "one\r\n\nthree";
    const LineIndex index(text);
    EXPECT_EQ(index.lines(), 3U);
    EXPECT_EQ(index.line_text(text, 1), "one");
    EXPECT_EQ(index.line_text(text, 2), "");
    EXPECT_EQ(index.line_text(text, 3), "three");
    EXPECT_EQ(index.line_text(text, 4), "");
    EXPECT_EQ(index.offset_of(text, 3), 6U);
    EXPECT_EQ(index.offset_of(text, 9), text.size());
    EXPECT_EQ(index.line_at(text, 0), 1U);
    EXPECT_EQ(index.line_at(text, 5), 2U);
    EXPECT_EQ(index.line_at(text, 999), 3U);
}

TEST(LineIndex, AcrossBlocks) {
    std::string text;
    std::vector<std::uint64_t> starts;
    for (int i = 0; i < 20000; ++i) {
        starts.push_back(text.size());
        text += "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 37), 'x') + "\n";
    }
    text += std::string(3 * LineIndex::block_bytes, 'y');  // a line longer than blocks
    const LineIndex index(text);
    EXPECT_EQ(index.lines(), 20001U);
    for (std::size_t i = 0; i < starts.size(); i += 7) {
        EXPECT_EQ(index.offset_of(text, i + 1), starts[i]);
        EXPECT_EQ(index.line_at(text, starts[i]), i + 1);
        EXPECT_EQ(index.line_at(text, starts[i] + 3), i + 1);
    }
    EXPECT_EQ(index.line_text(text, 20001).size(), 3 * LineIndex::block_bytes);
    EXPECT_EQ(index.line_at(text, text.size() - 1), 20001U);
}

}  // namespace
}  // namespace stallsight
