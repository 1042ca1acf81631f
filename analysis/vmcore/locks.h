// Who waits for which lock, and who holds it: from the waiters' entries in the locks' lists, which lie on their
// stacks.
//
// Sources: kernel/locking/mutex.h, mutex.c, rwsem.c, semaphore.c, rtmutex.c of Linux 4.10 to 6.12.
#pragma once

#include <vector>

#include "analysis/vmcore/kernel.h"
#include "analysis/vmcore/modules.h"
#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

// `tasks` with their stacks.
std::vector<LockWait> find_lock_waits(const Kernel& kernel, const LoadedModules& modules,
                                      const std::vector<KernelTask>& tasks);

}  // namespace stallsight
