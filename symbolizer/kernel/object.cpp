#include "symbolizer/kernel/object.h"

namespace stallsight {

std::optional<std::uint64_t> Object::number(const std::string& path) const {
    const auto& member = find(path);
    if (!member) return std::nullopt;
    const auto value = memory_->number(address_ + member->offset, member->size);
    if (!value || member->bits == 0) return value;
    const std::uint64_t mask = member->bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << member->bits) - 1;
    return *value >> member->shift & mask;
}

std::optional<std::int64_t> Object::signed_number(const std::string& path) const {
    const auto value = number(path);
    if (!value) return std::nullopt;
    const Member& member = *find(path);
    return sign_extended(*value, member.bits ? member.bits : static_cast<unsigned>(8 * member.size));
}

std::string Object::text(const std::string& path) const {
    const auto& member = find(path);
    return member ? memory_->text(address_ + member->offset, member->size) : std::string();
}

std::optional<std::uint64_t> Object::address_of(const std::string& path) const {
    const auto& member = find(path);
    if (!member) return std::nullopt;
    return address_ + member->offset;
}

std::optional<Object> Object::member(const std::string& path) const {
    const auto& member = find(path);
    if (!member || member->is_pointer) return std::nullopt;
    return Object(*types_, *memory_, member->type, address_ + member->offset);
}

std::optional<Object> Object::pointed(const std::string& path) const {
    const auto& member = find(path);
    if (!member || !member->is_pointer) return std::nullopt;
    const auto target = memory_->number(address_ + member->offset, member->size);
    if (!target || *target == 0) return std::nullopt;
    return Object(*types_, *memory_, member->type, *target);
}

std::optional<Object> Object::container(const KernelTypes& types, const Memory& memory, const std::string& type,
                                        const std::string& path, std::uint64_t address) {
    const auto& member = types.member(type, path);
    if (!member) return std::nullopt;
    return Object(types, memory, type, address - member->offset);
}

}  // namespace stallsight
