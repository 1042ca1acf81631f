// Names by address from text, for kernels without their vmlinux: System.map, `nm vmlinux`, /proc/kallsyms.
//
//   ffffffff81000000 T _text                                   (scripts/link-vmlinux.sh: nm -n vmlinux)
//   ffffffffc0298010 t nokia_rpmsg_notify\t[rpmsg_platform_driver]     (kernel/kallsyms.c: s_show())
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace stallsight {

class SystemMap {
public:
    struct Function {
        std::string_view name;    // without ppc64 ELFv1's leading dot
        std::string_view module;  // empty: the kernel's own
        std::uint64_t address = 0;
        std::uint64_t span = 0;  // up to the next symbol, as kallsyms counts sizes; 0: it is the last one
    };

    // Does it start as such a list does?
    static bool is_list(std::string_view text);
    // An error where the text is no such list, or hides its addresses (kptr_restrict shows only zeros).
    static Result<SystemMap> read(const std::string& name, std::string_view text);

    [[nodiscard]] const std::string& name() const { return name_; }
    // Every function of that name, by address.
    [[nodiscard]] std::vector<Function> named(std::string_view function, std::string_view module) const;
    // The function that the address lies in; of several names of one address the first one of the text.
    [[nodiscard]] const Function* at(std::uint64_t address) const;

private:
    std::string name_;
    std::shared_ptr<const std::string> text_;  // what the names are in
    std::vector<Function> functions_;          // by address
    std::vector<std::uint32_t> by_name_;       // indices of functions_, sorted by name, then address
};

// "System.map", "System.map-6.1.0-13-amd64", "kallsyms", "kallsyms.txt"
bool is_system_map_name(std::string_view file);

}  // namespace stallsight
