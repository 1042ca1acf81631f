#include "symbolizer/decompress.h"

#include <archive.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace stallsight {
namespace {

// A vmlinux with debug info is below 1 GB; more than this is a bomb.
constexpr std::size_t most = std::size_t{4} << 30;

}  // namespace

bool is_compressed(std::string_view bytes) {
    using namespace std::string_view_literals;
    static constexpr std::array marks{"\xfd\x37zXZ\0"sv, "\x1f\x8b"sv, "\x28\xb5\x2f\xfd"sv, "BZh"sv,
                                      "\x04\x22\x4d\x18"sv};
    return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) { return bytes.starts_with(mark); });
}

Result<Bytes> decompressed(const std::string& name, const Bytes& bytes) {
    if (!is_compressed(bytes.view())) return bytes;
    const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
    archive_read_support_filter_all(reader.get());
    archive_read_support_format_raw(reader.get());
    archive_entry* entry = nullptr;
    const auto failed = [&] {
        const char* why = archive_error_string(reader.get());
        return fail(std::string("cannot be unpacked: ") + (why ? why : "damaged"), name);
    };
    if (archive_read_open_memory(reader.get(), bytes.view().data(), bytes.size()) != ARCHIVE_OK) return failed();
    if (archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK) return failed();
    std::string text;
    std::array<char, 1 << 16> buffer;
    for (;;) {
        const auto count = archive_read_data(reader.get(), buffer.data(), buffer.size());
        if (count < 0) return failed();
        if (count == 0) return Bytes::own(std::move(text));
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > most) return fail("unpacks to more than 4 GB", name);
    }
}

}  // namespace stallsight
