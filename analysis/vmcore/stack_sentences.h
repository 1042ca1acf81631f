// What the stacks of a stopped kernel's tasks tell by themselves, where its memory does not say more: a saved
// session of crash, drgn or gdb has nothing else, and who spins for a spin lock no structure tells.
#pragma once

#include "analysis/vmcore/sentences.h"

namespace stallsight {

// Who spins for a spin lock on which CPU.
std::vector<MemorySentence> spinning_sentences(const KernelState& state);

// Who waits for which kind of lock, and for a grace period of RCU.
std::vector<MemorySentence> waiting_sentences(const KernelState& state);

}  // namespace stallsight
