#include "analysis/chain/chain_words.h"

#include <array>

#include "analysis/chain/preempt_count.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Ending = Chain::Ending;

struct EndingWords {
    Ending ending;
    std::string_view name;    // in the contract
    std::string_view before;  // the function's name, in a sentence
    std::string_view after;
    std::string_view beside;  // the last frame
};
constexpr std::array words = {
    EndingWords{Ending::slept, "slept", "slept in ", "", "sleeps: not allowed here"},
    EndingWords{Ending::may_sleep, "may_sleep", "called ", ", which may sleep,", "may sleep: not allowed here"},
    EndingWords{Ending::spins, "spins", "loops in ", "", "loops here"},
    EndingWords{Ending::preemptible, "preemptible", "asked in ", " which CPU it runs on,", "needs preemption off"},
    EndingWords{Ending::wrong_lock, "wrong_lock", "took in ", " a lock that its context does not allow,",
                "not allowed in this context"},
    EndingWords{Ending::underflow, "underflow", "gave back in ", " more of preempt_count than it had taken",
                "goes below zero here"},
    EndingWords{Ending::runs, "runs", "runs in ", "", "runs here"},
};

const EndingWords& words_of(Ending ending) {
    for (const EndingWords& row : words)
        if (row.ending == ending) return row;
    return words.front();
}

}  // namespace

std::string_view name_of(Chain::Ending ending) {
    return words_of(ending).name;
}

std::string_view end_words(Chain::Ending ending) {
    return words_of(ending).beside;
}

std::string chain_words(const Chain& chain) {
    const EndingWords& row = words_of(chain.ending);
    // A reader of RCU that was preempted, or that waits for a lock of PREEMPT_RT, need not loop.
    const bool reader = chain.ending == Ending::spins && chain.state == "inside rcu_read_lock()";
    std::string out(reader ? "is in " : row.before);
    out += chain
               .links[chain.ending == Ending::preemptible || chain.ending == Ending::wrong_lock ? chain.guilty_link
                                                                                                : chain.end_link]
               .function;
    out += row.after;
    if (chain.ending == Ending::underflow) return out;
    if (chain.ending == Ending::preemptible) return out + " with preemption on";
    out += " " + chain.state;
    if (chain.disabled_at.function.empty() && chain.state.starts_with("without ")) return out;
    out += chain.disabled_at.function.empty() ? (chain.event.empty() ? " (since where, its stack does not show)"
                                                                     : " (since where, the report does not show)")
                                              : " since " + chain.disabled_at.function;
    return out;
}

std::string count_words(const Chain& chain) {
    if (!chain.count) return "no preempt_count printed";
    return "preempt_count " + hex(chain.count->raw, 8) + " = " + preempt_words(*chain.count) +
           (chain.count_of_memory ? ", in the dump's memory" : "");
}

std::string sum_words(const Chain& chain) {
    if (!chain.count) return {};
    std::string out = hex(chain.links[chain.end_link].count_after);
    if (chain.by_scheduler > 0) out += " + " + std::to_string(chain.by_scheduler) + " by schedule()";
    if (chain.contradictory) return out + ": contradictory: " + chain.contradiction;
    if (chain.unexplained > 0)
        return out + " + " + hex(static_cast<unsigned>(chain.unexplained)) +
               " not explained = " + hex(chain.count->raw, 8);
    return out + " = " + hex(chain.count->raw, 8) + (chain.count_of_memory ? ", as in memory" : ", as printed");
}

std::string effect_words(const Link& link) {
    if (link.added == 0) return link.effect;
    const std::string amount = hex(static_cast<unsigned>(link.added < 0 ? -link.added : link.added));
    return (link.added < 0 ? "-" : "+") + amount + " " + link.effect;
}

}  // namespace stallsight
