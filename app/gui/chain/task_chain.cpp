#include "app/gui/chain/task_chain.h"

#include <algorithm>

#include "analysis/vmcore/sentences.h"
#include "analysis/words.h"
#include "app/gui/answer/mark_up.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

QString why_no_chain(const KernelTask& task) {
    if (task.preempt_count == 0u) return "its preempt_count was 0. Nothing had switched preemption off.";
    if (!task.active) return "it did not run when the kernel was stopped.";
    return task.preempt_count ? "no frame of its stack tells where preemption was switched off."
                              : "its preempt_count is not known.";
}

}  // namespace

const Chain* chain_of_task(const Analysis& analysis, const TaskAt& at) {
    for (const TaskChain& found : analysis.crashes[at.crash].chains)
        if (found.task == at.task) return &found.chain;
    return nullptr;
}

QString no_chain_of_task(const Analysis& analysis, const TaskAt& at) {
    const KernelTask& task = analysis.crashes[at.crash].state.tasks[at.task];
    return QString("<b>%1</b><br><span style='color:%2'>No chain: %3 Its stack is under Stack.</span>")
        .arg(qs(task_words(task.task)).toHtmlEscaped(), css(theme().muted), why_no_chain(task));
}

QStringList waits_of_task(const Analysis& analysis, const TaskAt& at) {
    QStringList paragraphs;
    for (const MemorySentence& sentence : memory_sentences(analysis.crashes[at.crash].state))
        if (std::find(sentence.tasks.begin(), sentence.tasks.end(), at.task) != sentence.tasks.end())
            paragraphs << marked_up(sentence.text, analysis);
    return paragraphs;
}

}  // namespace stallsight::gui
