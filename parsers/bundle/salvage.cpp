#include "parsers/bundle/salvage.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace stallsight {

namespace {

constexpr int gzip_only = 16 + MAX_WBITS;

class Inflater {
public:
    Inflater() { ready_ = ::inflateInit2(&stream_, gzip_only) == Z_OK; }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { ::inflateEnd(&stream_); }

    std::string run(std::string_view bytes, std::uint64_t most) {
        std::string out;
        std::vector<char> block(std::size_t{64} * 1024);
        int status = ready_ ? Z_OK : Z_STREAM_ERROR;
        while (status == Z_OK && out.size() < most) {
            if (stream_.avail_in == 0) feed(bytes);
            stream_.next_out = reinterpret_cast<Bytef*>(block.data());
            stream_.avail_out = static_cast<uInt>(block.size());
            status = ::inflate(&stream_, Z_NO_FLUSH);
            out.append(block.data(), block.size() - stream_.avail_out);
            const bool more = stream_.avail_in > 0 || !bytes.empty();
            if (status == Z_STREAM_END && more) status = ::inflateReset(&stream_);
        }
        return out;
    }

private:
    void feed(std::string_view& bytes) {
        const std::size_t n = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(n);
        bytes.remove_prefix(n);
    }

    z_stream stream_{};
    bool ready_ = false;
};

}  // namespace

bool is_gzip(std::string_view bytes) {
    return bytes.starts_with("\x1f\x8b");
}

Bytes salvage_gzip(std::string_view bytes, std::uint64_t most) {
    return Bytes::own(Inflater().run(bytes, most));
}

}  // namespace stallsight
