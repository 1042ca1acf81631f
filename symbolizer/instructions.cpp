#include "symbolizer/instructions.h"

#include <elf.h>

#include "symbolizer/machines/fixed_width.h"
#include "symbolizer/machines/thumb.h"
#include "symbolizer/machines/x86.h"

namespace stallsight {
namespace {

bool is_x86(const MachineCode& code) {
    return code.machine == EM_X86_64 || code.machine == EM_386;
}

}  // namespace

std::optional<Instruction> last_instruction(const MachineCode& code) {
    if (is_x86(code)) return last_x86(code);
    return code.thumb ? last_thumb(code) : last_fixed_width(code);
}

void for_each_branch(const MachineCode& code, const std::function<void(const Instruction&)>& use) {
    if (is_x86(code)) {
        for_each_x86_step(code, [&](const Step& step) {
            if (step.kind == Step::Kind::branch) use(step.instruction);
        });
    } else if (code.thumb) {
        for_each_thumb_branch(code, use);
    } else {
        for_each_fixed_width_branch(code, use);
    }
}

void for_each_step(const MachineCode& code, const std::function<void(const Step&)>& use) {
    if (is_x86(code)) for_each_x86_step(code, use);
    if (code.machine == EM_PPC || code.machine == EM_PPC64) for_each_powerpc_step(code, use);
}

}  // namespace stallsight
