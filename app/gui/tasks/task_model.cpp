#include "app/gui/tasks/task_model.h"

#include <algorithm>
#include <set>

#include "analysis/vmcore/sentences.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

// internalId() of a top row; a row inside a group carries the group's number plus one.
constexpr quintptr top = 0;

// The different words of a group, a few of them.
template <class WordOf>
QString common_words(const TaskNumbers& group, WordOf word_of) {
    constexpr qsizetype most = 3;
    QStringList words;
    for (const std::size_t task : group) {
        const QString word = word_of(task);
        if (word.isEmpty() || words.contains(word)) continue;
        words << word;
        if (words.size() > most) break;
    }
    if (words.size() > most) words.last() = QStringLiteral("…");
    return words.join(", ");
}

}  // namespace

void TaskModel::show(const KernelState* kernel, std::vector<TaskNumbers> groups) {
    beginResetModel();
    kernel_ = kernel;
    groups_ = std::move(groups);
    endResetModel();
}

const TaskNumbers* TaskModel::group_of(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() != top) return nullptr;
    const TaskNumbers& group = groups_[static_cast<std::size_t>(index.row())];
    return group.size() > 1 ? &group : nullptr;
}

std::optional<std::size_t> TaskModel::task_of(const QModelIndex& index) const {
    if (!index.isValid() || group_of(index)) return std::nullopt;
    if (index.internalId() == top) return groups_[static_cast<std::size_t>(index.row())].front();
    return groups_[index.internalId() - 1][static_cast<std::size_t>(index.row())];
}

std::optional<std::size_t> TaskModel::stack_of(const QModelIndex& index) const {
    const TaskNumbers* group = group_of(index);
    return group ? std::optional(group->front()) : task_of(index);
}

QModelIndex TaskModel::index_of(std::size_t task) const {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const auto found = std::find(groups_[i].begin(), groups_[i].end(), task);
        if (found == groups_[i].end()) continue;
        if (groups_[i].size() == 1) return createIndex(static_cast<int>(i), 0, top);
        return createIndex(static_cast<int>(found - groups_[i].begin()), 0, static_cast<quintptr>(i) + 1);
    }
    return {};
}

QModelIndex TaskModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : top);
}

QModelIndex TaskModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == top) return {};
    return createIndex(static_cast<int>(child.internalId() - 1), 0, top);
}

int TaskModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return static_cast<int>(groups_.size());
    const TaskNumbers* group = parent.column() == 0 ? group_of(parent) : nullptr;
    return group ? static_cast<int>(group->size()) : 0;
}

int TaskModel::columnCount(const QModelIndex&) const {
    return column_count;
}

QString TaskModel::task_text(std::size_t number, int column) const {
    const KernelTask& task = kernel_->tasks[number];
    switch (column) {
        case pid:
            return task.task.pid ? QString::number(*task.task.pid) : QString();
        case command:
            return qs(task.task.comm);
        case state:
            return task.active ? (qs(task.state) + QStringLiteral(" ▸")).trimmed() : qs(task.state);
        case cpu:
            return task.cpu ? QString::number(*task.cpu) : QString();
        case function: {
            const auto frame = telling_frame(task);
            return frame ? frame_name(task.frames[*frame]) : QString();
        }
        default:
            return waits_for(*kernel_, number);
    }
}

QString TaskModel::group_text(const TaskNumbers& group, int column) const {
    if (column == pid) return count(group.size(), "task");
    return common_words(group, [&](std::size_t task) { return task_text(task, column); });
}

QVariant TaskModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const TaskNumbers* group = group_of(index);
    const auto task = task_of(index);
    switch (role) {
        case Qt::DisplayRole:
            return group ? group_text(*group, index.column()) : task_text(*task, index.column());
        case Qt::ToolTipRole: {
            if (index.column() != state || group) return data(index, Qt::DisplayRole);
            const KernelTask& shown = kernel_->tasks[*task];
            return state_in_words(shown.state) + (shown.active ? ", on its CPU" : "");
        }
        case Qt::FontRole:
            if (group) return bold(ui_font());
            return index.column() >= function ? mono_font() : QVariant();
        case Qt::ForegroundRole:
            if (index.column() == state && task && is_blocked(*kernel_, *task)) return theme().warning;
            return index.column() == function || index.column() == command ? theme().text : theme().muted;
        default:
            return {};
    }
}

QVariant TaskModel::headerData(int section, Qt::Orientation orientation, int role) const {
    static constexpr const char* names[] = {"PID", "Command", "State", "CPU", "In", "Waits for"};
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section >= column_count) return {};
    return QString(names[section]);
}

bool TaskModel::before(std::size_t a, std::size_t b, int column) const {
    const KernelTask& left = kernel_->tasks[a];
    const KernelTask& right = kernel_->tasks[b];
    if (column == pid) return left.task.pid < right.task.pid;
    if (column == cpu) return left.cpu < right.cpu;
    return QString::localeAwareCompare(task_text(a, column), task_text(b, column)) < 0;
}

void TaskModel::sort(int column, Qt::SortOrder order) {
    if (!kernel_ || column < 0) return;
    emit layoutAboutToBeChanged();
    const QModelIndexList old = persistentIndexList();
    QList<std::optional<std::size_t>> tasks;
    for (const QModelIndex& index : old) tasks << stack_of(index);
    const auto less = [&](std::size_t a, std::size_t b) {
        return order == Qt::AscendingOrder ? before(a, b, column) : before(b, a, column);
    };
    for (TaskNumbers& group : groups_) std::stable_sort(group.begin(), group.end(), less);
    std::stable_sort(groups_.begin(), groups_.end(), [&](const TaskNumbers& a, const TaskNumbers& b) {
        return a.size() != b.size() ? a.size() > b.size() : less(a.front(), b.front());
    });
    QModelIndexList moved;
    for (qsizetype i = 0; i < old.size(); ++i) {
        const QModelIndex at = tasks[i] ? index_of(*tasks[i]) : QModelIndex();
        const bool was_group = tasks[i] && old[i].internalId() == top && at.internalId() != top;
        moved << (was_group ? at.parent() : at).siblingAtColumn(old[i].column());
    }
    changePersistentIndexList(old, moved);
    emit layoutChanged();
}

}  // namespace stallsight::gui
