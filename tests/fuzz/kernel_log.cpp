#include "parsers/records/decode.h"
#include "parsers/reports/scan.h"

namespace {

// Each line of a log that is written anew came from somewhere in it.
void check_origins(std::string_view text) {
    const auto log = stallsight::decode_log(text);
    if (!log) __builtin_trap();
    if (!*log) return;
    stallsight::Origins origins(**log);
    for (std::uint64_t line = 1; line <= (*log)->lines(); ++line) {
        const auto origin = origins.of(line);
        if (!origin || origin->line == 0 || origin->offset >= text.size()) __builtin_trap();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_origins(text);
    (void)stallsight::read_log(text);
    return 0;
}
