// x86-64 and i386, by Capstone.
#pragma once

#include "symbolizer/instructions.h"

namespace stallsight {

std::optional<Instruction> last_x86(const MachineCode& code);
void for_each_x86_step(const MachineCode& code, const std::function<void(const Step&)>& use);

}  // namespace stallsight
