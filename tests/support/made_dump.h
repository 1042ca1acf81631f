// A small dump made in a test: one piece of memory from physical address 0 on, with vmcoreinfo, as an ELF core or
// kdump-compressed.
#pragma once

#include <elf.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "parsers/vmcore/dump.h"

namespace stallsight {

// How a kdump-compressed dump keeps its pages.
struct PagePacking {
    std::uint32_t flags = 0;  // page_desc.flags: makedumpfile 1.7.2, diskdump_mod.h, DUMP_DH_COMPRESSED_*
    std::string (*pack)(std::string_view page) = [](std::string_view page) { return std::string(page); };
};

class MadeDump {
public:
    enum class Machine { x86_64, ppc64, arm64 };

    // A x86_64 kernel has page tables at 0x1000 that map its text; ppc64's linear mapping needs none.
    explicit MadeDump(Machine machine, std::size_t memory = 256 * 1024)
        : big_(machine == Machine::ppc64), machine_(machine), memory_(memory, '\0') {
        info("OSRELEASE=5.4.0-made");
        info("PAGESIZE=4096");
        if (machine == Machine::arm64) {
            info("NUMBER(VA_BITS)=48");
        } else if (machine == Machine::x86_64) {
            info("SYMBOL(init_top_pgt)=" + hex(base() + 0x1000));
            info("NUMBER(phys_base)=0");
            info("SYMBOL(_stext)=" + hex(base()));
            number(0x1000 + 511 * 8, 8, 0x2003);  // to the next table
            number(0x2000 + 510 * 8, 8, 0x0083);  // a page of 1 GiB from physical 0 on
        } else {
            info("SYMBOL(_stext)=" + hex(base()));
        }
    }

    // The kernel virtual address of physical 0.
    [[nodiscard]] std::uint64_t base() const {
        return machine_ == Machine::x86_64 ? 0xffffffff80000000U : 0xc000000000000000U;
    }

    void info(const std::string& line) { vmcoreinfo_ += line + "\n"; }
    void symbol(const std::string& name, std::uint64_t at) { info("SYMBOL(" + name + ")=" + hex(base() + at)); }

    // A note with the registers of one CPU: struct elf_prstatus, all of whose words are `word`.
    void registers(std::uint64_t word) {
        const std::size_t size = machine_ == Machine::ppc64 ? 504 : machine_ == Machine::arm64 ? 392 : 336;
        registers_ = encoded(4, 5) + encoded(4, size) + encoded(4, NT_PRSTATUS) + std::string("CORE\0\0\0\0", 8);
        for (std::size_t at = 0; at < size; at += 8) registers_ += encoded(8, word);
    }

    // The notes then have none.
    std::string take_vmcoreinfo() { return std::exchange(vmcoreinfo_, {}); }

    void bytes(std::uint64_t at, std::string_view text) { memory_.replace(at, text.size(), text); }
    void number(std::uint64_t at, std::size_t size, std::uint64_t value) { bytes(at, encoded(size, value)); }
    void pointer(std::uint64_t at, std::uint64_t to) { number(at, 8, base() + to); }

    [[nodiscard]] std::string elf() const {
        const std::string note = notes();
        const std::uint64_t notes_at = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
        const std::uint64_t memory_at = (notes_at + note.size() + 4095) / 4096 * 4096;

        std::string out = std::string(
                              "\x7f"
                              "ELF") +
                          '\2' + (big_ ? '\2' : '\1') + '\1' + std::string(9, '\0');
        out += encoded(2, ET_CORE) + encoded(2, elf_machine()) + encoded(4, 1) + encoded(8, 0);
        out += encoded(8, sizeof(Elf64_Ehdr)) + encoded(8, 0) + encoded(4, 0) + encoded(2, sizeof(Elf64_Ehdr));
        out += encoded(2, sizeof(Elf64_Phdr)) + encoded(2, 2) + encoded(2, 0) + encoded(2, 0) + encoded(2, 0);
        out += segment(PT_NOTE, notes_at, 0, note.size());
        out += segment(PT_LOAD, memory_at, base(), memory_.size());
        out += note;
        out.resize(memory_at);
        return out + memory_;
    }

    // makedumpfile's format, header version 6; `from` and `to` of its pages where it is a part of a split dump.
    [[nodiscard]] std::string kdump(std::uint64_t from = 0, std::uint64_t to = 0,
                                    const PagePacking& packing = {}) const {
        const std::uint64_t pages = memory_.size() / page;
        const bool split = to != 0;
        if (!split) to = pages;
        std::string out = "KDUMP   " + encoded(4, 6) + std::string(4 * 65, '\0');
        out += machine_ == Machine::x86_64 ? "x86_64" : machine_ == Machine::ppc64 ? "ppc64" : "aarch64";
        out.resize(428);
        out += encoded(4, page) + encoded(4, 1) + encoded(4, 2) + encoded(4, pages);
        out.resize(page);
        const std::string note = notes();
        out += encoded(8, 0) + encoded(4, 0) + encoded(4, split ? 1 : 0) + encoded(8, from) + encoded(8, to);
        out += encoded(8, page + 128 + registers_.size() + 24) + encoded(8, vmcoreinfo_.size());
        out += encoded(8, page + 128) + encoded(8, note.size()) + encoded(8, 0) + encoded(8, 0);
        out += encoded(8, from) + encoded(8, to) + encoded(8, pages);
        out.resize(page + 128);
        out += note;
        out.resize(2 * page);
        for (int bitmap = 0; bitmap < 2; ++bitmap) {
            out.append(pages / 8, '\xff');
            out.resize((3 + static_cast<std::size_t>(bitmap)) * page);
        }
        std::string data;
        const std::uint64_t data_at = out.size() + (to - from) * 24;
        for (std::uint64_t i = from; i < to; ++i) {
            const std::string bytes = packing.pack(std::string_view(memory_).substr(i * page, page));
            out += encoded(8, data_at + data.size()) + encoded(4, bytes.size()) + encoded(4, packing.flags) +
                   encoded(8, 0);
            data += bytes;
        }
        return out + data;
    }

    [[nodiscard]] Result<Dump> open() const { return Dump::open({{"made", Bytes::own(elf()), ""}}); }

private:
    static constexpr std::size_t page = 4096;

    [[nodiscard]] std::string notes() const {
        if (vmcoreinfo_.empty()) return registers_;
        std::string note = encoded(4, 11) + encoded(4, vmcoreinfo_.size()) + encoded(4, 0);
        note += std::string("VMCOREINFO\0\0", 12) + vmcoreinfo_;
        note.resize((note.size() + 3) / 4 * 4);
        return registers_ + note;
    }

    [[nodiscard]] unsigned elf_machine() const {
        return machine_ == Machine::ppc64 ? EM_PPC64 : machine_ == Machine::arm64 ? EM_AARCH64 : EM_X86_64;
    }

    [[nodiscard]] std::string encoded(std::size_t size, std::uint64_t value) const {
        std::string out(size, '\0');
        for (std::size_t i = 0; i < size; ++i) out[big_ ? size - 1 - i : i] = static_cast<char>(value >> (8 * i));
        return out;
    }

    [[nodiscard]] std::string segment(std::uint32_t type, std::uint64_t at, std::uint64_t address,
                                      std::uint64_t size) const {
        return encoded(4, type) + encoded(4, 0) + encoded(8, at) + encoded(8, address) + encoded(8, 0) +
               encoded(8, size) + encoded(8, size) + encoded(8, 0);
    }

    static std::string hex(std::uint64_t value) {
        std::string out;
        for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 15U];
        return out;
    }

    bool big_;
    Machine machine_;
    std::string memory_;
    std::string vmcoreinfo_;
    std::string registers_;
};

inline const auto name_of_machine = [](const auto& test) {
    return std::string(test.param == MadeDump::Machine::ppc64 ? "ppc64" : "x86_64");
};

}  // namespace stallsight
