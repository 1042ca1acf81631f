#include "analysis/diagnosis/stall_sentences.h"

#include <algorithm>

#include "analysis/chain/chains.h"
#include "analysis/diagnosis/rules.h"
#include "analysis/diagnosis/sentences.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

bool is_rcu(const StallEpisode& episode) {
    return episode.flavor.starts_with("rcu");
}

std::string length_words(const StallEpisode& episode) {
    return episode.start_s ? " for " + duration_words(episode.end_s - *episode.start_s) : std::string();
}

std::string hung_words(const StallEpisode& episode, const EventInfo& event) {
    const std::string who = episode.doing.empty() ? "a task" : episode.doing.begin()->second;
    return who + (episode.open ? " has been blocked" : " was blocked") + length_words(episode) + " in " +
           event.guilty.function;
}

// Where printk shows no time, the log's own beginning is all there is to count from.
std::string moment_words(double at_s, const LogScan& log) {
    if (!log.timed_by_wall) return fixed(at_s, 2) + " s of uptime";
    return at_s < 0 ? fixed(-at_s, 0) + " s before the log" : fixed(at_s, 0) + " s into the log";
}

std::string cpu_words(const StallEpisode& episode, const LogScan& log) {
    const bool many = episode.cpus.size() != 1;
    std::string out = episode.cpus.empty() ? "tasks" : cpus_words(episode.cpus);
    if (is_rcu(episode))
        out += std::string(many ? (episode.open ? " have" : "") : (episode.open ? " has" : "")) + " held up RCU";
    else
        out += many ? (episode.open ? " have been stuck" : " were stuck")
                    : (episode.open ? " has been stuck" : " was stuck");
    out += length_words(episode);
    if (is_rcu(episode) && episode.start_s)
        out += (episode.open ? ", still at the end of the log, since " : ", from ") +
               moment_words(*episode.start_s, log);
    return out;
}

std::string doing_words(const StallEpisode& episode) {
    std::vector<std::string> doing;
    for (const auto& [cpu, who] : episode.doing)
        if (cpu >= 0) doing.push_back("CPU " + std::to_string(cpu) + " ran " + who);
    return joined(doing);
}

// Between which moments, where it is not exact.
std::string within(const Window& window) {
    if (window.to_s - window.from_s < 0.01) return {};
    return " (between " + fixed(window.from_s, 2) + " and " + fixed(window.to_s, 2) + " s)";
}

// A stall that lasts until the kernel is stopped: where the report has no chain or does not show since when, the
// dump's memory may.
const Chain* better_known(const Analysis& analysis, const StallEpisode& episode, const Chain* chain) {
    const bool complete = chain != nullptr && !chain->disabled_at.function.empty();
    if (complete || !episode.open || episode.cpus.empty()) return chain;
    const TaskChain* memory = memory_chain(analysis, episode.board, episode.core, episode.cpus.front());
    return memory != nullptr ? &memory->chain : chain;
}

std::vector<std::string> steps_of(const Analysis& analysis, const StallEpisode& episode, const EventInfo& event,
                                  const Chain* chain) {
    std::vector<std::string> steps{headline_step(analysis, event)};
    const CoreClock* clock = analysis.clock_of(episode.board, episode.core, episode.boot);
    if (clock != nullptr && is_rcu(episode)) {
        steps.push_back((clock->hz ? "HZ is " + std::to_string(*clock->hz) + ": " : std::string("HZ ")) +
                        clock->basis + ".");
        if (!clock->contradiction.empty()) steps.push_back("HZ is contradictory: " + clock->contradiction + ".");
    }
    if (episode.start_s)
        steps.push_back("It began at " + fixed(*episode.start_s, 2) + " s" + within(episode.start_window) + ": " +
                        episode.start_basis + ".");
    if (episode.open)
        steps.push_back("It was still going on at " + fixed(episode.end_s, 2) + " s, where the log ends.");
    else
        steps.push_back("It ended at " + fixed(episode.end_s, 2) + " s" + within(episode.end_window) + ": " +
                        episode.end_basis + ".");
    if (!episode.held_up.empty()) steps.push_back("It held up " + joined(episode.held_up) + ".");
    if (episode.views_agree)
        steps.push_back(*episode.views_agree ? "Every report found the same task in the same function."
                                             : "The reports found different tasks or functions there.");
    if (episode.starved_jiffies)
        steps.push_back("The grace-period kthread " + episode.starved_kthread + " did not run for " +
                        grouped(*episode.starved_jiffies) + " jiffies" +
                        (episode.starved_cpu ? " (CPU " + std::to_string(*episode.starved_cpu) + ")." : "."));
    if (chain != nullptr)
        for (const CountCheck& check : chain->checks)
            steps.push_back("The report says " + check.says + ": " + check.words + ".");
    return steps;
}

}  // namespace

std::string stall_words(const Analysis& analysis, const StallEpisode& episode) {
    const EventInfo& event = *analysis.event(episode.events.front());
    const ArtifactInfo& log = analysis.artifacts[event.artifact];
    const std::string place = place_words(log.artifact);
    const std::string words =
        episode.flavor == "hung_task" ? hung_words(episode, event) : cpu_words(episode, log.scan);
    return place.empty() ? words : "On " + place + ", " + words;
}

std::vector<Diagnosis> diagnose_stalls(const Analysis& analysis) {
    std::vector<Diagnosis> out;
    for (const StallEpisode& episode : analysis.stalls) {
        const EventInfo& event = *analysis.event(episode.events.front());
        if (!stands_for_itself(event)) continue;
        const Chain* chain = analysis.chain_of(event.id);
        Diagnosis d;
        d.rule = is_rcu(episode) ? "rcu_stall" : episode.flavor;
        d.severity = "stall";
        d.evidence = episode.events;
        d.summary = stall_words(analysis, episode);
        if (const std::string doing = doing_words(episode); !doing.empty() && chain == nullptr)
            d.summary += "; " + doing;
        if (const Chain* known = better_known(analysis, episode, chain); known != nullptr)
            d.summary += (known->event.empty() ? "; in the dump " : "; ") + known->sentence;
        d.summary += ".";
        d.why = steps_of(analysis, episode, event, chain);
        if (const AdviceRule* rule = advice_rule({analysis, event, chain, &episode})) {
            d.advice_rule = rule->name;
            d.advice = rule->advice;
            d.reference = rule->reference;
            const std::string shown = rule->evidence({analysis, event, chain, &episode});
            const bool said = d.summary.find(shown) != std::string::npos;
            d.why.push_back("Hence: " + std::string(rule->sentence) + (said ? "." : " (" + shown + ")."));
        }
        out.push_back(std::move(d));
    }
    return out;
}

}  // namespace stallsight
