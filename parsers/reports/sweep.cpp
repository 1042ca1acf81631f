#include "parsers/reports/sweep.h"

#include <hs/hs.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "parsers/records/line_index.h"
#include "parsers/records/newlines.h"

namespace stallsight {

namespace {

constexpr std::size_t chunk_bytes = 16 * LineIndex::block_bytes;

struct Database {
    std::unique_ptr<hs_database_t, decltype(&hs_free_database)> hs{nullptr, hs_free_database};
    std::size_t longest = 0;
};

Database compile(const std::vector<Literal>& literals) {
    Database database;
    std::vector<const char*> texts;
    std::vector<unsigned> flags(literals.size(), 0);
    std::vector<unsigned> ids;
    std::vector<std::size_t> sizes;
    for (const Literal& literal : literals) {
        ids.push_back(static_cast<unsigned>(texts.size()));
        texts.push_back(literal.text.data());
        sizes.push_back(literal.text.size());
        database.longest = std::max(database.longest, literal.text.size());
    }
    hs_database_t* made = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(),
                             static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &made,
                             &error) == HS_SUCCESS) {
        database.hs.reset(made);
    }
    hs_free_compile_error(error);
    return database;
}

// Keeps at most `limit` places of a common literal in a chunk: every one, then every second, every fourth ...
struct Thinned {
    std::vector<Place> kept;
    std::uint64_t seen = 0;
    std::uint64_t step = 1;

    void add(const Place& place, std::size_t limit) {
        if (seen++ % step != 0) return;
        kept.push_back(place);
        if (kept.size() <= limit) return;
        std::size_t to = 0;
        for (std::size_t from = 0; from < kept.size(); from += 2) kept[to++] = kept[from];
        kept.resize(to);
        step *= 2;
    }
};

struct Chunk {
    std::vector<Place> places;
    bool thinned = false;
};

struct Context {
    const std::vector<Literal>& literals;
    std::vector<Thinned>& common;
    std::vector<Place>& places;
    std::string_view text;
    std::uint64_t start;
    std::uint64_t end;  // places from here on are the next chunk's
    std::size_t chunks;
    std::size_t in_line = 0;     // places in the line of the last one
    std::uint64_t seen = start;  // all before this has been searched for line ends

    // A line without end that is full of literals must not fill the memory.
    bool crowded(std::uint64_t offset) {
        constexpr std::size_t most_in_line = 16;
        const std::string_view between = text.substr(seen, offset > seen ? offset - seen : 0);
        if (between.find('\n') != std::string_view::npos) in_line = 0;
        seen = std::max(seen, offset);
        return ++in_line > most_in_line;
    }
};

int on_match(unsigned id, unsigned long long, unsigned long long to, unsigned, void* pointer) {
    auto& c = *static_cast<Context*>(pointer);
    const Literal& literal = c.literals[id];
    const std::uint64_t offset = c.start + to - literal.text.size();
    if (offset >= c.end) return 0;
    const Place place{offset, id};
    if (literal.samples == 0) {
        if (!c.crowded(offset)) c.places.push_back(place);
    } else {
        c.common[id].add(place, std::max<std::size_t>(literal.samples / c.chunks, 8));
    }
    return 0;
}

class Worker {
public:
    Worker(std::string_view text, const std::vector<Literal>& literals, const Database& database, Sweep& out,
           std::vector<Chunk>& chunks)
        : text_(text),
          literals_(literals),
          database_(database),
          out_(out),
          chunks_(chunks),
          common_(literals.size()) {
        hs_alloc_scratch(database.hs.get(), &scratch_);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() { hs_free_scratch(scratch_); }

    void scan(std::size_t number) {
        const std::uint64_t start = number * chunk_bytes;
        const std::uint64_t end = std::min<std::uint64_t>(start + chunk_bytes, text_.size());
        for (std::uint64_t at = start; at < end; at += LineIndex::block_bytes) {
            const std::uint64_t size = std::min<std::uint64_t>(LineIndex::block_bytes, end - at);
            out_.newlines[at / LineIndex::block_bytes] =
                static_cast<std::uint32_t>(count_newlines(text_.substr(at, size)));
        }
        Chunk& chunk = chunks_[number];
        Context context{literals_, common_, chunk.places, text_, start, end, chunks_.size()};
        const std::uint64_t overlap = std::min<std::uint64_t>(end + database_.longest, text_.size());
        hs_scan(database_.hs.get(), text_.data() + start, static_cast<unsigned>(overlap - start), 0, scratch_,
                on_match, &context);
        for (Thinned& common : common_) {
            chunk.places.insert(chunk.places.end(), common.kept.begin(), common.kept.end());
            chunk.thinned = chunk.thinned || common.step > 1;
            common.kept.clear();
            common.seen = 0;
            common.step = 1;
        }
        std::sort(chunk.places.begin(), chunk.places.end(), [](const Place& a, const Place& b) {
            return a.offset != b.offset ? a.offset < b.offset : a.literal < b.literal;
        });
        chunk.places.shrink_to_fit();
    }

private:
    std::string_view text_;
    const std::vector<Literal>& literals_;
    const Database& database_;
    Sweep& out_;
    std::vector<Chunk>& chunks_;
    std::vector<Thinned> common_;
    hs_scratch_t* scratch_ = nullptr;
};

}  // namespace

Sweep sweep(std::string_view text, const std::vector<Literal>& literals, const Progress& progress) {
    Sweep out;
    out.newlines.resize((text.size() + LineIndex::block_bytes - 1) / LineIndex::block_bytes);
    std::vector<Chunk> chunks((text.size() + chunk_bytes - 1) / chunk_bytes);
    const Database database = compile(literals);
    std::atomic<std::size_t> next{0};
    const auto work = [&](bool reports) {
        Worker worker(text, literals, database, out, chunks);
        for (std::size_t i = next++; i < chunks.size() && !progress.cancelled; i = next++) {
            worker.scan(i);
            if (reports && i % 64 == 0)
                progress.at("reading", static_cast<double>(i) / static_cast<double>(chunks.size()));
        }
    };
    std::vector<std::thread> threads;
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < std::min(cores, chunks.size()); ++i) threads.emplace_back(work, false);
    work(true);
    for (std::thread& thread : threads) thread.join();
    for (Chunk& chunk : chunks) {
        out.places.insert(out.places.end(), chunk.places.begin(), chunk.places.end());
        out.thinned = out.thinned || chunk.thinned;
        std::vector<Place>().swap(chunk.places);
    }
    return out;
}

}  // namespace stallsight
