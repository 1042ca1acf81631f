#include "symbolizer/index/place_index.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace stallsight {
namespace {

constexpr std::uint64_t magic = 0x78646e6974733101;  // the last byte is the version: raise it with every change

struct IndexHead {
    std::uint64_t mark, checksum;  // of all that follows, up to the first table
    std::uint64_t ranges, units;
};

std::uint64_t checksum_of(std::string_view bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

std::size_t aligned(std::size_t size) {
    return (size + 7) & ~std::size_t{7};
}

template <class Item>
void append(std::string& bytes, const Item& item) {
    bytes.append(reinterpret_cast<const char*>(&item), sizeof item);
}

template <class Item>
std::vector<Item> take(std::string_view& bytes, std::size_t count) {
    std::vector<Item> items(count);
    std::memcpy(items.data(), bytes.data(), count * sizeof(Item));
    bytes.remove_prefix(count * sizeof(Item));
    return items;
}

}  // namespace

PlaceIndex::PlaceIndex(std::vector<UnitRange> ranges, const std::vector<std::uint64_t>& dies)
    : ranges_(std::move(ranges)), units_(dies.size()) {
    for (std::size_t i = 0; i < dies.size(); ++i) units_[i].entry.die = dies[i];
}

std::optional<PlaceIndex> PlaceIndex::read(const Bytes& bytes) {
    IndexHead head;
    std::string_view rest = bytes.view();
    if (rest.size() < sizeof head) return std::nullopt;
    std::memcpy(&head, rest.data(), sizeof head);
    rest.remove_prefix(sizeof head);
    if (head.mark != magic || head.ranges > rest.size() / sizeof(UnitRange)) return std::nullopt;
    const std::size_t after_ranges = rest.size() - head.ranges * sizeof(UnitRange);
    if (head.units > after_ranges / sizeof(UnitEntry)) return std::nullopt;
    const std::size_t lists = head.ranges * sizeof(UnitRange) + head.units * sizeof(UnitEntry);
    if (checksum_of(bytes.view().substr(offsetof(IndexHead, ranges), 16 + lists)) != head.checksum)
        return std::nullopt;
    PlaceIndex index;
    index.ranges_ = take<UnitRange>(rest, head.ranges);
    for (const UnitEntry& entry : take<UnitEntry>(rest, head.units)) {
        Unit& unit = index.units_.emplace_back();
        unit.entry = entry;
        const bool inside = entry.offset <= bytes.size() && entry.size <= bytes.size() - entry.offset;
        if (inside) unit.bytes = bytes.view().substr(entry.offset, entry.size);
        if (inside) unit.owner = bytes;
    }
    return index;
}

std::string PlaceIndex::write() const {
    std::vector<UnitEntry> entries;
    const std::size_t lists = ranges_.size() * sizeof(UnitRange) + units_.size() * sizeof(UnitEntry);
    std::size_t end = sizeof(IndexHead) + lists;
    for (const Unit& unit : units_) {
        entries.push_back({unit.entry.die, end, unit.bytes.size(), unit.entry.checksum});
        end += aligned(unit.bytes.size());
    }
    std::string bytes;
    bytes.reserve(end);
    append(bytes, IndexHead{magic, 0, ranges_.size(), units_.size()});
    for (const UnitRange& range : ranges_) append(bytes, range);
    for (const UnitEntry& entry : entries) append(bytes, entry);
    const std::uint64_t checksum = checksum_of(std::string_view(bytes).substr(offsetof(IndexHead, ranges)));
    std::memcpy(bytes.data() + offsetof(IndexHead, checksum), &checksum, sizeof checksum);
    for (const Unit& unit : units_) {
        bytes += unit.bytes;
        bytes.resize(aligned(bytes.size()));
    }
    return bytes;
}

std::optional<std::size_t> PlaceIndex::unit_of(std::uint64_t address) const {
    auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                  [](std::uint64_t wanted, const UnitRange& range) { return wanted < range.low; });
    if (after == ranges_.begin() || address >= (--after)->high || after->unit >= units_.size()) return std::nullopt;
    return after->unit;
}

const UnitTable* PlaceIndex::table(std::size_t number) {
    Unit& unit = units_[number];
    if (!unit.table && !unit.bytes.empty()) {
        if (checksum_of(unit.bytes) == unit.entry.checksum) unit.table = UnitTable::view(unit.bytes);
        if (!unit.table) unit.bytes = {};
    }
    return unit.table ? &*unit.table : nullptr;
}

void PlaceIndex::add(std::size_t number, std::string table) {
    Unit& unit = units_[number];
    unit.owner = Bytes::own(std::move(table));
    unit.bytes = unit.owner.view();
    unit.entry.checksum = checksum_of(unit.bytes);
    unit.table = UnitTable::view(unit.bytes);
    grown_ = true;
}

void PlaceIndex::add_all(PlaceIndex& other) {
    if (other.units_.size() != units_.size()) return;
    for (std::size_t i = 0; i < units_.size(); ++i)
        if (units_[i].bytes.empty() && units_[i].entry.die == other.units_[i].entry.die && other.table(i))
            units_[i] = other.units_[i];
}

}  // namespace stallsight
