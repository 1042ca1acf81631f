// Where ppc64's kernel addresses lie in physical memory: libkdumpfile 0.5.1 knows only hash page tables of 64 KiB.
//
// Sources, of Linux 6.1: arch/powerpc/include/asm/book3s/64/radix.h and mm/book3s64/radix_pgtable.c;
// nohash/64/pgtable-4k.h and nohash/pte-e500.h (Book3E).
#pragma once

#include <cstdint>
#include <optional>

#include "base/memory.h"
#include "parsers/vmcore/vmcoreinfo.h"

namespace stallsight {

class Ppc64Pages {
public:
    Ppc64Pages(const Vmcoreinfo& info, bool big_endian);

    // Nothing: not mapped by the linear mapping, radix or Book3E page tables, or these are not in the dump, of
    // which `read` reads physical memory.
    [[nodiscard]] std::optional<std::uint64_t> physical(std::uint64_t address, const MemoryReader& read) const;

private:
    [[nodiscard]] std::optional<std::uint64_t> by_radix(std::uint64_t address, const MemoryReader& read) const;
    [[nodiscard]] std::optional<std::uint64_t> by_book3e(std::uint64_t address, const MemoryReader& read) const;

    std::optional<std::uint64_t> root_;  // physical
    bool big_endian_;
};

}  // namespace stallsight
