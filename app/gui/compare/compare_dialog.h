// Runs of one build after the other: what vanished, what stayed, what is new.
#pragma once

#include <QDialog>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeWidget>

#include "app/gui/loader.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class CompareDialog : public QDialog {
    Q_OBJECT
public:
    CompareDialog(AnalysisPtr before, const QString& after_path, const AnalysisOptions& options, QWidget* parent);

    // A later build; what is shown is the series with it.
    void add_run(const QString& path);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void ask_run(bool folder);
    void show_comparison();

    std::vector<AnalysisPtr> runs_;  // in the order of builds
    AnalysisOptions options_;
    Loader loader_;
    QLabel* verdict_;
    QProgressBar* bar_;
    QTreeWidget* table_;
    QPushButton* add_;
};

}  // namespace stallsight::gui
