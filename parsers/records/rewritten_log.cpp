#include "parsers/records/rewritten_log.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <system_error>

#include "base/parallel.h"
#include "base/private_file.h"

namespace stallsight {

namespace {

constexpr std::size_t piece_bytes = std::size_t{64} * 1024;
constexpr std::size_t small_log = std::size_t{1} << 20U;  // is kept in memory

// The new text: in memory, or in a private file.
class Output {
public:
    Output() = default;
    explicit Output(PrivateFile file) : file_(std::move(file)) {}

    void append(std::string_view text) {
        if (!file_) {
            memory_ += text;
        } else if (errno_ == 0 && !file_->append(text)) {
            errno_ = errno;
        }
    }
    [[nodiscard]] bool failed() const { return errno_ != 0; }
    Result<Bytes> take() {
        if (failed())
            return fail("cannot write its lines to a temporary file: " + std::generic_category().message(errno_));
        return file_ ? Bytes::map_descriptor(file_->descriptor(), "temporary file")
                     : Bytes::own(std::move(memory_));
    }

private:
    std::optional<PrivateFile> file_;
    std::string memory_;
    int errno_ = 0;
};

// Pieces are written anew on all cores and put down in their order.
class Relay {
public:
    Relay(std::vector<Piece>& pieces, Output& output) : pieces_(pieces), output_(output) {}

    // Waits until all pieces before it are put down.
    void put(std::size_t number, const LineWriter& written) {
        std::unique_lock lock(mutex_);
        turn_.wait(lock, [&] { return next_ == number; });
        Piece& piece = pieces_[number];
        if (piece.line == 0) piece.line = source_line_;
        source_line_ = piece.line + written.source_lines;
        piece.first = 1 + lines_;
        lines_ += written.lines();
        output_.append(written.text);
        ++next_;
        turn_.notify_all();
    }

    [[nodiscard]] std::uint64_t lines() const { return lines_; }

private:
    std::vector<Piece>& pieces_;
    Output& output_;
    std::mutex mutex_;
    std::condition_variable turn_;
    std::size_t next_ = 0;
    std::uint64_t source_line_ = 1, lines_ = 0;
};

std::uint64_t bytes_of(const std::vector<Piece>& pieces) {
    std::uint64_t bytes = 0;
    for (const Piece& piece : pieces) bytes += piece.size;
    return bytes;
}

}  // namespace

void LineWriter::add(std::string_view prefix, std::string_view lines, LineOrigin origin) {
    for (;;) {
        const std::size_t end = lines.find('\n');
        begin(origin);
        text += prefix;
        text += lines.substr(0, end);
        text += '\n';
        if (end == std::string_view::npos) return;
        lines.remove_prefix(end + 1);
    }
}

void LineWriter::clear() {
    text.clear();
    source_lines = lines_ = 0;
}

Result<RewrittenLog> RewrittenLog::write(std::string_view source, std::vector<Piece> pieces, Rewrite rewrite,
                                         const Progress& progress) {
    RewrittenLog log;
    log.source_ = source;
    log.pieces_ = std::move(pieces);
    log.rewrite_ = std::move(rewrite);
    Output output;
    if (bytes_of(log.pieces_) > small_log) {
        auto file = PrivateFile::create();
        if (!file) return tl::unexpected(file.error());
        output = Output(std::move(*file));
    }
    Relay relay(log.pieces_, output);
    std::atomic<std::size_t> next{0};
    const std::size_t count = log.pieces_.size();
    on_all_cores(count, [&](std::size_t core) {
        LineWriter writer;
        // A piece that was taken is also put down: others wait for it.
        for (std::size_t i = next++; i < count; i = next++) {
            writer.clear();
            if (!progress.cancelled) log.rewrite_(source, log.pieces_[i], writer);
            relay.put(i, writer);
            if (core == 0) progress.at("reading", static_cast<double>(i) / static_cast<double>(count));
        }
    });
    log.lines_ = relay.lines();
    auto text = output.take();
    if (!text) return tl::unexpected(text.error());
    log.text_ = std::move(*text);
    return log;
}

std::optional<LineOrigin> Origins::of(std::uint64_t line) {
    if (line == 0 || line > log_.lines_) return std::nullopt;
    const auto behind = std::upper_bound(log_.pieces_.begin(), log_.pieces_.end(), line,
                                         [](std::uint64_t l, const Piece& piece) { return l < piece.first; });
    const Piece& piece = *std::prev(behind);
    if (piece_ != &piece) {
        origins_.clear();
        LineWriter writer(origins_);
        log_.rewrite_(log_.source_, piece, writer);
        piece_ = &piece;
    }
    const std::uint64_t within = line - piece.first;
    if (within >= origins_.size()) return std::nullopt;
    return LineOrigin{piece.line + origins_[within].line, origins_[within].offset};
}

std::size_t next_line(std::string_view text, std::size_t at) {
    const std::size_t end = text.substr(at, longest_part).find('\n');
    return end == std::string_view::npos ? std::min(at + longest_part, text.size()) : at + end + 1;
}

std::vector<Piece> divide(std::string_view text, std::size_t from,
                          std::size_t (*start)(std::string_view text, std::size_t at)) {
    std::vector<Piece> pieces;
    while (from < text.size()) {
        const std::size_t end = text.size() - from <= piece_bytes ? text.size() : start(text, from + piece_bytes);
        pieces.push_back({from, end - from, 0, 0});
        from = end;
    }
    return pieces;
}

}  // namespace stallsight
