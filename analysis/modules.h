// The modules that each core's kernel had loaded, as its reports and the bundle's other texts say it.
#pragma once

#include <string_view>

#include "analysis/analysis.h"

namespace stallsight {

// By board, core and name.
std::vector<ModuleInfo> find_modules(const Analysis& analysis);

// What is known of the module that a log is about. A text that is of no board or core is taken to be of all. Null:
// nothing.
const ModuleInfo* module_of(const Analysis& analysis, const Artifact& log, std::string_view name);

// Whose a frame's code is: the kernel's own, a module's, or a module's that is not of the kernel's tree, "(O)" in
// "Modules linked in:" (kernel/module/main.c: TAINT_OOT_MODULE).
enum class Owner { kernel, module, out_of_tree };
Owner owner_of(const Analysis& analysis, const Artifact& log, std::string_view module);
std::string_view name_of(Owner owner);  // "kernel", "module", "out_of_tree"
// " (O)" of a module that is out of tree, else nothing.
std::string_view owner_mark(const Analysis& analysis, const Artifact& log, std::string_view module);
// The log, dump or session that the chain's stack is from.
const Artifact& log_of(const Analysis& analysis, const Chain& chain);

// "rpmsg_ether_xmit [rpmsg_ifc] (O)": a link's function, as reports show it.
std::string owned_name(const Analysis& analysis, const Chain& chain, const Link& link);

}  // namespace stallsight
