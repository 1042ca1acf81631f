#include "symbolizer/index/unit_reader.h"

#include <dwarf.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <unordered_map>

namespace stallsight {
namespace {

constexpr int deepest = 64;  // damaged debug info can nest without end
constexpr std::uint64_t widest = 0xffffffff;
constexpr std::uint32_t highest = 0x7fffffff;  // line or discriminator

std::uint32_t number(Dwarf_Die& die, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (!dwarf_attr(&die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0) return 0;
    return value > highest ? 0 : static_cast<std::uint32_t>(value);
}

class UnitReader {
public:
    UnitReader(Dwarf_Die& skeleton, const LineSections& lines, const CodeRange& code)
        : skeleton_(skeleton), code_(code) {
        parts_.text.push_back('\0');
        parts_.files.push_back(0);
        Dwarf_Attribute attribute;
        if (const char* text = dwarf_formstring(dwarf_attr(&skeleton_, DW_AT_comp_dir, &attribute))) folder_ = text;
        Dwarf_Word offset = 0;
        if (dwarf_formudata(dwarf_attr(&skeleton_, DW_AT_stmt_list, &attribute), &offset) == 0)
            lines_ = read_line_table(lines, offset, folder_).value_or(LineTable());
        line_files_.resize(lines_.files.size());
    }

    UnitRead run() {
        // Of split DWARF the .dwo has the functions, the skeleton the lines.
        Dwarf_Die split;
        std::uint8_t type = 0;
        const bool known =
            dwarf_cu_info(skeleton_.cu, nullptr, &type, nullptr, &split, nullptr, nullptr, nullptr) == 0;
        const bool is_split = known && type == DW_UT_skeleton;
        const bool has_split = is_split && split.cu;
        std::size_t count = 0;
        if (has_split && dwarf_getsrcfiles(&split, &split_files_, &count) != 0) split_files_ = nullptr;
        read_functions(has_split ? split : skeleton_, 0);
        find_base();
        flatten_scopes();
        read_lines();
        return {std::move(parts_), is_split && !split.cu ? name_of_dwo() : std::string()};
    }

private:
    struct Interval {
        std::uint64_t low, high;
        std::uint32_t scope;
    };

    std::string name_of_dwo() {
        for (const unsigned attribute : {DW_AT_dwo_name, DW_AT_GNU_dwo_name}) {
            Dwarf_Attribute name;
            if (const char* text = dwarf_formstring(dwarf_attr(&skeleton_, attribute, &name))) return text;
        }
        return "a .dwo";
    }

    template <class Use>
    static void for_each_child(Dwarf_Die& parent, Use use) {
        Dwarf_Die child;
        if (dwarf_child(&parent, &child) != 0) return;
        do use(child);
        while (dwarf_siblingof(&child, &child) == 0);
    }

    void read_functions(Dwarf_Die& parent, int depth) {
        if (depth > deepest) return;
        for_each_child(parent, [&](Dwarf_Die& child) {
            const int tag = dwarf_tag(&child);
            if (tag == DW_TAG_namespace) read_functions(child, depth + 1);  // Rust
            if (tag == DW_TAG_subprogram) add_scope(child, no_scope, depth);
        });
    }

    void read_bodies(Dwarf_Die& parent, std::uint32_t scope, int depth) {
        if (depth > deepest) return;
        for_each_child(parent, [&](Dwarf_Die& child) {
            const int tag = dwarf_tag(&child);
            if (tag == DW_TAG_lexical_block) read_bodies(child, scope, depth + 1);
            if (tag == DW_TAG_inlined_subroutine) add_scope(child, scope, depth + 1);
        });
    }

    void add_scope(Dwarf_Die& die, std::uint32_t parent, int depth) {
        const auto scope = static_cast<std::uint32_t>(parts_.scopes.size());
        const std::size_t before = intervals_.size();
        Dwarf_Addr base = 0, low = 0, high = 0;
        for (std::ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &low, &high)) > 0;)
            add_interval(low, high, scope);
        if (intervals_.size() == before) return;  // a declaration, or optimised away
        Dwarf_Attribute name;
        const char* text = dwarf_formstring(dwarf_attr_integrate(&die, DW_AT_name, &name));
        parts_.scopes.push_back({parent, stored(text), 0, 0});
        if (parent != no_scope) {
            const std::uint32_t file = number(die, DW_AT_call_file);
            parts_.scopes[scope].call_file =
                split_files_ ? stored_split_file(dwarf_filesrc(split_files_, file, nullptr, nullptr))
                             : stored_file(file);
            parts_.scopes[scope].call_line = number(die, DW_AT_call_line);
        }
        read_bodies(die, scope, depth);
    }

    void add_interval(Dwarf_Addr low, Dwarf_Addr high, std::uint32_t scope) {
        low -= code_.bias;
        high -= code_.bias;
        if (low >= code_.low && low < high && high <= code_.high) intervals_.push_back({low, high, scope});
    }

    void find_base() {
        std::sort(intervals_.begin(), intervals_.end(), [](const Interval& left, const Interval& right) {
            return std::tuple(left.low, left.scope) < std::tuple(right.low, right.scope);
        });
        Dwarf_Addr base = 0, low = 0, high = 0;
        parts_.base = intervals_.empty() ? code_.high : intervals_.front().low;
        for (std::ptrdiff_t at = 0; (at = dwarf_ranges(&skeleton_, at, &base, &low, &high)) > 0;)
            if (low - code_.bias >= code_.low) parts_.base = std::min(parts_.base, low - code_.bias);
    }

    // From nested intervals to pieces that lie side by side. What sticks out of its parent is cut or left out.
    void flatten_scopes() {
        std::vector<Interval> open;
        const auto close_up_to = [&](std::uint64_t address) {
            while (!open.empty() && open.back().high <= address) {
                const std::uint64_t end = open.back().high;
                open.pop_back();
                add_piece(end, open.empty() ? no_scope : open.back().scope);
            }
        };
        for (Interval& interval : intervals_) {
            close_up_to(interval.low);
            const std::uint32_t around = open.empty() ? no_scope : open.back().scope;
            if (parts_.scopes[interval.scope].parent != around) continue;
            if (!open.empty()) interval.high = std::min(interval.high, open.back().high);
            add_piece(interval.low, interval.scope);
            open.push_back(interval);
        }
        close_up_to(~std::uint64_t{0});
    }

    void add_piece(std::uint64_t address, std::uint32_t scope) {
        const std::uint64_t offset = address - parts_.base;
        if (offset > widest) return;
        if (!parts_.pieces.empty() && parts_.pieces.back().offset == offset) {
            parts_.pieces.back().scope = scope;
        } else {
            parts_.pieces.push_back({static_cast<std::uint32_t>(offset), scope});
        }
    }

    void read_lines() {
        for (const LineTable::Row& line : lines_.rows) add_row(line);
    }

    void add_row(const LineTable::Row& line) {
        const std::uint64_t address = line.address - code_.bias, offset = address - parts_.base;
        if (address < parts_.base || address > code_.high || offset > widest) return;
        LineRow row{static_cast<std::uint32_t>(offset), 0, 0, 0};
        if (!line.end && line.line <= highest) {
            row.line = line.line;
            row.file = stored_file(line.file);
            if (line.discriminator <= highest) row.discriminator = line.discriminator;
        }
        // Of several rows of one address the last one counts.
        if (!parts_.rows.empty() && parts_.rows.back().offset == row.offset) parts_.rows.pop_back();
        const auto place = [](const LineRow& r) { return std::tuple(r.line, r.file, r.discriminator); };
        if (parts_.rows.empty() || place(parts_.rows.back()) != place(row)) parts_.rows.push_back(row);
    }

    // libdw gives one pointer for one string of the debug info: no string is looked at twice.
    std::uint32_t stored(const char* text) {
        if (!text || !*text) return 0;
        const auto [known, is_new] = texts_.try_emplace(text, static_cast<std::uint32_t>(parts_.text.size()));
        if (is_new) parts_.text.append(text).push_back('\0');
        return known->second;
    }

    // A file of the line table.
    std::uint32_t stored_file(std::size_t number) {
        if (number >= line_files_.size()) return 0;
        if (line_files_[number] == 0) line_files_[number] = add_file(lines_.path(number));
        return line_files_[number];
    }

    // A file of the .dwo's own table, which is libdw's.
    std::uint32_t stored_split_file(const char* path) {
        if (!path) return 0;
        const auto [known, is_new] = split_numbers_.try_emplace(path);
        if (is_new) known->second = add_file((path[0] == '/' || folder_.empty() ? "" : folder_ + "/") + path);
        return known->second;
    }

    std::uint32_t add_file(const std::string& path) {
        if (path.empty()) return 0;
        parts_.files.push_back(static_cast<std::uint32_t>(parts_.text.size()));
        parts_.text.append(path).push_back('\0');
        return static_cast<std::uint32_t>(parts_.files.size() - 1);
    }

    Dwarf_Die skeleton_;
    CodeRange code_;
    LineTable lines_;
    std::vector<std::uint32_t> line_files_;  // of its files, those that are stored
    Dwarf_Files* split_files_ = nullptr;
    std::string folder_;  // that relative paths are relative to
    std::vector<Interval> intervals_;
    std::unordered_map<const char*, std::uint32_t> texts_, split_numbers_;
    UnitParts parts_;
};

}  // namespace

UnitRead read_unit(Dwarf* debug, const LineSections& lines, Dwarf_Off unit, const CodeRange& code) {
    Dwarf_Die die;
    if (!dwarf_offdie(debug, unit, &die)) return {};
    return UnitReader(die, lines, code).run();
}

}  // namespace stallsight
