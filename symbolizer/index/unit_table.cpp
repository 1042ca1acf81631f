#include "symbolizer/index/unit_table.h"

#include <algorithm>
#include <cstring>

namespace stallsight {
namespace {

template <class Item>
void append(std::string& bytes, const std::vector<Item>& items) {
    bytes.append(reinterpret_cast<const char*>(items.data()), items.size() * sizeof(Item));
}

template <class Item>
const Item* take(std::string_view& bytes, std::uint32_t count) {
    if (bytes.size() / sizeof(Item) < count) return nullptr;
    const auto* items = reinterpret_cast<const Item*>(bytes.data());
    bytes.remove_prefix(count * sizeof(Item));
    return items;
}

// The last item that does not start behind `offset`.
template <class Item>
const Item* last_before(const Item* items, std::uint32_t count, std::uint64_t offset) {
    const Item* after = std::upper_bound(
        items, items + count, offset, [](std::uint64_t wanted, const Item& item) { return wanted < item.offset; });
    return after == items ? nullptr : after - 1;
}

}  // namespace

std::string UnitParts::write() const {
    const auto count = [](const auto& items) { return static_cast<std::uint32_t>(items.size()); };
    const UnitHead head{base, count(rows), count(pieces), count(scopes), count(files), count(text), 0};
    std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
    append(bytes, rows);
    append(bytes, pieces);
    append(bytes, scopes);
    append(bytes, files);
    return bytes += text;
}

std::optional<UnitTable> UnitTable::view(std::string_view bytes) {
    UnitTable table;
    if (bytes.size() < sizeof table.head_) return std::nullopt;
    std::memcpy(&table.head_, bytes.data(), sizeof table.head_);
    bytes.remove_prefix(sizeof table.head_);
    table.rows_ = take<LineRow>(bytes, table.head_.rows);
    table.pieces_ = take<ScopePiece>(bytes, table.head_.pieces);
    table.scopes_ = take<Scope>(bytes, table.head_.scopes);
    table.files_ = take<std::uint32_t>(bytes, table.head_.files);
    if (!table.rows_ || !table.pieces_ || !table.scopes_ || !table.files_) return std::nullopt;
    if (bytes.size() < table.head_.text) return std::nullopt;
    table.text_ = bytes.substr(0, table.head_.text);
    return table;
}

std::string_view UnitTable::text_at(std::uint32_t offset) const {
    if (offset >= text_.size()) return {};
    const std::string_view rest = text_.substr(offset);
    return rest.substr(0, rest.find('\0'));
}

std::string UnitTable::path(std::uint32_t file) const {
    return file < head_.files ? std::string(text_at(files_[file])) : std::string();
}

std::vector<SourcePlace> UnitTable::places(std::uint64_t address) const {
    const std::uint64_t offset = address - head_.base;
    std::vector<SourcePlace> found(1);
    if (const LineRow* row = last_before(rows_, head_.rows, offset)) {
        found[0].file = path(row->file);
        found[0].line = static_cast<int>(row->line);
        found[0].discriminator = static_cast<int>(row->discriminator);
    }
    const ScopePiece* piece = last_before(pieces_, head_.pieces, offset);
    // Each inlined body says where it was called from, which is the next place's line.
    for (std::uint32_t number = piece ? piece->scope : no_scope; number < head_.scopes;) {
        const Scope& scope = scopes_[number];
        found.back().function = text_at(scope.name);
        if (scope.parent >= number) break;
        SourcePlace& caller = found.emplace_back();
        caller.file = path(scope.call_file);
        caller.line = static_cast<int>(scope.call_line);
        number = scope.parent;
    }
    if (found[0].file.empty() && found[0].function.empty()) found.clear();
    return found;
}

}  // namespace stallsight
