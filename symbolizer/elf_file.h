// One ELF file with symbols and perhaps debug info: a module (relocatable), or a kernel (linked).
//
// A relocatable file has no addresses: libdwfl lays its sections out one behind the other and relocates the debug
// sections to fit. "Address" means a place in that layout, or the linked address of a kernel, everywhere in
// this room.
#pragma once

#include <elfutils/libdwfl.h>
#include <gelf.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/progress.h"
#include "symbolizer/symbolizer.h"

namespace stallsight {

struct ElfSection {
    std::string_view name;
    std::uint64_t address = 0, size = 0;
    std::uint32_t type = 0;
    std::uint64_t flags = 0;
    std::size_t target = 0;  // sh_info: the section that relocations are for
    Elf_Scn* handle = nullptr;

    [[nodiscard]] bool holds_code() const { return (flags & SHF_ALLOC) && (flags & SHF_EXECINSTR); }
    [[nodiscard]] bool contains(std::uint64_t place) const { return place >= address && place - address < size; }
};

class ElfFile {
public:
    // `name` stands in messages, and is where separate debug files are looked for. `path`: the file that the bytes
    // are of, where there is one: of a module only the pages that are relocated take memory then. `progress`, which
    // may be null, hears of downloads (debuginfod.h) and must live as long.
    static Result<std::unique_ptr<ElfFile>> open(const std::string& name, const Bytes& bytes,
                                                 const std::string& path = {}, const Progress* progress = nullptr);

    // The same file in a session of its own, for another thread.
    [[nodiscard]] Result<std::unique_ptr<ElfFile>> again() const {
        return open(about_.name, bytes_, path_, progress_);
    }

    [[nodiscard]] const DebugFile& about() const { return about_; }
    [[nodiscard]] const std::string& path() const { return path_; }  // empty: no file of its own
    // Modules that this one calls: "depends" of .modinfo.
    [[nodiscard]] const std::vector<std::string>& depends() const { return depends_; }
    // False: the module's name was made from the file's.
    [[nodiscard]] bool says_its_name() const { return says_its_name_; }
    [[nodiscard]] bool relocatable() const { return header_.e_type == ET_REL; }
    [[nodiscard]] bool big_endian() const { return header_.e_ident[EI_DATA] == ELFDATA2MSB; }
    [[nodiscard]] unsigned machine() const { return header_.e_machine; }
    [[nodiscard]] unsigned flags() const { return header_.e_flags; }
    [[nodiscard]] const std::vector<ElfSection>& sections() const { return sections_; }  // by section number
    [[nodiscard]] const ElfSection* section_of(std::uint64_t address) const;             // of code
    [[nodiscard]] const ElfSection* section_named(std::string_view name) const;
    // The bytes of a section as the file holds them; empty where there are none.
    [[nodiscard]] static std::string_view content(const ElfSection& section);
    // The section's data in the machine's form: symbols and relocations.
    [[nodiscard]] static Elf_Data* data(const ElfSection& section);

    // Every symbol of a table, as use(number, name, GElf_Sym), where name() is read when it is asked for, and
    // points into the file.
    template <class Use>
    void for_each_symbol(const ElfSection& table, Use use) const {
        Elf_Data* entries = data(table);
        GElf_Shdr header;
        if (!entries || !gelf_getshdr(table.handle, &header) || header.sh_link >= sections_.size()) return;
        const std::string_view names = content(sections_[header.sh_link]);
        GElf_Sym symbol;
        for (int number = 0; gelf_getsym(entries, number, &symbol); ++number) {
            const auto name = [&] {
                const std::string_view rest = names.substr(std::min<std::size_t>(symbol.st_name, names.size()));
                return rest.substr(0, rest.find('\0'));
            };
            use(number, name, symbol);
        }
    }

    // Null without debug info. The first call reads and relocates it. `bias`: what libdw's addresses lack.
    Dwarf* dwarf(Dwarf_Addr& bias) const;
    // Call frame information of .debug_frame or, with `of_memory`, of .eh_frame; null where there is none.
    Dwarf_CFI* call_frames(bool of_memory, Dwarf_Addr& bias) const;

private:
    ElfFile() = default;
    Result<void> read_sections(const std::string& name);
    void describe(const std::string& name);
    [[nodiscard]] std::string linux_banner() const;

    struct EndSession {
        void operator()(Dwfl* session) const { dwfl_end(session); }
    };
    std::string path_;
    const Progress* progress_ = nullptr;
    Bytes bytes_;                 // what the ELF handle points into, or:
    std::shared_ptr<void> copy_;  // a file that libdw writes to is written to in this copy
    std::unique_ptr<Dwfl, EndSession> session_;
    Dwfl_Module* module_ = nullptr;
    Elf* elf_ = nullptr;
    GElf_Addr elf_bias_ = 0;
    GElf_Ehdr header_{};
    std::vector<ElfSection> sections_;
    DebugFile about_;
    std::vector<std::string> depends_;
    bool says_its_name_ = false;
};

// "dm-mod" and "dm_mod" are one module.
bool same_module(std::string_view left, std::string_view right);
// "a/dm-mod.ko.debug" -> "dm_mod"
std::string module_of_path(std::string_view path);
// Linked, not relocatable: a kernel, not a module. Looks at the header alone.
bool is_linked_elf(std::string_view bytes);

}  // namespace stallsight
