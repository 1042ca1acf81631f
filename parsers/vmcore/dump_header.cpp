#include "parsers/vmcore/dump_header.h"

namespace stallsight {

Result<DumpHeader> read_dump_header(const std::string& name, std::string_view bytes) {
    if (bytes.starts_with("\x7f"
                          "ELF"))
        return read_elf_core_header(name, bytes);
    if (bytes.starts_with("KDUMP   ") || bytes.starts_with("DISKDUMP")) return read_kdump_header(name, bytes);
    return fail("neither an ELF core nor a kdump-compressed dump", name);
}

}  // namespace stallsight
