#include "app/gui/tasks/tasks_panel.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <algorithm>
#include <set>

#include "analysis/vmcore/sentences.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

TasksPanel::TasksPanel(Selection* selection, QWidget* parent)
    : Panel("Tasks", parent), selection_(selection), model_(new TaskModel(this)), view_(new QTreeView) {
    view_->setObjectName("tasks");
    view_->setAccessibleName("Tasks");
    view_->setModel(model_);
    view_->setUniformRowHeights(true);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setIndentation(14);
    view_->setSortingEnabled(true);
    view_->viewport()->installEventFilter(this);
    view_->header()->setSortIndicator(-1, Qt::AscendingOrder);
    view_->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(make_filters());
    column->addWidget(view_, 1);
    set_content(content);
    connect(selection, &Selection::analysis_changed, this, &TasksPanel::rebuild);
    connect(selection, &Selection::changed, this, &TasksPanel::follow);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &TasksPanel::pick);
    connect(view_, &QTreeView::clicked, this, &TasksPanel::pick);
    connect(view_, &QTreeView::activated, this, &TasksPanel::stack_wanted);
}

QWidget* TasksPanel::make_filters() {
    auto* filters = new QWidget;
    filters->setObjectName("side");
    filters->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(filters);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(8);
    kernels_ = new QComboBox;
    text_ = new QLineEdit;
    text_->setPlaceholderText("Name, PID or function");
    text_->setAccessibleName("Filter the tasks");
    text_->setClearButtonEnabled(true);
    text_->installEventFilter(this);
    states_ = new QComboBox;
    states_->setAccessibleName("State");
    // Their words are long; the field beside them is what one types into.
    for (QComboBox* choice : {kernels_, states_}) {
        choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        choice->setMinimumContentsLength(9);
    }
    cpus_ = new QComboBox;
    cpus_->setAccessibleName("CPU");
    blocked_ = new QCheckBox("Blocked");
    blocked_->setToolTip("Only tasks in uninterruptible sleep, or that wait for a lock");
    grouped_ = new QCheckBox("By stack");
    grouped_->setToolTip("Tasks with the same stack as one");
    row->addWidget(kernels_);
    row->addWidget(text_, 1);
    for (QWidget* widget : {static_cast<QWidget*>(states_), static_cast<QWidget*>(cpus_),
                            static_cast<QWidget*>(blocked_), static_cast<QWidget*>(grouped_)})
        row->addWidget(widget);
    connect(kernels_, &QComboBox::activated, this, &TasksPanel::list_choices);
    connect(text_, &QLineEdit::textChanged, this, &TasksPanel::filter);
    for (QComboBox* choice : {states_, cpus_}) connect(choice, &QComboBox::activated, this, &TasksPanel::filter);
    for (QCheckBox* box : {blocked_, grouped_}) connect(box, &QCheckBox::toggled, this, &TasksPanel::filter);
    connect(grouped_, &QCheckBox::toggled, this, &TasksPanel::share_columns);  // "17 tasks" is wider than a PID
    return filters;
}

bool TasksPanel::has_tasks() const {
    return kernels_->count() > 0;
}

const KernelState* TasksPanel::kernel() const {
    if (!has_tasks()) return nullptr;
    return &selection_->analysis()->crashes[kernels_->currentData().toULongLong()].state;
}

void TasksPanel::rebuild() {
    model_->show(nullptr, {});
    kernels_->clear();
    const AnalysisPtr& analysis = selection_->analysis();
    for (std::size_t i = 0; analysis && i < analysis->crashes.size(); ++i) {
        const CrashInfo& crash = analysis->crashes[i];
        if (!crash.state.tasks.empty())
            kernels_->addItem(qs(analysis->artifacts[crash.artifact].artifact.path), static_cast<qulonglong>(i));
    }
    kernels_->setVisible(kernels_->count() > 1);
    list_choices();
}

void TasksPanel::list_choices() {
    states_->clear();
    cpus_->clear();
    states_->addItem("Any state", QString());
    cpus_->addItem("Any CPU");
    const KernelState* shown = kernel();
    if (!shown) return;
    std::set<std::string> states;
    std::set<int> cpus;
    for (const KernelTask& task : shown->tasks) {
        if (!task.state.empty()) states.insert(task.state);
        if (task.cpu) cpus.insert(*task.cpu);
    }
    for (const std::string& state : states) {
        const QString words = state_in_words(state);
        states_->addItem(words.isEmpty() ? qs(state) : qs(state) + ": " + words, qs(state));
    }
    for (const int cpu : cpus) cpus_->addItem(QString("CPU %1").arg(cpu), cpu);
    filter();
    share_columns();
}

// Numbers and states as wide as they are; who it is, where and for what it waits share the rest.
void TasksPanel::share_columns() {
    constexpr int padding = 16;
    int rest = view_->viewport()->width();
    for (const int column : {TaskModel::pid, TaskModel::state, TaskModel::cpu}) {
        const int cells =
            static_cast<QAbstractItemView*>(view_)->sizeHintForColumn(column);  // private in QTreeView
        const QString heading = model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        view_->setColumnWidth(column,
                              std::max(cells, view_->fontMetrics().horizontalAdvance(heading) + 2 * padding));
        rest -= view_->columnWidth(column);
    }
    view_->setColumnWidth(TaskModel::command, std::clamp(rest * 27 / 100, 80, 200));
    view_->setColumnWidth(TaskModel::function, std::clamp(rest * 36 / 100, 90, 360));
}

void TasksPanel::filter() {
    const KernelState* shown = kernel();
    if (!shown) return;
    TaskFilter wanted;
    wanted.text = text_->text().trimmed();
    wanted.state = states_->currentData().toString();
    if (cpus_->currentData().isValid()) wanted.cpu = cpus_->currentData().toInt();
    wanted.blocked = blocked_->isChecked();
    const TaskNumbers tasks = tasks_shown(*shown, wanted);
    std::vector<TaskNumbers> groups;
    if (grouped_->isChecked())
        groups = grouped_by_stack(*shown, tasks);
    else
        for (const std::size_t task : tasks) groups.push_back({task});
    const auto stacks = groups.size();
    following_ = true;
    view_->setRootIsDecorated(grouped_->isChecked());
    model_->show(shown, std::move(groups));
    if (const int by = view_->header()->sortIndicatorSection(); by >= 0)
        model_->sort(by, view_->header()->sortIndicatorOrder());
    following_ = false;
    QString note = tasks.size() == shown->tasks.size()
                       ? count(tasks.size(), "task")
                       : QString("%1 of %2").arg(tasks.size()).arg(count(shown->tasks.size(), "task"));
    if (grouped_->isChecked()) note += QStringLiteral(" · ") + count(stacks, "stack");
    set_note(note);
    follow();
}

void TasksPanel::follow() {
    const auto picked = selection_->task_at();
    following_ = true;
    if (!picked || !has_tasks() || picked->crash != kernels_->currentData().toULongLong()) {
        view_->setCurrentIndex({});
    } else if (model_->stack_of(view_->currentIndex()) != picked->task) {
        view_->setCurrentIndex(model_->index_of(picked->task));
        view_->scrollTo(view_->currentIndex());
    }
    following_ = false;
}

void TasksPanel::pick(const QModelIndex& index) {
    const auto task = following_ ? std::nullopt : model_->stack_of(index);
    if (!task) return;
    const std::size_t crash = kernels_->currentData().toULongLong();
    selection_->pick_task({crash, *task}, telling_frame(kernel()->tasks[*task]));
    emit picked();
}

// Down goes from the words to the first task that they found.
bool TasksPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == view_->viewport() && event->type() == QEvent::Resize && has_tasks()) share_columns();
    if (watched == text_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if ((key == Qt::Key_Down || key == Qt::Key_Return) && model_->rowCount() > 0) {
            view_->setFocus();
            view_->setCurrentIndex(model_->index(0, 0));
            return true;
        }
    }
    return Panel::eventFilter(watched, event);
}

}  // namespace stallsight::gui
