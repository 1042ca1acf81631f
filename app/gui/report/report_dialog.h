// The report before it is written: which sections, what is redacted, and how it looks.
#pragma once

#include <QCheckBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTextBrowser>

#include "analysis/report/document.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class ReportDialog : public QDialog {
    Q_OBJECT
public:
    // `options`: with which the analysis was made; the report says them.
    ReportDialog(AnalysisPtr analysis, CaseFile notes, AnalysisOptions options, QWidget* parent);

    // The format is told by the suffix: html, pdf, md, json. Of thousands of reports a PDF takes seconds: it is
    // written beside the window, and goes on when this dialog is closed.
    void write(const QString& path);

signals:
    void written(bool whole);

private:
    void show_preview();
    void ask_and_write();
    [[nodiscard]] Document document() const;

    AnalysisPtr analysis_;
    CaseFile notes_;
    AnalysisOptions options_;
    QListWidget* sections_;
    QCheckBox* redact_;
    QLineEdit* words_;
    QTextBrowser* preview_;
    QLabel* said_;
    QPushButton* save_;
    std::unique_ptr<QTextDocument> shown_;
};

}  // namespace stallsight::gui
