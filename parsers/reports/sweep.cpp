#include "parsers/reports/sweep.h"

#include <hs/hs.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "base/parallel.h"
#include "parsers/records/line_index.h"
#include "parsers/records/newlines.h"
#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr std::size_t chunk_bytes = 64 * LineIndex::block_bytes;

struct Database {
    std::unique_ptr<hs_database_t, decltype(&hs_free_database)> hs{nullptr, hs_free_database};
    std::size_t longest = 0;

    explicit Database(const std::vector<std::string_view>& words) {
        std::vector<const char*> texts;
        std::vector<unsigned> flags(words.size(), 0);
        std::vector<unsigned> ids;
        std::vector<std::size_t> sizes;
        for (const std::string_view word : words) {
            ids.push_back(static_cast<unsigned>(texts.size()));
            texts.push_back(word.data());
            sizes.push_back(word.size());
            longest = std::max(longest, word.size());
        }
        hs_database_t* made = nullptr;
        hs_compile_error_t* error = nullptr;
        if (hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(),
                                 static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &made,
                                 &error) == HS_SUCCESS) {
            hs.reset(made);
        }
        hs_free_compile_error(error);
    }
};

class Scratch {
public:
    explicit Scratch(const Database& database) { hs_alloc_scratch(database.hs.get(), &scratch_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { hs_free_scratch(scratch_); }
    [[nodiscard]] hs_scratch_t* get() const { return scratch_; }

private:
    hs_scratch_t* scratch_ = nullptr;
};

constexpr std::size_t head_bytes = 8;

std::string_view tail_of(std::string_view literal) {
    return literal.substr(literal.size() - std::min(literal.size(), head_bytes));
}

// The common literals that end in the same bytes.
struct CommonHead {
    std::string_view text;
    std::vector<std::size_t> literals;
};

std::vector<CommonHead> common_heads(const Search& search) {
    std::vector<CommonHead> out;
    for (std::size_t i = 0; i < search.literals.size(); ++i) {
        if (search.literals[i].samples == 0) continue;
        const std::string_view tail = tail_of(search.literals[i].text);
        const auto same = std::find_if(out.begin(), out.end(), [&](const CommonHead& h) { return h.text == tail; });
        if (same == out.end()) {
            out.push_back({tail, {i}});
        } else {
            same->literals.push_back(i);
        }
    }
    return out;
}

// What is the same for all workers.
struct Plan {
    std::string_view text;
    const Search& search;
    std::size_t chunks;
    std::vector<CommonHead> common;  // their ids follow the other heads'
    Database heads, literals;

    Plan(std::string_view t, const Search& s, std::size_t n)
        : text(t),
          search(s),
          chunks(n),
          common(common_heads(s)),
          heads(head_words(s, common)),
          literals(literal_words(s)) {}

    static std::vector<std::string_view> head_words(const Search& search, const std::vector<CommonHead>& common) {
        std::vector<std::string_view> out;
        for (const Head& head : search.heads) out.push_back(head.text);
        for (const CommonHead& head : common) out.push_back(head.text);
        return out;
    }
    static std::vector<std::string_view> literal_words(const Search& search) {
        std::vector<std::string_view> out;
        for (const Literal& literal : search.literals) out.push_back(literal.text);
        return out;
    }
};

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

class Worker {
public:
    Worker(const Plan& plan, Sweep& out, std::vector<Chunk>& chunks)
        : plan_(plan),
          text_(plan.text),
          out_(out),
          chunks_(chunks),
          common_(plan.search.literals.size()),
          head_scratch_(plan.heads),
          literal_scratch_(plan.literals) {}

    void scan(std::size_t number) {
        start_ = number * chunk_bytes;
        end_ = std::min<std::uint64_t>(start_ + chunk_bytes, text_.size());
        chunk_ = &chunks_[number];
        searched_ = start_;
        seen_ = start_;
        in_line_ = 0;
        count_lines();
        if (start_ < plan_.search.start) search_literals(start_, std::min(end_, plan_.search.start));
        const std::uint64_t overlap = std::min<std::uint64_t>(end_ + plan_.heads.longest, text_.size());
        hs_scan(plan_.heads.hs.get(), text_.data() + start_, static_cast<unsigned>(overlap - start_), 0,
                head_scratch_.get(), on_head, this);
        take_common();
    }

private:
    static int on_head(unsigned id, unsigned long long, unsigned long long to, unsigned, void* pointer) {
        auto& worker = *static_cast<Worker*>(pointer);
        const auto& heads = worker.plan_.search.heads;
        if (id < heads.size()) {
            worker.take_head(heads[id], worker.start_ + to - heads[id].text.size());
        } else {
            worker.take_common_head(worker.plan_.common[id - heads.size()], worker.start_ + to);
        }
        return 0;
    }

    static int on_literal(unsigned id, unsigned long long, unsigned long long to, unsigned, void* pointer) {
        auto& worker = *static_cast<Worker*>(pointer);
        const Literal& literal = worker.plan_.search.literals[id];
        const std::uint64_t offset = worker.literals_from_ + to - literal.text.size();
        if (literal.samples == 0 && !worker.crowded(offset)) worker.chunk_->places.push_back({offset, id});
        return 0;
    }

    void count_lines() {
        for (std::uint64_t at = start_; at < end_; at += LineIndex::block_bytes) {
            const std::uint64_t size = std::min<std::uint64_t>(LineIndex::block_bytes, end_ - at);
            out_.newlines[at / LineIndex::block_bytes] =
                static_cast<std::uint32_t>(count_newlines(text_.substr(at, size)));
        }
    }

    void take_head(const Head& head, std::uint64_t offset) {
        if (offset >= end_ || (offset < searched_ && head.reach == 0)) return;
        const LineView line = line_around(text_, offset);
        const std::uint64_t end = std::min<std::uint64_t>(
            std::max<std::uint64_t>(line.offset + line.text.size(), line.offset + head.reach), text_.size());
        search_literals(std::max(line.offset, std::min(searched_, offset)), end);
    }

    void search_literals(std::uint64_t from, std::uint64_t end) {
        if (end <= searched_ && from >= start_) return;
        literals_from_ = from;
        hs_scan(plan_.literals.hs.get(), text_.data() + from, static_cast<unsigned>(end - from), 0,
                literal_scratch_.get(), on_literal, this);
        searched_ = std::max(searched_, end);
    }

    void take_common_head(const CommonHead& head, std::uint64_t end) {
        for (const std::size_t id : head.literals) {
            const Literal& literal = plan_.search.literals[id];
            if (end < literal.text.size()) continue;
            const Place place{end - literal.text.size(), static_cast<std::uint32_t>(id)};
            if (place.offset >= end_ || text_.substr(place.offset, literal.text.size()) != literal.text) continue;
            common_[id].add(place, std::max<std::size_t>(literal.samples / plan_.chunks, 1));
        }
    }

    // A line without end that is full of literals must not fill the memory.
    bool crowded(std::uint64_t offset) {
        constexpr std::size_t most_in_line = 16;
        const std::string_view between = text_.substr(seen_, offset > seen_ ? offset - seen_ : 0);
        if (between.find('\n') != std::string_view::npos) in_line_ = 0;
        seen_ = std::max(seen_, offset);
        return ++in_line_ > most_in_line;
    }

    void take_common() {
        for (Thinned& common : common_) {
            chunk_->places.insert(chunk_->places.end(), common.kept.begin(), common.kept.end());
            chunk_->thinned = chunk_->thinned || common.step > 1;
            common = {};
        }
        chunk_->places.shrink_to_fit();
    }

    const Plan& plan_;
    std::string_view text_;
    Sweep& out_;
    std::vector<Chunk>& chunks_;
    std::vector<Thinned> common_;  // one a literal
    Scratch head_scratch_, literal_scratch_;
    Chunk* chunk_ = nullptr;
    std::uint64_t start_ = 0, end_ = 0;  // of the chunk; what starts from the end on is the next one's
    std::uint64_t searched_ = 0;         // all before this has been searched for literals where it had to be
    std::uint64_t literals_from_ = 0;
    std::uint64_t seen_ = 0;  // all before this has been searched for line ends
    std::size_t in_line_ = 0;
};

// A log of many chunks keeps at least one place of a common literal in each: too many for the whole.
void thin(Sweep& sweep, const Search& search) {
    std::vector<std::size_t> count(search.literals.size(), 0);
    for (const Place& place : sweep.places) ++count[place.literal];
    std::vector<std::size_t> seen(search.literals.size(), 0);
    std::erase_if(sweep.places, [&](const Place& place) {
        const std::size_t limit = search.literals[place.literal].samples;
        if (limit == 0 || count[place.literal] <= limit) return false;
        sweep.thinned = true;
        const std::size_t step = (count[place.literal] + limit - 1) / limit;
        return seen[place.literal]++ % step != 0;
    });
}

}  // namespace

Sweep sweep(std::string_view text, const Search& search, const Progress& progress) {
    Sweep out;
    out.newlines.resize((text.size() + LineIndex::block_bytes - 1) / LineIndex::block_bytes);
    std::vector<Chunk> chunks((text.size() + chunk_bytes - 1) / chunk_bytes);
    const Plan plan(text, search, chunks.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&](bool reports) {
        Worker worker(plan, out, chunks);
        for (std::size_t i = next++; i < chunks.size() && !progress.cancelled; i = next++) {
            worker.scan(i);
            if (reports && i % 64 == 0)
                progress.at("reading", static_cast<double>(i) / static_cast<double>(chunks.size()));
        }
    };
    std::vector<std::thread> threads;
    const std::size_t cores = worker_count();
    for (std::size_t i = 1; i < std::min(cores, chunks.size()); ++i) threads.emplace_back(work, false);
    work(true);
    for (std::thread& thread : threads) thread.join();
    for (Chunk& chunk : chunks) {
        out.places.insert(out.places.end(), chunk.places.begin(), chunk.places.end());
        out.thinned = out.thinned || chunk.thinned;
        std::vector<Place>().swap(chunk.places);
    }
    // A line that lies in two chunks was searched by both.
    const auto key = [](const Place& p) { return std::pair(p.offset, p.literal); };
    std::sort(out.places.begin(), out.places.end(),
              [&](const Place& a, const Place& b) { return key(a) < key(b); });
    out.places.erase(std::unique(out.places.begin(), out.places.end(),
                                 [&](const Place& a, const Place& b) { return key(a) == key(b); }),
                     out.places.end());
    thin(out, search);
    return out;
}

}  // namespace stallsight
