#include "symbolizer/system_map.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include "symbolizer/elf_file.h"
#include "symbolizer/symbol_table.h"

namespace stallsight {
namespace {

struct Row {
    SystemMap::Function symbol;
    char type = 0;
};

std::string_view eat(std::string_view& line, std::string_view ends) {
    const std::string_view word = line.substr(0, line.find_first_of(ends));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    return word;
}

std::optional<Row> row_in(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::string_view digits = eat(line, " "), type = eat(line, " ");
    Row row;
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), row.symbol.address, 16);
    const bool address = failed == std::errc() && end == digits.data() + digits.size() && digits.size() >= 8;
    if (!address || type.size() != 1 || line.empty()) return std::nullopt;
    row.type = type[0];
    row.symbol.name = eat(line, "\t ");
    if (line.starts_with('[') && line.ends_with(']')) row.symbol.module = line.substr(1, line.size() - 2);
    return row;
}

bool is_code(char type) {
    return std::string_view("tTwWiI").find(type) != std::string_view::npos;
}

// What kallsyms does not have, and sizes do not end at: absolute and undefined symbols.
bool is_place(char type) {
    return std::string_view("aAUn").find(type) == std::string_view::npos;
}

}  // namespace

bool SystemMap::is_list(std::string_view text) {
    return row_in(text.substr(0, std::min<std::size_t>(text.find('\n'), 256))).has_value();
}

Result<SystemMap> SystemMap::read(const std::string& name, std::string_view text) {
    SystemMap map;
    map.name_ = name;
    if (!is_list(text)) return fail("not a list of symbols", name);
    map.text_ = std::make_shared<const std::string>(text);
    std::vector<Row> rows;
    std::string_view rest = *map.text_;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::string_view line = eat(rest, "\n");
        const auto row = row_in(line);
        if (!row && !line.empty()) return fail("not a symbol", name, "line " + std::to_string(number));
        if (row && is_place(row->type) && !is_hidden_symbol(row->symbol.name)) rows.push_back(*row);
    }
    if (std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.symbol.address == 0; }))
        return fail("hides its addresses (kernel.kptr_restrict)", name);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& left, const Row& right) { return left.symbol.address < right.symbol.address; });
    std::uint64_t next = 0;
    for (std::size_t i = rows.size(); i-- > 0;) {
        SystemMap::Function& symbol = rows[i].symbol;
        if (i + 1 < rows.size() && rows[i + 1].symbol.address != symbol.address) next = rows[i + 1].symbol.address;
        symbol.span = next ? next - symbol.address : 0;
    }
    for (Row& row : rows) {
        row.symbol.name = without_dot(row.symbol.name);
        if (is_code(row.type)) map.functions_.push_back(row.symbol);
    }
    map.by_name_.resize(map.functions_.size());
    std::iota(map.by_name_.begin(), map.by_name_.end(), 0u);
    std::stable_sort(map.by_name_.begin(), map.by_name_.end(), [&](std::uint32_t left, std::uint32_t right) {
        return map.functions_[left].name < map.functions_[right].name;
    });
    return map;
}

std::vector<SystemMap::Function> SystemMap::named(std::string_view function, std::string_view module) const {
    std::vector<Function> found;
    function = without_dot(function);
    auto at = std::lower_bound(
        by_name_.begin(), by_name_.end(), function,
        [&](std::uint32_t index, std::string_view wanted) { return functions_[index].name < wanted; });
    for (; at != by_name_.end() && functions_[*at].name == function; ++at)
        if (same_module(functions_[*at].module, module)) found.push_back(functions_[*at]);
    return found;
}

const SystemMap::Function* SystemMap::at(std::uint64_t address) const {
    auto after = std::upper_bound(functions_.begin(), functions_.end(), address,
                                  [](std::uint64_t wanted, const Function& each) { return wanted < each.address; });
    if (after == functions_.begin()) return nullptr;
    const std::uint64_t start = (--after)->address;
    while (after != functions_.begin() && std::prev(after)->address == start) --after;
    return address - start < after->span ? &*after : nullptr;
}

bool is_system_map_name(std::string_view file) {
    return file.starts_with("System.map") || file == "kallsyms" || file == "kallsyms.txt";
}

}  // namespace stallsight
