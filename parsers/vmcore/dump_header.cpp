#include "parsers/vmcore/dump_header.h"

namespace stallsight {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t utsname_machine = 12 + 4 * 65;  // behind signature and version: the fifth name of utsname
constexpr std::size_t utsname_length = 65;

}  // namespace

Result<DumpHeader> read_dump_header(const std::string& name, std::string_view bytes) {
    if (bytes.starts_with("\x7f"
                          "ELF"sv))
        return DumpHeader{};
    if (!bytes.starts_with("KDUMP   "sv) && !bytes.starts_with("DISKDUMP"sv))
        return fail("neither an ELF core nor a kdump-compressed dump", name);
    if (bytes.size() < utsname_machine + utsname_length) return fail("ends inside the dump's header", name);
    const std::string_view machine = bytes.substr(utsname_machine, utsname_length);
    return DumpHeader{std::string(machine.substr(0, machine.find('\0')))};
}

}  // namespace stallsight
