#include "analysis/chain/ledger.h"

#include <algorithm>
#include <map>

#include "analysis/chain/counters.h"
#include "analysis/chain/known_effects.h"
#include "analysis/chain/preempt_count.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

// One way in which a link may have changed the count.
struct Entry {
    std::int64_t sum = 0;
    int guesses = 0;  // conditional rows and trylocks: of two ways that fit, the one with fewer is taken
    std::string effect, basis, proof;
};

void note(std::string& text, const std::string& part, const char* between) {
    text += (text.empty() ? "" : between) + part;
}

std::string hex_offset(std::uint64_t offset) {
    return "+" + hex(offset);
}

class Ledger {
public:
    Ledger(Chain& chain, const EventInfo& event, std::size_t first, std::size_t last, const LedgerKernel& kernel)
        : chain_(chain), event_(event), first_(first), last_(last), kernel_(kernel) {}

    void fill(std::optional<std::int64_t> printed) {
        std::vector<std::vector<Entry>> entries;
        for (std::size_t i = first_; i <= last_; ++i) entries.push_back(entries_of(i));
        const std::vector<const Entry*> chosen = choose(entries, printed);
        std::int64_t sum = 0;
        for (std::size_t i = first_; i <= last_; ++i) {
            Link& link = chain_.links[i];
            const Entry& entry = *chosen[i - first_];
            sum += entry.sum;
            link.added = static_cast<int>(entry.sum);
            link.effect = entry.effect;
            link.basis = entry.basis;
            link.proof = entry.proof;
            link.count_after = static_cast<std::uint32_t>(sum);
        }
        for (std::size_t i = last_ + 1; i < chain_.links.size(); ++i)
            chain_.links[i].count_after = static_cast<std::uint32_t>(sum);
        if (!printed) return;
        chain_.unexplained = static_cast<int>(*printed - sum);
        chain_.contradictory = sum > *printed;
    }

private:
    [[nodiscard]] bool called_further_in(std::size_t from, std::string_view pattern) const {
        for (std::size_t i = from + 1; i < chain_.links.size(); ++i)
            if (stands_for(pattern, chain_.links[i].function)) return true;
        return false;
    }

    [[nodiscard]] bool applies(const KnownEffect& effect, std::size_t i) const {
        if (!stands_for(effect.function, chain_.links[i].function)) return false;
        if (kernel_.realtime && effect.added < hardirq_offset) return false;
        if (!kernel_.counts_preemption && effect.added < softirq_offset) return false;
        if (!effect.calls.empty() && !called_further_in(i, effect.calls)) return false;
        if (!effect.unless.empty() && called_further_in(i, effect.unless)) return false;
        // The same function twice on the way (qdisc_run.part.99 under qdisc_run) holds its lock once.
        return i == 0 || !stands_for(effect.function, chain_.links[i - 1].function);
    }

    [[nodiscard]] std::uint32_t added_by(const KnownEffect& effect) const {
        return effect.added == softirq_disable_offset ? kernel_.bottom_halves_off : effect.added;
    }

    // What debug info shows first; then what the table knows, with and without each conditional row.
    [[nodiscard]] std::vector<Entry> entries_of(std::size_t i) const {
        std::vector<Entry> out = shown(chain_.links[i].frame);
        const bool has_shown = !out.empty();
        std::vector<Entry> known(1);
        for (const KnownEffect& effect : known_effects()) {
            if (!applies(effect, i)) continue;
            const std::size_t before = known.size();
            for (std::size_t k = 0; k < before; ++k) {
                if (effect.conditional) known.push_back(known[k]);
                known[k].sum += added_by(effect);
                known[k].guesses += effect.conditional || has_shown ? 1 : 0;
                note(known[k].effect, std::string(effect.effect), ", ");
                note(known[k].basis, std::string(effect.source), "; ");
                known[k].proof = "known";
            }
        }
        if (has_shown)
            for (Entry& entry : known) ++entry.guesses;
        out.insert(out.end(), known.begin(), known.end());
        return out;
    }

    [[nodiscard]] std::vector<Entry> shown(std::size_t frame) const {
        std::vector<Entry> out;
        if (frame >= event_.count_ways.size() || !event_.count_ways[frame]) return out;
        for (const CountWay& way : *event_.count_ways[frame]) {
            Entry entry;
            entry.sum = way.sum();
            entry.guesses = way.guesses;
            for (const CountChange& change : way.changes) {
                note(entry.effect, change.words, ", ");
                note(entry.basis,
                     (is_counter(change.function) ? "changes " : "calls ") + change.function + " at " +
                         hex_offset(change.offset),
                     "; ");
                entry.proof = "shown";
            }
            out.push_back(std::move(entry));
        }
        return out;
    }

    // Of all ways to choose one entry a link: those whose sum is printed, else the largest sum below it, else the
    // smallest; of these the one with the fewest guesses.
    [[nodiscard]] std::vector<const Entry*> choose(const std::vector<std::vector<Entry>>& entries,
                                                   std::optional<std::int64_t> printed) const {
        struct Best {
            int guesses = 0;
            std::vector<const Entry*> chosen;
        };
        std::map<std::int64_t, Best> sums{{0, {}}};
        for (const std::vector<Entry>& of_link : entries) {
            std::map<std::int64_t, Best> next;
            for (const auto& [sum, best] : sums)
                for (const Entry& entry : of_link) {
                    const int guesses = best.guesses + entry.guesses;
                    const auto [it, fresh] = next.try_emplace(sum + entry.sum);
                    if (!fresh && it->second.guesses <= guesses) continue;
                    it->second.guesses = guesses;
                    it->second.chosen = best.chosen;
                    it->second.chosen.push_back(&entry);
                }
            sums = std::move(next);
        }
        if (!printed)
            return std::min_element(
                       sums.begin(), sums.end(),
                       [](const auto& a, const auto& b) { return a.second.guesses < b.second.guesses; })
                ->second.chosen;
        const auto above = sums.upper_bound(*printed);
        return above == sums.begin() ? above->second.chosen : std::prev(above)->second.chosen;
    }

    Chain& chain_;
    const EventInfo& event_;
    std::size_t first_, last_;
    LedgerKernel kernel_;
};

}  // namespace

void fill_ledger(Chain& chain, const EventInfo& event, std::size_t first, std::size_t last,
                 std::optional<std::int64_t> printed, const LedgerKernel& kernel) {
    Ledger(chain, event, first, last, kernel).fill(printed);
}

}  // namespace stallsight
