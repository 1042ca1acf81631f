#include "symbolizer/symbolizer.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stallsight;
    Symbolizer symbolizer;
    const Bytes bytes = Bytes::own(std::string(reinterpret_cast<const char*>(data), size));
    if (!symbolizer.add("fuzz.ko", bytes)) return 0;
    CodePlace place;
    place.function = "nokia_rpmsg_notify";
    place.offset = 0x1a;
    place.module = symbolizer.files().front().module;
    symbolizer.resolve(place);
    return 0;
}
