#include "app/gui/chain/chain_panel.h"

#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "analysis/chain/chain_words.h"
#include "analysis/modules.h"
#include "app/gui/answer/mark_up.h"
#include "app/gui/chain/chain_delegate.h"
#include "app/gui/chain/task_chain.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

QLabel* words_label() {
    auto* label = new QLabel;
    label->setTextFormat(Qt::RichText);
    label->setWordWrap(true);
    label->setContentsMargins(12, 8, 12, 8);
    label->setTextInteractionFlags(Qt::TextBrowserInteraction);
    return label;
}

}  // namespace

ChainPanel::ChainPanel(Selection* selection, QWidget* parent)
    : QScrollArea(parent),
      selection_(selection),
      model_(new ChainModel(this)),
      view_(new QListView),
      heading_(words_label()),
      locks_(new LockGraph),
      advice_(words_label()) {
    auto* inside = new QWidget;
    inside->setObjectName("inside");
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(0);
    view_->setObjectName("chain");
    view_->setAccessibleName("Chain");
    view_->setModel(model_);
    view_->setItemDelegate(new ChainDelegate(view_));
    // The panel scrolls as a whole: what to do stands right below the last frame.
    view_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->installEventFilter(this);
    advice_->setObjectName("advice");
    column->addWidget(heading_);
    column->addWidget(view_);
    column->addWidget(locks_);
    column->addWidget(advice_);
    column->addStretch(1);
    setWidget(inside);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusProxy(view_);

    connect(selection, &Selection::changed, this, &ChainPanel::follow);
    connect(selection, &Selection::analysis_changed, this, &ChainPanel::follow);
    connect(model_, &QAbstractItemModel::modelReset, this, &ChainPanel::fit_rows);
    connect(view_, &QListView::clicked, model_, &ChainModel::toggle_fold);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) {
                if (following_ || !current.isValid()) return;
                if (const auto frame = model_->row(current.row()).frame) selection_->pick_frame(*frame);
            });
    connect(advice_, &QLabel::linkActivated, this,
            [this](const QString& link) { link == "patch" ? emit patch_wanted() : emit debug_info_wanted(); });
}

namespace {

std::set<std::string> out_of_tree_modules(const Analysis& analysis, const Chain& chain) {
    const Artifact& log = log_of(analysis, chain);
    std::set<std::string> modules;
    for (const Link& link : chain.links)
        if (owner_of(analysis, log, link.module) == Owner::out_of_tree) modules.insert(link.module);
    return modules;
}

bool has_stack(const EventInfo& event) {
    const auto& sections = event.report.sections;
    return !event.report.frames.empty() ||
           std::any_of(sections.begin(), sections.end(), [](const Section& s) { return !s.frames.empty(); });
}

}  // namespace

void ChainPanel::follow() {
    const AnalysisPtr& analysis = selection_->analysis();
    const EventInfo* event = this->event();
    const auto task = selection_->task_at();
    const std::string id = task    ? std::to_string(task->crash) + "/" + std::to_string(task->task)
                           : event ? event->id
                                   : std::string();
    following_ = true;
    if (analysis != shown_analysis_ || id != shown_) {
        shown_analysis_ = analysis;
        shown_ = id;
        const Chain* chain = task ? chain_of_task(*analysis, *task) : event ? analysis->chain_of(id) : nullptr;
        model_->set_chain(chain, chain ? out_of_tree_modules(*analysis, *chain) : std::set<std::string>());
        show_words(chain);
    }
    const QModelIndex index = selection_->frame() ? model_->index_of_frame(*selection_->frame()) : QModelIndex();
    view_->setCurrentIndex(index);
    if (index.isValid()) {
        const QRect row = view_->visualRect(index).translated(view_->pos());
        ensureVisible(row.center().x(), row.center().y(), 0, row.height() * 3);
    }
    following_ = false;
}

const EventInfo* ChainPanel::event() const {
    return selection_->task_at() ? nullptr : selection_->event();
}

void ChainPanel::fit_rows() {
    const int row = model_->rowCount() ? view_->sizeHintForRow(0) : 0;
    view_->setFixedHeight(row * model_->rowCount() + 2);
    view_->setVisible(model_->rowCount() > 0);
}

QString ChainPanel::heading(const Chain* chain) const {
    const Theme& t = theme();
    if (!chain) {
        if (const auto& task = selection_->task_at()) return no_chain_of_task(*selection_->analysis(), *task);
        const EventInfo* event = this->event();
        if (!event)
            return QString("<span style='color:%1'>Pick an event%2 to see how it came to it.</span>")
                .arg(css(t.muted), selection_->analysis() && !selection_->analysis()->crashes.empty()
                                       ? " or a running task"
                                       : "");
        if (const auto cycle = lock_cycle(*event))
            return QString("<b>%1</b><br><span style='color:%2'>%3</span>")
                .arg(cycle->steps.size() > 1 ? "These locks wait for each other" : "A lock that is held already",
                     css(t.muted),
                     cycle->steps.size() > 1
                         ? "Downwards: each was taken before while the one above was held. Dashed: "
                           "what closes the cycle."
                         : "Dashed: it is taken once more by the task that holds it.");
        return QString(
                   "<b>%1</b><br><span style='color:%2'>No chain from a place where preemption was disabled to a "
                   "sleep: this report does not print one. %3</span>")
            .arg(event_name(*event).toHtmlEscaped(), css(t.muted),
                 has_stack(*event) ? "Its stacks are under Stack." : "Nor does it print a stack.");
    }
    const QString verdict = chain->contradictory      ? "contradictory: " + qs(chain->contradiction).toHtmlEscaped()
                            : !chain->count           ? QString()
                            : chain->unexplained == 0 ? QStringLiteral("✔ nothing unexplained")
                                                      : QString("%1 unexplained").arg(chain->unexplained);
    QString text = "<b>" + qs(count_words(*chain)).toHtmlEscaped() + "</b>";
    if (!verdict.isEmpty())
        text += QString(" <span style='color:%1'>%2</span>")
                    .arg(css(verdict.startsWith(QChar(0x2714)) ? t.good : t.cause), verdict);
    for (const CountCheck& check : chain->checks)
        text += QString("<br><span style='color:%1'>%2: %3</span>")
                    .arg(css(check.agrees ? t.muted : t.cause), qs(check.says).toHtmlEscaped(),
                         qs(check.words).toHtmlEscaped());
    return text;
}

QString ChainPanel::advice() const {
    const AnalysisPtr& analysis = selection_->analysis();
    QStringList parts;
    if (const auto& task = selection_->task_at())
        parts = waits_of_task(*analysis, *task);
    else if (const EventInfo* event = this->event())
        parts = advice_of(*event, analysis->chain_of(event->id));
    if (parts.isEmpty()) return {};
    return "<p style='margin:0 0 8px 0'>" + parts.join("</p><p style='margin:0 0 8px 0'>") + "</p>";
}

QStringList ChainPanel::advice_of(const EventInfo& event, const Chain* chain) const {
    const AnalysisPtr& analysis = selection_->analysis();
    QStringList parts;
    for (const Diagnosis& diagnosis : analysis->diagnoses) {
        if (std::find(diagnosis.evidence.begin(), diagnosis.evidence.end(), event.id) == diagnosis.evidence.end())
            continue;
        if (!chain) parts << marked_up(diagnosis.summary, *analysis);
        if (!diagnosis.advice.empty()) parts << "<b>What to do.</b> " + marked_up(diagnosis.advice, *analysis);
    }
    if (!event.caused_by.empty()) {
        const EventInfo* cause = analysis->event(event.caused_by);
        if (cause)
            parts << "<b>Follows</b> from " + event_name(*cause).toHtmlEscaped() + ": " +
                         qs(event.follows_because).toHtmlEscaped();
    }
    for (const PatchHunk& hunk : analysis->patch_hunks)
        if (hunk.on_chain && hunk.event == event.id)
            parts << QString(
                         "<a href='patch' style='color:%1; text-decoration:none'>The patch in this bundle %2 in %3 "
                         "▸</a>")
                         .arg(css(theme().accent),
                              hunk.effect.empty() ? "changes code" : qs(hunk.effect).toHtmlEscaped(),
                              qs(hunk.function).toHtmlEscaped());
    if (chain && !chain->unchecked.empty()) {
        QString words = qs(chain->unchecked).toHtmlEscaped();
        words[0] = words[0].toUpper();
        QString part = QString("<span style='color:%1'>%2</span>").arg(css(theme().muted), words);
        if (!analysis->missing.empty())
            part += QString(
                        "<span style='color:%1'> · </span><a href='symbols' style='color:%2; "
                        "text-decoration:none'>add…</a>")
                        .arg(css(theme().muted), css(theme().accent));
        parts << part;
    }
    return parts;
}

void ChainPanel::show_words(const Chain* chain) {
    const EventInfo* event = this->event();
    locks_->show_cycle(event && !chain ? lock_cycle(*event) : std::nullopt);
    heading_->setText(heading(chain));
    advice_->setText(advice());
}

bool ChainPanel::eventFilter(QObject* watched, QEvent* event) {
    // Enter on a folded run opens it. Not QListView::activated: on some platforms a click sends that as well.
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Space) {
            model_->toggle_fold(view_->currentIndex());
            return true;
        }
    }
    return QScrollArea::eventFilter(watched, event);
}

}  // namespace stallsight::gui
