#include "parsers/vmcore/flattened.h"

#include <cerrno>
#include <system_error>

#include "base/endian.h"

namespace stallsight {

namespace {

using namespace std::string_view_literals;

constexpr auto signature = "makedumpfile\0\0\0\0"sv;
constexpr std::uint64_t header_bytes = 4096;
constexpr std::uint64_t piece_header_bytes = 16;
constexpr std::uint64_t kind_flattened = 1;
constexpr std::uint64_t end_mark = ~0ULL;

// Holes are rare: what a dump leaves out is its bitmap's business. More than this is not believed.
constexpr std::uint64_t most_bytes_beyond_stream = 64ULL << 20U;

std::uint64_t big(std::string_view bytes, std::uint64_t at) {
    return read_number(bytes.substr(at, 8), true);
}

std::string at_byte(std::uint64_t position) {
    return "byte " + std::to_string(position) + ": ";
}

}  // namespace

bool is_flattened(std::string_view bytes) {
    return bytes.starts_with(signature);
}

Result<Rearranged> rearrange(const std::string& name, std::string_view stream, const Progress& progress) {
    if (stream.size() < header_bytes) return fail("flattened dump ends inside its header", name);
    if (big(stream, 16) != kind_flattened) return fail("flattened dump of a kind that is not known", name);
    auto file = PrivateFile::create();
    if (!file) return tl::unexpected<Error>(file.error());

    Rearranged out{std::move(*file), {}};
    std::uint64_t position = header_bytes;
    const std::uint64_t most = stream.size() + most_bytes_beyond_stream;
    std::uint64_t reported = 0;
    while (out.damage.empty()) {
        if (progress.cancelled) return fail("cancelled", name);
        if (stream.size() - position < piece_header_bytes) {
            out.damage = at_byte(position) + "the flattened stream ends without its end mark";
            break;
        }
        const std::uint64_t offset = big(stream, position);
        const std::uint64_t size = big(stream, position + 8);
        if (offset == end_mark && size == end_mark) break;
        const std::string_view piece = stream.substr(position + piece_header_bytes, size);
        if (offset > most || size > most - offset)
            out.damage = at_byte(position) + "a piece of the flattened stream has an impossible offset";
        else if (!out.file.write_at(offset, piece))
            return fail("cannot write a temporary file: " + std::generic_category().message(errno), name);
        else if (piece.size() < size)
            out.damage = at_byte(position) + "the flattened stream ends inside a piece";
        position += piece_header_bytes + piece.size();
        if (position - reported >= (64ULL << 20U)) {
            reported = position;
            progress.at("rearranging " + name, static_cast<double>(position) / static_cast<double>(stream.size()));
        }
    }
    return out;
}

}  // namespace stallsight
