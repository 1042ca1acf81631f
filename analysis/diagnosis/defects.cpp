#include "analysis/diagnosis/defects.h"

#include <algorithm>
#include <map>

#include "analysis/chain/chain_words.h"
#include "analysis/chain/preempt_count.h"
#include "analysis/diagnosis/rules.h"
#include "analysis/diagnosis/sentences.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Ending = Chain::Ending;

bool sleeps(const Chain& chain) {
    return chain.ending == Ending::slept || chain.ending == Ending::may_sleep;
}

// Empty where it is not known, or not certain.
std::string source_place(const EventInfo& event, std::size_t frame) {
    if (frame >= event.symbols.size() || !event.symbols[frame] || event.symbols[frame]->places.empty()) return {};
    const Resolution& symbols = *event.symbols[frame];
    const SourcePlace& place = symbols.places.front();
    if (place.file.empty() || symbols.other_build || symbols.link == CallLink::contradicted) return {};
    const std::size_t slash = place.file.rfind('/');
    return place.file.substr(slash == std::string::npos ? 0 : slash + 1) + ":" + std::to_string(place.line);
}

// The steps of the count: what is printed, what the frames added, and whether that comes to the same.
std::vector<std::string> count_steps(const Analysis& analysis, const EventInfo& event, const Chain& chain) {
    std::vector<std::string> steps;
    if (chain.count)
        steps.push_back("preempt_count " + hex(chain.count->raw, 8) + " is " + preempt_words(*chain.count) + ": " +
                        chain.count->context + ".");
    for (const CountCheck& check : chain.checks)
        steps.push_back("The same report says " + check.says + ": " + check.words +
                        (check.agrees ? "." : ", which contradicts it."));
    if (const auto& printed = event.report.preempt_disabled_at; printed && !printed->function.empty())
        steps.push_back(evidence_place(analysis, event, printed->line) + ": preemption was disabled at " +
                        printed->function + ".");
    for (const Link& link : chain.links)
        if (link.added != 0)
            steps.push_back(link.function + (link.added > 0 ? " adds " : " takes away ") +
                            hex(static_cast<unsigned>(std::abs(link.added))) + ": " + link.effect + " (" +
                            link.proof + ", " + link.basis + ").");
    if (!chain.count) return steps;
    if (chain.by_scheduler > 0) steps.push_back("schedule() itself adds 1 before it looks (kernel/sched/core.c).");
    steps.push_back(chain.contradictory      ? "This is contradictory: " + chain.contradiction + "."
                    : chain.unexplained == 0 ? "The sum is the printed count: nothing is left unexplained."
                                             : hex(static_cast<unsigned>(chain.unexplained)) +
                                                   " of the printed count is not explained by these frames.");
    return steps;
}

class Defects {
public:
    explicit Defects(const Analysis& analysis) : analysis_(analysis) {}

    std::vector<Diagnosis> run() {
        std::map<std::string, std::vector<const Chain*>> defects;
        std::vector<std::string> order;
        for (const Chain& chain : analysis_.chains) {
            if (chain.ending == Ending::spins) continue;  // told with its stall
            const EventInfo& event = *analysis_.event(chain.event);
            if (!stands_for_itself(event)) continue;
            const std::string key = event.guilty.function + "/" + chain.links[chain.end_link].function;
            if (defects[key].empty()) order.push_back(key);
            defects[key].push_back(&chain);
        }
        std::vector<Diagnosis> out;
        out.reserve(order.size());
        for (const std::string& key : order) out.push_back(defect(defects[key]));
        return out;
    }

private:
    // The chain that says most speaks for all.
    [[nodiscard]] static int weight(const Chain& chain) {
        return (chain.ending == Ending::slept ? 2 : 0) + (chain.unexplained == 0 && !chain.contradictory ? 1 : 0);
    }

    [[nodiscard]] Diagnosis defect(const std::vector<const Chain*>& chains) const {
        const Chain* speaker = *std::max_element(
            chains.begin(), chains.end(), [](const Chain* a, const Chain* b) { return weight(*a) < weight(*b); });
        Diagnosis d = of_chain(*analysis_.event(speaker->event), *speaker);
        for (const Chain* chain : chains)
            if (chain != speaker) d.evidence.push_back(chain->event);
        if (chains.size() > 1) d.summary += " It is reported " + std::to_string(chains.size()) + " times.";
        return d;
    }

    [[nodiscard]] Diagnosis of_chain(const EventInfo& event, const Chain& chain) const {
        const AdviceRule* rule = advice_rule({analysis_, event, &chain});
        Diagnosis d;
        d.rule = sleeps(chain) ? "sleep_in_atomic" : std::string(name_of(chain.ending));
        // Who only may have slept did no harm yet: a stall in the same log says more.
        d.severity = chain.ending == Ending::slept ? "cause" : "report";
        d.evidence = {event.id};
        d.summary = who_and_where(analysis_, event) + " " + chain_words(chain) + ".";
        if (sleeps(chain)) d.summary += " " + guilty_sentence(event, chain, rule);
        d.why = {headline_step(analysis_, event)};
        for (std::string& step : count_steps(analysis_, event, chain)) d.why.push_back(std::move(step));
        d.why.push_back(blame_step(event));
        if (rule != nullptr) use(*rule, chain, d);
        for (std::string& step : follow_steps(event)) d.why.push_back(std::move(step));
        return d;
    }

    // What follows from a report, said once for those that look the same.
    [[nodiscard]] std::vector<std::string> follow_steps(const EventInfo& event) const {
        struct Alike {
            const EventInfo* first;
            std::size_t count;
        };
        std::vector<Alike> groups;
        for (const std::string& id : event.cause_of) {
            const EventInfo* later = analysis_.event(id);
            if (later == nullptr) continue;
            const auto group = std::find_if(groups.begin(), groups.end(), [&](const Alike& alike) {
                return alike.first->title == later->title && alike.first->follows_because == later->follows_because;
            });
            if (group == groups.end())
                groups.push_back({later, 1});
            else
                ++group->count;
        }
        std::vector<std::string> steps;
        for (const auto& [first, count] : groups)
            steps.push_back(evidence_place(analysis_, *first) + ": " + first->title +
                            (count == 1 ? " follows" : ", " + std::to_string(count) + " times, follows") +
                            " from it: " + first->follows_because + ".");
        return steps;
    }

    static std::string guilty_sentence(const EventInfo& event, const Chain& chain, const AdviceRule* rule) {
        const Link& guilty = chain.links[chain.guilty_link];
        std::string out = qualified_name(guilty.function, guilty.module) + " ";
        out += rule != nullptr ? rule->sentence : "called it";
        const std::string place = source_place(event, guilty.frame);
        return place.empty() ? out + "." : out + ", " + place + ".";
    }

    void use(const AdviceRule& rule, const Chain& chain, Diagnosis& d) const {
        d.advice_rule = rule.name;
        d.reference = rule.reference;
        if (!sleeps(chain)) {
            d.advice = rule.advice;
            return;
        }
        const std::string& since = chain.disabled_at.function;
        d.advice = (since.empty() ? "Here" : "Between " + since + " and here") +
                   " nothing may sleep: " + std::string(rule.advice);
        for (const PatchHunk& hunk : analysis_.patch_hunks)
            if (hunk.on_chain && hunk.event == chain.event)
                d.advice += " The patch in this bundle changes " + hunk.function +
                            (hunk.effect.empty() ? "." : ": it " + hunk.effect + ".");
    }

    const Analysis& analysis_;
};

}  // namespace

std::vector<Diagnosis> diagnose_defects(const Analysis& analysis) {
    return Defects(analysis).run();
}

}  // namespace stallsight
