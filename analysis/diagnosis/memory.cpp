#include "analysis/diagnosis/memory.h"

#include <algorithm>

#include "analysis/diagnosis/sentences.h"
#include "analysis/vmcore/sentences.h"

namespace stallsight {
namespace {

struct Words {
    const char *rule, *severity;
};

Words words_of(MemorySentence::About about) {
    switch (about) {
        case MemorySentence::About::deadlock:
            return {"memory_deadlock", "cause"};
        case MemorySentence::About::grace_period:
            return {"memory_grace_period", "stall"};
        case MemorySentence::About::stacks:
            return {"memory_stacks", "report"};
        case MemorySentence::About::lock:
            break;
    }
    return {"memory_lock_wait", "report"};
}

class Joiner {
public:
    Joiner(const Analysis& analysis, const CrashInfo& crash)
        : analysis_(analysis), crash_(crash), artifact_(analysis.artifacts[crash.artifact].artifact) {}

    Diagnosis diagnose(const MemorySentence& sentence) const {
        const Words words = words_of(sentence.about);
        Diagnosis diagnosis;
        diagnosis.rule = words.rule;
        diagnosis.severity = words.severity;
        diagnosis.summary = sentence.text;
        for (const std::string& step : sentence.why) diagnosis.why.push_back(artifact_.path + ": " + step);
        for (const EventInfo& event : analysis_.events)
            if (says_the_same(event, sentence)) {
                diagnosis.evidence.push_back(event.id);
                diagnosis.why.push_back(headline_step(analysis_, event));
            }
        return diagnosis;
    }

private:
    [[nodiscard]] bool says_the_same(const EventInfo& event, const MemorySentence& sentence) const {
        const Artifact& log = analysis_.artifacts[event.artifact].artifact;
        if (log.board != artifact_.board || log.core != artifact_.core) return false;
        if (sentence.about == MemorySentence::About::grace_period)
            return event.report.kind == EventKind::rcu_stall && stalls_a_cpu_of(event, sentence);
        if (event.report.kind != EventKind::hung_task || !event.report.task.pid) return false;
        return std::any_of(sentence.tasks.begin(), sentence.tasks.end(), [&](std::size_t task) {
            return crash_.state.tasks[task].task.pid == event.report.task.pid;
        });
    }

    [[nodiscard]] bool stalls_a_cpu_of(const EventInfo& event, const MemorySentence& sentence) const {
        return std::any_of(analysis_.stalls.begin(), analysis_.stalls.end(), [&](const StallEpisode& stall) {
            const auto& ids = stall.events;
            if (std::find(ids.begin(), ids.end(), event.id) == ids.end()) return false;
            return std::any_of(stall.cpus.begin(), stall.cpus.end(), [&](int cpu) {
                return std::find(sentence.cpus.begin(), sentence.cpus.end(), cpu) != sentence.cpus.end();
            });
        });
    }

    const Analysis& analysis_;
    const CrashInfo& crash_;
    const Artifact& artifact_;
};

}  // namespace

std::vector<Diagnosis> diagnose_memory(const Analysis& analysis) {
    std::vector<Diagnosis> found;
    for (const CrashInfo& crash : analysis.crashes)
        for (const MemorySentence& sentence : memory_sentences(crash.state))
            found.push_back(Joiner(analysis, crash).diagnose(sentence));
    return found;
}

}  // namespace stallsight
