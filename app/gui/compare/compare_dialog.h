// This run beside another one: what vanished, what stayed, what is new.
#pragma once

#include <QDialog>
#include <QLabel>
#include <QProgressBar>
#include <QTreeWidget>

#include "app/gui/loader.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class CompareDialog : public QDialog {
    Q_OBJECT
public:
    CompareDialog(AnalysisPtr before, const QString& after_path, const AnalysisOptions& options, QWidget* parent);

private:
    void show_comparison(const Analysis& after);

    AnalysisPtr before_;
    Loader loader_;
    QLabel* verdict_;
    QProgressBar* bar_;
    QTreeWidget* table_;
};

}  // namespace stallsight::gui
