// What the head of a dump file says before anything of it is believed.
// Sources: makedumpfile 1.7.2, diskdump_mod.h (disk_dump_header, kdump_sub_header); elf(5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace stallsight {

struct DumpHeader {
    std::string arch;  // "x86_64", "ppc64" ...; empty: not said
};

Result<DumpHeader> read_dump_header(const std::string& name, std::string_view bytes);

}  // namespace stallsight
