// The table of tasks of a dump or a saved session: filter, group by stack, pick one to see its stack and source.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QTreeView>

#include "app/gui/panel.h"
#include "app/gui/selection.h"
#include "app/gui/tasks/task_model.h"

namespace stallsight::gui {

class TasksPanel : public Panel {
    Q_OBJECT
public:
    explicit TasksPanel(Selection* selection, QWidget* parent = nullptr);

    // Is there anything to list?
    [[nodiscard]] bool has_tasks() const;

signals:
    void picked();
    void stack_wanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* make_filters();
    void rebuild();       // another analysis
    void list_choices();  // states and CPUs of the kernel that is shown
    void share_columns();
    void filter();
    void follow();
    void pick(const QModelIndex& index);
    [[nodiscard]] const KernelState* kernel() const;

    Selection* selection_;
    TaskModel* model_;
    QTreeView* view_;
    QComboBox *kernels_, *states_, *cpus_;
    QLineEdit* text_;
    QCheckBox *blocked_, *grouped_;
    bool following_ = false;
};

}  // namespace stallsight::gui
