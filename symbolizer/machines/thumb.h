// arm's thumb instructions, which are one or two halfwords long, by their bits.
#pragma once

#include "symbolizer/instructions.h"

namespace stallsight {

std::optional<Instruction> last_thumb(const MachineCode& code);
void for_each_thumb_branch(const MachineCode& code, const std::function<void(const Instruction&)>& use);

}  // namespace stallsight
