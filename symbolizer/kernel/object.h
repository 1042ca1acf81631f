// A structure in a kernel's memory, and its members by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/memory.h"
#include "symbolizer/kernel/types.h"

namespace stallsight {

class Object {
public:
    // `types` and `memory` must live as long.
    Object(const KernelTypes& types, const Memory& memory, std::string type, std::uint64_t address)
        : types_(&types), memory_(&memory), type_(std::move(type)), address_(address) {}

    [[nodiscard]] std::uint64_t address() const { return address_; }
    [[nodiscard]] const std::string& type() const { return type_; }

    // Nothing: this kernel has no such member, or the dump lacks it. A path is one of KernelTypes::member.
    [[nodiscard]] std::optional<std::uint64_t> number(const std::string& path) const;
    [[nodiscard]] std::optional<std::int64_t> signed_number(const std::string& path) const;
    [[nodiscard]] std::string text(const std::string& path) const;  // of an array of char
    [[nodiscard]] std::optional<std::uint64_t> address_of(const std::string& path) const;
    [[nodiscard]] std::optional<Object> member(const std::string& path) const;
    // What a pointer to a structure points to; nothing where it is null.
    [[nodiscard]] std::optional<Object> pointed(const std::string& path) const;
    // The structure of `type` that has this address as its member.
    [[nodiscard]] static std::optional<Object> container(const KernelTypes& types, const Memory& memory,
                                                         const std::string& type, const std::string& path,
                                                         std::uint64_t address);

private:
    [[nodiscard]] const std::optional<Member>& find(const std::string& path) const {
        return types_->member(type_, path);
    }

    const KernelTypes* types_;
    const Memory* memory_;
    std::string type_;
    std::uint64_t address_;
};

}  // namespace stallsight
