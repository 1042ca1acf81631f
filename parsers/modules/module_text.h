// Text about a kernel's loaded modules: modinfo(8), lsmod(8), /proc/modules, files of /sys/module/NAME (or what
// `grep . /sys/module/*/srcversion` prints of them).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

struct ModuleText {
    std::string name;
    // As modinfo names them; each may be empty: not said. `taint` is letters: "OE".
    std::string version, srcversion, vermagic, taint;
    std::uint64_t line = 0;  // of the text, from 1
};

// What the text says of modules, in its order; a module may come again. Empty of any other text. `path` counts
// where it ends in sys/module/NAME/srcversion, version or taint: such a file holds the value alone.
std::vector<ModuleText> parse_module_text(std::string_view path, std::string_view text);

}  // namespace stallsight
