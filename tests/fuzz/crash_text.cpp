#include "parsers/vmcore/crash_text.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    stallsight::parse_crash_text(text);
    return 0;
}
