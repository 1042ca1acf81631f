#include "parsers/reports/sweep.h"

#include <hs/hs.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/parallel.h"
#include "parsers/records/line_index.h"
#include "parsers/records/newlines.h"
#include "parsers/reports/lines.h"

namespace stallsight {

namespace {

constexpr std::size_t most_of_a_literal = std::size_t{128} * 1024;
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

// The literals that hold a common head, and where in them it ends.
struct InLiteral {
    std::size_t literal = 0;
    std::size_t head_end = 0;
};

std::vector<InLiteral> literals_that_hold(const Head& head, const std::vector<Literal>& literals) {
    std::vector<InLiteral> out;
    for (std::size_t i = 0; i < literals.size(); ++i) {
        const std::size_t at = literals[i].text.find(head.text);
        if (at != std::string_view::npos) out.push_back({i, at + head.text.size()});
    }
    return out;
}

// What is the same for all workers.
struct Plan {
    std::string_view text;
    const Search& search;
    std::size_t
        most_in_chunk;  // of a common literal: 2 MiB in all, so that a short test in a large log stays whole
    std::vector<std::vector<InLiteral>> held;  // one list a head, empty where it is not a common one
    std::vector<bool> of_common_head;          // one a literal
    Database heads, literals;

    Plan(std::string_view t, const Search& s, std::size_t chunks)
        : text(t),
          search(s),
          most_in_chunk(std::max<std::size_t>(most_of_a_literal / std::max<std::size_t>(chunks, 1), 1)),
          held(s.heads.size()),
          of_common_head(s.literals.size()),
          heads(head_words(s)),
          literals(literal_words(s)) {
        for (std::size_t i = 0; i < s.heads.size(); ++i) {
            if (!s.heads[i].common) continue;
            held[i] = literals_that_hold(s.heads[i], s.literals);
            for (const InLiteral& in : held[i]) of_common_head[in.literal] = true;
        }
    }

    static std::vector<std::string_view> head_words(const Search& search) {
        std::vector<std::string_view> out;
        for (const Head& head : search.heads) out.push_back(head.text);
        return out;
    }
    static std::vector<std::string_view> literal_words(const Search& search) {
        std::vector<std::string_view> out;
        for (const Literal& literal : search.literals) out.push_back(literal.text);
        return out;
    }
};

// Keeps at most `limit` places of a common literal in a chunk: every one, then every second, every fourth ... Of a
// chunk and not of all that a worker takes, since which chunks those are is chance.
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

using Places = std::vector<Place>;

bool stands_before(const Place& a, const Place& b) {
    return std::pair(a.offset, a.literal) < std::pair(b.offset, b.literal);
}

bool is_same(const Place& a, const Place& b) {
    return a.offset == b.offset && a.literal == b.literal;
}

class Worker {
public:
    Worker(const Plan& plan, Sweep& out, std::vector<Places>& chunks)
        : plan_(plan),
          text_(plan.text),
          out_(out),
          chunks_(chunks),
          common_(plan.search.literals.size()),
          thinned_(plan.search.literals.size()),
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

    // One a literal: not all of its places in this worker's chunks were kept.
    [[nodiscard]] const std::vector<bool>& thinned() const { return thinned_; }

private:
    static int on_head(unsigned id, unsigned long long, unsigned long long to, unsigned, void* pointer) {
        auto& worker = *static_cast<Worker*>(pointer);
        const Head& head = worker.plan_.search.heads[id];
        const std::uint64_t end = worker.start_ + to;
        if (head.common) {
            worker.take_common_head(worker.plan_.held[id], end);
        } else {
            worker.take_head(head, end - head.text.size());
        }
        return 0;
    }

    static int on_literal(unsigned id, unsigned long long, unsigned long long to, unsigned, void* pointer) {
        auto& worker = *static_cast<Worker*>(pointer);
        const Literal& literal = worker.plan_.search.literals[id];
        const std::uint64_t offset = worker.literals_from_ + to - literal.text.size();
        if (worker.plan_.of_common_head[id] || worker.crowded(offset)) return 0;
        worker.take_literal({offset, id});
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

    void take_common_head(const std::vector<InLiteral>& held, std::uint64_t end) {
        for (const InLiteral& in : held) {
            const std::string_view text = plan_.search.literals[in.literal].text;
            if (end < in.head_end) continue;
            const Place place{end - in.head_end, static_cast<std::uint32_t>(in.literal)};
            if (place.offset < end_ && text_.substr(place.offset, text.size()) == text) take_literal(place);
        }
    }

    void take_literal(const Place& place) {
        const std::size_t samples = plan_.search.literals[place.literal].samples;
        if (samples == 0) {
            chunk_->push_back(place);
        } else {
            common_[place.literal].add(place, std::min(samples, plan_.most_in_chunk));
        }
    }

    void take_common() {
        for (std::size_t literal = 0; literal < common_.size(); ++literal) {
            Thinned& common = common_[literal];
            chunk_->insert(chunk_->end(), common.kept.begin(), common.kept.end());
            if (common.step > 1) thinned_[literal] = true;
            common = {};
        }
        std::sort(chunk_->begin(), chunk_->end(), stands_before);
        chunk_->shrink_to_fit();
    }

    // A line without end that is full of literals must not fill the memory.
    bool crowded(std::uint64_t offset) {
        constexpr std::size_t most_in_line = 16;
        const std::string_view between = text_.substr(seen_, offset > seen_ ? offset - seen_ : 0);
        if (between.find('\n') != std::string_view::npos) in_line_ = 0;
        seen_ = std::max(seen_, offset);
        return ++in_line_ > most_in_line;
    }

    const Plan& plan_;
    std::string_view text_;
    Sweep& out_;
    std::vector<Places>& chunks_;
    std::vector<Thinned> common_;  // one a literal
    std::vector<bool> thinned_;
    Scratch head_scratch_, literal_scratch_;
    Places* chunk_ = nullptr;
    std::uint64_t start_ = 0, end_ = 0;  // of the chunk; what starts from the end on is the next one's
    std::uint64_t searched_ = 0;         // all before this has been searched for literals where it had to be
    std::uint64_t literals_from_ = 0;
    std::uint64_t seen_ = 0;  // all before this has been searched for line ends
    std::size_t in_line_ = 0;
};

// The chunks together keep more places of a common literal than the whole may have.
void thin(Sweep& sweep, const Search& search) {
    std::vector<std::size_t> count(search.literals.size(), 0);
    for (const Place& place : sweep.places) ++count[place.literal];
    std::vector<std::size_t> seen(search.literals.size(), 0);
    std::erase_if(sweep.places, [&](const Place& place) {
        const std::size_t limit = search.literals[place.literal].samples;
        if (limit == 0 || count[place.literal] <= limit) return false;
        sweep.thinned[place.literal] = true;
        const std::size_t step = (count[place.literal] + limit - 1) / limit;
        return seen[place.literal]++ % step != 0;
    });
}

}  // namespace

Sweep sweep(std::string_view text, const Search& search, const Progress& progress) {
    Sweep out;
    out.newlines.resize((text.size() + LineIndex::block_bytes - 1) / LineIndex::block_bytes);
    out.thinned.resize(search.literals.size());
    std::vector<Places> chunks((text.size() + chunk_bytes - 1) / chunk_bytes);
    std::vector<std::vector<bool>> thinned(worker_count());
    const Plan plan(text, search, chunks.size());
    std::atomic<std::size_t> next{0};
    on_all_cores(chunks.size(), [&](std::size_t number) {
        Worker worker(plan, out, chunks);
        for (std::size_t i = next++; i < chunks.size() && !progress.cancelled; i = next++) {
            worker.scan(i);
            if (number == 0 && i % 64 == 0)
                progress.at("reading", static_cast<double>(i) / static_cast<double>(chunks.size()));
        }
        thinned[number] = worker.thinned();
    });
    for (Places& chunk : chunks) {
        out.places.insert(out.places.end(), chunk.begin(), chunk.end());
        Places().swap(chunk);
    }
    for (const std::vector<bool>& literals : thinned)
        for (std::size_t i = 0; i < literals.size(); ++i) out.thinned[i] = out.thinned[i] || literals[i];
    thin(out, search);  // before they are sorted: in a long log they are most
    std::sort(out.places.begin(), out.places.end(), stands_before);
    // A line that lies in two chunks was searched by both.
    out.places.erase(std::unique(out.places.begin(), out.places.end(), is_same), out.places.end());
    return out;
}

}  // namespace stallsight
