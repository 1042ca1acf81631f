#include "analysis/chain/count_layout.h"

#include <array>
#include <charconv>

namespace stallsight {

namespace {

using Version = std::array<int, 3>;

struct Row {
    Version since;
    std::string_view arch;  // a trailing '*' stands for anything; empty: all that no row of this version names
    unsigned hardirq_bits, nmi_bits;
    std::uint32_t preempt_active;
    std::string_view source;
};

constexpr std::uint32_t bit25 = 0x02000000, bit26 = 0x04000000, bit27 = 0x08000000, bit28 = 0x10000000,
                        bit30 = 0x40000000;

// Up to 3.12 the architecture gave PREEMPT_ACTIVE and might give HARDIRQ_BITS, of which 10 were the most and the
// default (include/linux/hardirq.h). arm has 8 to 10 of them, as it has interrupts, and no NMIs: 10 reads them all.
// Where the architecture is not known, PREEMPT_ACTIVE is either of the bits that nearly all gave it.
// A version behind a file is the one that was read; older and newer ones of the row's time do not differ.
constexpr std::array table = {
    Row{{0, 0, 0}, "", 10, 1, bit28 | bit30, "include/linux/hardirq.h (2.6.32, 3.6)"},
    Row{{0, 0, 0}, "x86*", 10, 1, bit28, "arch/x86/include/asm/thread_info.h (3.8)"},
    Row{{0, 0, 0}, "ppc*", 10, 1, bit28, "arch/powerpc/include/asm/thread_info.h (3.8)"},
    Row{{0, 0, 0}, "mips*", 10, 1, bit28, "arch/mips/include/asm/thread_info.h (3.6)"},
    Row{{0, 0, 0}, "parisc*", 10, 1, bit28, "arch/parisc/include/asm/thread_info.h (3.4)"},
    Row{{0, 0, 0}, "arm", 10, 0, bit30, "arch/arm/include/asm/thread_info.h (3.8), hardirq.h"},
    Row{{0, 0, 0}, "arm64", 10, 1, bit30, "arch/arm64/include/asm/thread_info.h (3.7)"},
    Row{{0, 0, 0}, "alpha", 10, 1, bit30, "arch/alpha/include/asm/thread_info.h (3.4)"},
    Row{{0, 0, 0}, "ia64", 10, 1, bit30, "arch/ia64/include/asm/thread_info.h (3.6)"},
    Row{{0, 0, 0}, "s390*", 8, 1, bit26, "arch/s390/include/asm/hardirq.h, thread_info.h (3.6)"},
    Row{{0, 0, 0}, "m68k", 8, 1, bit26, "arch/m68k/include/asm/hardirq_mm.h, thread_info.h (3.6)"},
    Row{{0, 0, 0}, "sparc", 8, 1, bit26, "arch/sparc/include/asm/hardirq_32.h (3.4), thread_info_32.h"},
    Row{{0, 0, 0}, "sparc64", 8, 1, bit28, "arch/sparc/include/asm/hardirq_64.h (3.4), thread_info_64.h (3.6)"},
    // PREEMPT_ACTIVE stands behind the NMI's bit everywhere, HARDIRQ_BITS is still the architecture's.
    Row{{3, 13, 0}, "", 10, 1, bit27, "include/linux/preempt_mask.h (3.13)"},
    Row{{3, 13, 0}, "s390*", 8, 1, bit25, "include/linux/preempt_mask.h, arch/s390/include/asm/hardirq.h (3.13)"},
    Row{{3, 13, 0}, "m68k", 8, 1, bit25, "include/linux/preempt_mask.h, arch/m68k/include/asm/hardirq.h (3.13)"},
    Row{{3, 13, 0},
        "sparc*",
        8,
        1,
        bit25,
        "include/linux/preempt_mask.h, arch/sparc/include/asm/hardirq_*.h (3.13)"},
    Row{{3, 14, 0}, "", 4, 1, 0x00200000, "include/linux/preempt_mask.h (3.14 to 4.1), preempt.h (4.2, 4.3)"},
    Row{{4, 4, 0}, "", 4, 1, 0, "include/linux/preempt.h (4.4): PREEMPT_ACTIVE is gone"},
    Row{{5, 8, 0}, "", 4, 4, 0, "include/linux/preempt.h (5.8): NMIs may nest"},
};

// Before, local_bh_disable() added the same as a softirq that is served.
constexpr Version softirqs_told_apart = {2, 6, 37};

// "2.6.32-5-amd64", "6.1-rc3"; the last one of the table where there is none.
Version version_of(const std::string& release) {
    Version version{};
    const char* at = release.data();
    const char* end = at + release.size();
    for (int& part : version) {
        const auto number = std::from_chars(at, end, part);
        if (number.ec != std::errc()) break;
        at = number.ptr;
        if (at == end || *at++ != '.') break;
    }
    return version[0] > 0 ? version : table.back().since;
}

bool is_for(const Row& row, std::string_view arch) {
    if (!row.arch.ends_with('*')) return row.arch.empty() || row.arch == arch;
    return arch.starts_with(row.arch.substr(0, row.arch.size() - 1));
}

}  // namespace

CountLayout count_layout(const std::string& release, std::string_view arch) {
    const Version version = version_of(release);
    const Row* found = &table.front();
    for (const Row& row : table)
        if (row.since <= version && is_for(row, arch)) found = &row;
    constexpr std::uint32_t softirq_offset = 0x100;
    return {found->hardirq_bits, found->nmi_bits, found->preempt_active,
            version < softirqs_told_apart ? softirq_offset : 2 * softirq_offset, found->source};
}

}  // namespace stallsight
