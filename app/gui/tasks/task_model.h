// The tasks of a stopped kernel as a table; tasks with one stack stand under a row of their own where they are
// grouped.
#pragma once

#include <QAbstractItemModel>

#include "app/gui/tasks/task_rows.h"

namespace stallsight::gui {

class TaskModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { pid, command, state, cpu, function, waits, column_count };

    using QAbstractItemModel::QAbstractItemModel;

    // `kernel` must live until the next call; null: nothing to show. A group of one is that task itself.
    void show(const KernelState* kernel, std::vector<TaskNumbers> groups);
    // Nothing for the row of a group.
    [[nodiscard]] std::optional<std::size_t> task_of(const QModelIndex& index) const;
    // For a group: its first task, whose stack is that of all.
    [[nodiscard]] std::optional<std::size_t> stack_of(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex index_of(std::size_t task) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    [[nodiscard]] const TaskNumbers* group_of(const QModelIndex& index) const;  // null for a task
    [[nodiscard]] QString task_text(std::size_t task, int column) const;
    [[nodiscard]] QString group_text(const TaskNumbers& group, int column) const;
    [[nodiscard]] bool before(std::size_t a, std::size_t b, int column) const;

    const KernelState* kernel_ = nullptr;
    std::vector<TaskNumbers> groups_;
};

}  // namespace stallsight::gui
