#include "symbolizer/debug_info.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <unordered_map>

#include "base/parallel.h"
#include "symbolizer/index/unit_reader.h"

namespace stallsight {
namespace {

constexpr std::size_t worth_a_thread = 16;  // units

CodeRange code_of(const ElfFile& elf, Dwarf_Addr bias) {
    CodeRange code{~std::uint64_t{0}, 0, bias};
    for (const ElfSection& section : elf.sections()) {
        if (!section.holds_code() || section.size == 0) continue;
        code.low = std::min(code.low, section.address);
        code.high = std::max(code.high, section.address + section.size);
    }
    return code;
}

// Every unit's DIE, by its header alone.
std::vector<std::uint64_t> dies_of_units(Dwarf* debug) {
    std::vector<std::uint64_t> dies;
    Dwarf_Off unit = 0, next = 0;
    std::size_t header = 0;
    while (dwarf_next_unit(debug, unit, &next, &header, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) ==
           0) {
        dies.push_back(unit + header);
        unit = next;
    }
    return dies;
}

// .debug_aranges, and for units that it does not have (clang writes none) the unit's own ranges.
class RangeReader {
public:
    RangeReader(Dwarf* debug, const CodeRange& code, const std::vector<std::uint64_t>& dies)
        : debug_(debug), code_(code), dies_(dies), listed_(dies.size()) {}

    std::vector<UnitRange> run() {
        for (std::size_t i = 0; i < dies_.size(); ++i) numbers_[dies_[i]] = i;
        read_aranges();
        for (std::size_t i = 0; i < dies_.size(); ++i)
            if (!listed_[i]) read_ranges(i);
        std::sort(ranges_.begin(), ranges_.end(),
                  [](const UnitRange& left, const UnitRange& right) { return left.low < right.low; });
        return std::move(ranges_);
    }

private:
    void read_aranges() {
        Dwarf_Aranges* table = nullptr;
        std::size_t count = 0;
        if (dwarf_getaranges(debug_, &table, &count) != 0) return;
        for (std::size_t i = 0; i < count; ++i) {
            Dwarf_Addr start = 0;
            Dwarf_Word length = 0;
            Dwarf_Off die = 0;
            if (dwarf_getarangeinfo(dwarf_onearange(table, i), &start, &length, &die) != 0) continue;
            if (const auto known = numbers_.find(die); known != numbers_.end())
                add(start, start + length, known->second);
        }
    }

    void read_ranges(std::size_t unit) {
        Dwarf_Die die;
        Dwarf_Addr base = 0, low = 0, high = 0;
        if (!dwarf_offdie(debug_, dies_[unit], &die)) return;
        for (std::ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &low, &high)) > 0;) add(low, high, unit);
    }

    void add(std::uint64_t low, std::uint64_t high, std::size_t unit) {
        listed_[unit] = true;
        low -= code_.bias;
        high -= code_.bias;
        if (low >= code_.low && low < high && high <= code_.high) ranges_.push_back({low, high, unit});
    }

    Dwarf* debug_;
    const CodeRange& code_;
    const std::vector<std::uint64_t>& dies_;
    std::vector<bool> listed_;
    std::unordered_map<std::uint64_t, std::size_t> numbers_;
    std::vector<UnitRange> ranges_;
};

}  // namespace

DebugInfo::DebugInfo(const ElfFile& elf, IndexStore store)
    : elf_(elf), store_(std::move(store)), key_(IndexStore::key(elf.about().build_id, elf.path())) {}

bool DebugInfo::open() {
    if (opened_) return index_.has_value();
    opened_ = true;
    const auto kept = key_ ? store_.load(*key_) : std::nullopt;
    if (kept) index_ = PlaceIndex::read(*kept);
    if (!index_) list_units();
    return index_.has_value();
}

void DebugInfo::list_units() {
    Dwarf_Addr bias = 0;
    Dwarf* debug = elf_.dwarf(bias);
    if (!debug) return;
    const std::vector<std::uint64_t> dies = dies_of_units(debug);
    index_.emplace(RangeReader(debug, code_of(elf_, bias), dies).run(), dies);
}

std::vector<SourcePlace> DebugInfo::places(std::uint64_t address) {
    if (!open()) return {};
    const auto unit = index_->unit_of(address);
    if (!unit) return {};
    prepare({address});
    const UnitTable* table = index_->table(*unit);
    return table ? table->places(address) : std::vector<SourcePlace>();
}

void DebugInfo::prepare(const std::vector<std::uint64_t>& addresses) {
    if (!open()) return;
    std::set<std::size_t> missing;
    for (const std::uint64_t address : addresses)
        if (const auto unit = index_->unit_of(address); unit && !index_->table(*unit)) missing.insert(*unit);
    if (missing.empty()) return;
    const std::vector<std::size_t> units(missing.begin(), missing.end());
    std::vector<std::string> tables(units.size()), missing_dwos(units.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&](const ElfFile& elf) {
        Dwarf_Addr bias = 0;
        Dwarf* debug = elf.dwarf(bias);
        if (!debug) return;
        const CodeRange code = code_of(elf, bias);
        const LineSections lines(debug);
        for (std::size_t i; (i = next++) < units.size();) {
            UnitRead unit = read_unit(debug, lines, index_->die(units[i]), code);
            tables[i] = unit.parts.write();
            missing_dwos[i] = std::move(unit.missing_dwo);
        }
    };
    // libdw has no locks: each thread reads by a session of its own, and would relocate a module anew.
    const std::size_t threads = elf_.relocatable() ? 1 : std::max<std::size_t>(1, units.size() / worth_a_thread);
    on_all_cores(threads, [&](std::size_t number) {
        if (number == 0) return work(elf_);
        if (const auto elf = elf_.again()) work(**elf);
    });
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (!tables[i].empty()) index_->add(units[i], std::move(tables[i]));
        if (missing_dwo_.empty()) missing_dwo_ = std::move(missing_dwos[i]);
    }
}

void DebugInfo::keep() {
    if (!key_ || !index_ || !index_->has_grown() || !missing_dwo_.empty()) return;
    // Another program may have kept other units since.
    const auto kept = store_.load(*key_);
    if (auto other = kept ? PlaceIndex::read(*kept) : std::nullopt) index_->add_all(*other);
    store_.save(*key_, index_->write());
}

}  // namespace stallsight
