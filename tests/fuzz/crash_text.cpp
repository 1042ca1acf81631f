#include "parsers/vmcore/crash_text.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const stallsight::KernelState state = stallsight::parse_crash_text(text);
    for (const stallsight::RunQueue& queue : state.run_queues)
        for (const std::size_t task : queue.queued)
            if (task >= state.tasks.size()) __builtin_trap();
    // What is read as log lies in the text, each line where it is said to be.
    const auto log = stallsight::log_of_crash_text(state, text);
    if (!log) __builtin_trap();
    stallsight::Origins origins(*log);
    for (std::uint64_t line = 1; line <= log->lines(); ++line) {
        const auto origin = origins.of(line);
        if (!origin || origin->offset >= size || (origin->offset > 0 && text[origin->offset - 1] != '\n'))
            __builtin_trap();
    }
    return 0;
}
