#include "parsers/prefix_table.h"

#include <gtest/gtest.h>

namespace stallsight {
namespace {

struct Row {
    std::string_view prefix;
    int number;
};

constexpr auto rows = std::to_array<Row>({{"RIP:", 1}, {"R", 2}, {"RIP: 0010", 3}, {"\xff", 4}});

TEST(PrefixTable, TheFirstRowOfTheTableCounts) {
    const PrefixTable<Row> table(rows);
    EXPECT_EQ(table.find("RIP: 0010:foo")->number, 1);
    EXPECT_EQ(table.find("RAX: 0")->number, 2);
    EXPECT_EQ(table.find("\xff")->number, 4);
}

TEST(PrefixTable, WhatBeginsWithNoRowIsNotFound) {
    const PrefixTable<Row> table(rows);
    EXPECT_EQ(table.find(""), nullptr);
    EXPECT_EQ(table.find("xRIP:"), nullptr);
}

TEST(PrefixTable, WordsAreTheirOwnPrefix) {
    constexpr auto words = std::to_array<std::string_view>({"EIP:", "EIP is"});
    const PrefixTable<std::string_view> table(words);
    EXPECT_EQ(*table.find("EIP is at foo"), "EIP is");
    EXPECT_EQ(table.find("EIP"), nullptr);
}

}  // namespace
}  // namespace stallsight
