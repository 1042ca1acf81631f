// Which row of a table a line begins with. Rows are looked up by their first byte: nearly all lines of a report are
// asked, and nearly all of them begin with no row.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace stallsight {

// `Row` is a prefix, or has a member `prefix`; prefixes are not empty. The rows must outlive the table.
template <class Row>
class PrefixTable {
public:
    explicit PrefixTable(std::span<const Row> rows) {
        for (const Row& row : rows) by_first_[static_cast<unsigned char>(prefix_of(row).front())].push_back(&row);
    }

    // The first such row of the table; null: none.
    [[nodiscard]] const Row* find(std::string_view line) const {
        if (line.empty()) return nullptr;
        for (const Row* row : by_first_[static_cast<unsigned char>(line.front())])
            if (line.starts_with(prefix_of(*row))) return row;
        return nullptr;
    }

private:
    static std::string_view prefix_of(const Row& row) {
        if constexpr (requires { row.prefix; }) {
            return row.prefix;
        } else {
            return row;
        }
    }

    std::array<std::vector<const Row*>, 256> by_first_;
};

}  // namespace stallsight
