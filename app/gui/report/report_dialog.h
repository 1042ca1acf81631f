// The report before it is written: which sections, what is redacted, and how it looks.
#pragma once

#include <QCheckBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTextBrowser>

#include "analysis/report/document.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class ReportDialog : public QDialog {
    Q_OBJECT
public:
    ReportDialog(AnalysisPtr analysis, CaseFile notes, QWidget* parent);

    // The format is told by the suffix: html, pdf, md, json. Says in the dialog when it cannot be written.
    bool write(const QString& path);

private:
    void show_preview();
    void ask_and_write();
    [[nodiscard]] Document document() const;

    AnalysisPtr analysis_;
    CaseFile notes_;
    QListWidget* sections_;
    QCheckBox* redact_;
    QLineEdit* words_;
    QTextBrowser* preview_;
    QLabel* said_;
    std::unique_ptr<QTextDocument> shown_;
};

}  // namespace stallsight::gui
