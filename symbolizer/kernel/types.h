// The types of a kernel by name, from its DWARF: where a member lies, how large a structure is. Nothing here knows
// a fixed offset.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stallsight {

// A member of a structure, or a part of one: "se.on_rq", "mem[0].base".
struct Member {
    std::uint64_t offset = 0;  // in bytes, from the start of the structure that was asked
    std::uint64_t size = 0;    // in bytes; of an array all of it; of a bit-field the bytes that hold it
    std::uint64_t count = 1;   // elements of an array
    unsigned shift = 0;        // of a bit-field: how far the number in those bytes is shifted to the right
    unsigned bits = 0;         // 0: no bit-field
    bool is_signed = false, is_pointer = false;
    std::string type;  // tag of the structure that it is, is an array of, or points to; else empty
};

// Not safe from several threads at once.
class KernelTypes {
public:
    // The units of these code addresses are looked into first: a kernel has a thousand units, and reading all of
    // them takes a second. Addresses are libdw's. `debug` may be null: then nothing is found.
    KernelTypes(Dwarf* debug, std::vector<Dwarf_Addr> near) : debug_(debug), near_(std::move(near)) {}

    // By tag or typedef: "task_struct", "atomic_t".
    [[nodiscard]] std::optional<std::uint64_t> size_of(const std::string& type) const;
    // `path` may go into structures, anonymous ones too, and arrays, not through pointers.
    [[nodiscard]] const std::optional<Member>& member(const std::string& type, const std::string& path) const;
    // "PIDTYPE_TGID" of any enumeration in the units that were looked into.
    [[nodiscard]] std::optional<std::int64_t> enumerator(const std::string& name) const;

private:
    [[nodiscard]] std::optional<Dwarf_Die> find(std::string_view type) const;
    [[nodiscard]] std::optional<Dwarf_Die> listed(std::string_view type) const;
    [[nodiscard]] std::optional<Member> find_member(const std::string& type, std::string_view path) const;
    void list_near() const;
    void list_all() const;
    void list_unit(Dwarf_Die unit, int depth) const;

    Dwarf* debug_;
    std::vector<Dwarf_Addr> near_;
    mutable bool near_listed_ = false, all_listed_ = false;
    mutable std::unordered_map<std::string_view, Dwarf_Off> tags_, typedefs_;
    mutable std::unordered_set<Dwarf_Off> units_;  // that were listed
    mutable std::vector<Dwarf_Off> enumerations_;
    mutable std::map<std::pair<std::string, std::string>, std::optional<Member>> members_;
};

}  // namespace stallsight
