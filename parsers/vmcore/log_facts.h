// What a dump says of its kernel without debug info.
#pragma once

#include "parsers/vmcore/dump.h"
#include "parsers/vmcore/kernel_task.h"
#include "parsers/vmcore/printk.h"

namespace stallsight {

// Release and crash time of vmcoreinfo; panic and command line as the kernel printed them; no tasks.
KernelState facts_of(const Dump& dump, const PrintkLog& log);

}  // namespace stallsight
