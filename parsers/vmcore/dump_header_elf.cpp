// An ELF core: /proc/vmcore, makedumpfile -E, QEMU's dump-guest-memory.
#include <elf.h>

#include <algorithm>
#include <cstddef>

#include "base/endian.h"
#include "parsers/vmcore/dump_header.h"

namespace stallsight {

namespace {

// A number of an ELF structure that begins at `at`.
struct Fields {
    std::string_view bytes;
    bool big_endian;

    [[nodiscard]] std::uint64_t u16(std::uint64_t at) const { return read_number_at(bytes, at, 2, big_endian); }
    [[nodiscard]] std::uint64_t u32(std::uint64_t at) const { return read_number_at(bytes, at, 4, big_endian); }
    [[nodiscard]] std::uint64_t u64(std::uint64_t at) const { return read_number_at(bytes, at, 8, big_endian); }
};

// QEMU 7.2 writes the one section header that counts in the byte order of the machine it runs on. Of a machine of
// the other kind libkdumpfile 0.5.1 then believes an impossible size, and opens nothing. Sections say nothing of
// memory.
std::string without_damaged_sections(std::string_view bytes, const Fields& fields) {
    const std::uint64_t table = fields.u64(offsetof(Elf64_Ehdr, e_shoff));
    const std::uint64_t names = fields.u16(offsetof(Elf64_Ehdr, e_shstrndx));
    if (fields.u16(offsetof(Elf64_Ehdr, e_shnum)) == 0) return {};
    const std::uint64_t size = fields.u64(table + names * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_size));
    if (size <= bytes.size()) return {};
    std::string head(bytes.substr(0, sizeof(Elf64_Ehdr)));
    head.replace(offsetof(Elf64_Ehdr, e_shoff), 8, 8, '\0');
    head.replace(offsetof(Elf64_Ehdr, e_shnum), 4, 4, '\0');  // and e_shstrndx
    return head;
}

}  // namespace

Result<DumpHeader> read_elf_core_header(const std::string& name, std::string_view bytes) {
    if (bytes.size() < sizeof(Elf64_Ehdr)) return fail("ends inside the ELF header", name);
    if (bytes[EI_CLASS] != ELFCLASS64) return fail("an ELF core of a 32-bit machine: not read", name);
    const Fields fields{bytes, bytes[EI_DATA] == ELFDATA2MSB};
    const std::uint64_t headers = fields.u64(offsetof(Elf64_Ehdr, e_phoff));
    const std::uint64_t count = fields.u16(offsetof(Elf64_Ehdr, e_phnum));
    if (fields.u16(offsetof(Elf64_Ehdr, e_phentsize)) != sizeof(Elf64_Phdr))
        return fail("the ELF header is damaged: program headers of an impossible size", name);
    if (headers > bytes.size() || count * sizeof(Elf64_Phdr) > bytes.size() - headers)
        return fail("ends inside the program headers", name);

    DumpHeader header;
    std::uint64_t end = bytes.size();
    bool memory = false;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t at = headers + i * sizeof(Elf64_Phdr);
        const std::uint64_t type = fields.u32(at + offsetof(Elf64_Phdr, p_type));
        const std::uint64_t offset = fields.u64(at + offsetof(Elf64_Phdr, p_offset));
        const std::uint64_t size = fields.u64(at + offsetof(Elf64_Phdr, p_filesz));
        if (offset + size < offset) return fail("a program header is damaged: an impossible offset", name);
        if (type == PT_NOTE && offset + size > bytes.size()) return fail("ends inside the notes", name);
        if (type != PT_LOAD) continue;
        memory = memory || offset < bytes.size();
        end = std::max(end, offset + size);
        const std::uint64_t there = std::min(size, bytes.size() - std::min<std::uint64_t>(offset, bytes.size()));
        const std::uint64_t address = fields.u64(at + offsetof(Elf64_Phdr, p_paddr));
        if (there < size) header.layout.missing.push_back({address + there, address + size});
    }
    if (!memory) return fail("ends before the first page of memory", name);
    header.bytes_missing = end - bytes.size();
    header.mended = without_damaged_sections(bytes, fields);
    return header;
}

}  // namespace stallsight
