#include "parsers/vmcore/printk.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stallsight;
    const auto dump =
        Dump::open({{"fuzz", Bytes::own(std::string(reinterpret_cast<const char*>(data), size)), ""}});
    if (!dump) return 0;
    if (const auto log = read_printk(*dump)) text_of(*log);
    return 0;
}
