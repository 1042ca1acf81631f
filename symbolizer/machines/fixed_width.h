// Machines whose instructions are words: ppc, ppc64, ppc64le, arm64, arm, mips, by their bits.
#pragma once

#include "symbolizer/instructions.h"

namespace stallsight {

std::optional<Instruction> last_fixed_width(const MachineCode& code);
void for_each_fixed_width_branch(const MachineCode& code, const std::function<void(const Instruction&)>& use);
void for_each_powerpc_step(const MachineCode& code, const std::function<void(const Step&)>& use);

}  // namespace stallsight
