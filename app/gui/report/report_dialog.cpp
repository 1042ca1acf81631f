#include "app/gui/report/report_dialog.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSaveFile>
#include <QScrollBar>
#include <QThread>
#include <QVBoxLayout>
#include <array>
#include <memory>

#include "app/gui/report/pdf.h"
#include "app/gui/report/text_document.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

struct Format {
    const char* suffix;
    std::string (*write)(const Document&);
};
constexpr std::array formats = {Format{"html", to_html}, Format{"md", to_markdown}, Format{"json", to_json}};

// The preview stays quick with thousands of reports; the file has all of them.
constexpr std::size_t previewed_rows = 100;

bool write_text(const QString& path, const std::string& text) {
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) &&
           file.write(text.data(), static_cast<qint64>(text.size())) == static_cast<qint64>(text.size()) &&
           file.commit();
}

// By its suffix; false, too, where there is no such format.
bool write_report(const Document& document, const QString& path) {
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == "pdf") return write_pdf(document, path);
    for (const Format& format : formats)
        if (suffix == format.suffix) return write_text(path, format.write(document));
    return false;
}

}  // namespace

ReportDialog::ReportDialog(AnalysisPtr analysis, CaseFile notes, AnalysisOptions options, QWidget* parent)
    : QDialog(parent),
      analysis_(std::move(analysis)),
      notes_(std::move(notes)),
      options_(std::move(options)),
      sections_(new QListWidget),
      redact_(new QCheckBox("Redact addresses, hosts,\nMAC, IP, serial numbers")),
      words_(new QLineEdit),
      preview_(new QTextBrowser),
      said_(new QLabel),
      save_(new QPushButton(QStringLiteral("Save…"))) {
    setWindowTitle("Export report");
    resize(1000, 660);
    sections_->setObjectName("sections");
    sections_->setAccessibleName("Sections of the report");
    sections_->setSpacing(2);
    const Document whole = make_document(*analysis_, notes_);
    for (const ReportSection& section : whole.sections) {
        auto* item = new QListWidgetItem(qs(section.title), sections_);
        item->setData(Qt::UserRole, qs(section.id));
        item->setCheckState(Qt::Checked);
    }
    redact_->setObjectName("redact");
    words_->setObjectName("words");
    words_->setAccessibleName("Words to redact");
    words_->setPlaceholderText("words to redact, too");
    said_->setWordWrap(true);
    preview_->setObjectName("preview");
    preview_->setAccessibleName("Preview");
    preview_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);  // it is as wide as its room
    preview_->setStyleSheet("QTextBrowser#preview { background: white; }");
    save_->setDefault(true);
    auto* left = new QVBoxLayout;
    left->addWidget(sections_, 1);
    left->addWidget(redact_);
    left->addWidget(words_);
    left->addWidget(said_);
    left->addWidget(save_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 14, 16, 16);
    row->setSpacing(14);
    row->addLayout(left, 1);
    row->addWidget(preview_, 3);
    connect(sections_, &QListWidget::itemChanged, this, &ReportDialog::show_preview);
    connect(redact_, &QCheckBox::toggled, this, &ReportDialog::show_preview);
    connect(words_, &QLineEdit::textChanged, this, &ReportDialog::show_preview);
    connect(save_, &QPushButton::clicked, this, &ReportDialog::ask_and_write);
    show_preview();
}

Document ReportDialog::document() const {
    ReportOptions options;
    bool all = true;
    for (int i = 0; i < sections_->count(); ++i) {
        if (sections_->item(i)->checkState() == Qt::Checked)
            options.sections.push_back(sections_->item(i)->data(Qt::UserRole).toString().toStdString());
        else
            all = false;
    }
    if (all)
        options.sections.clear();
    else if (options.sections.empty())
        options.sections = {"none"};
    options.redact = redact_->isChecked();
    for (const QString& word : words_->text().split(' ', Qt::SkipEmptyParts))
        options.words.push_back(word.toStdString());
    options.made_with = options_words(options, options_, {});
    return make_document(*analysis_, notes_, options);
}

void ReportDialog::show_preview() {
    const int at = preview_->verticalScrollBar()->value();
    auto next = text_document(document(), previewed_rows);
    next->setDocumentMargin(20);
    preview_->setDocument(next.get());
    shown_ = std::move(next);  // the old one may go only when it is shown no more
    preview_->verticalScrollBar()->setValue(at);
}

void ReportDialog::write(const QString& path) {
    said_->setText(QStringLiteral("Writing %1…").arg(QFileInfo(path).fileName()));
    save_->setEnabled(false);
    const auto whole = std::make_shared<bool>(false);
    QThread* writer =
        QThread::create([document = document(), path, whole] { *whole = write_report(document, path); });
    connect(writer, &QThread::finished, this, [this, whole, path] {
        said_->setText(*whole ? "Written: " + QFileInfo(path).fileName() : path + " could not be written.");
        save_->setEnabled(true);
        emit written(*whole);
    });
    connect(writer, &QThread::finished, writer, &QObject::deleteLater);
    writer->start();
}

void ReportDialog::ask_and_write() {
    const QString path = QFileDialog::getSaveFileName(
        this, "Export report", qs(analysis_->bundle_name) + ".html",
        "HTML page (*.html);;PDF (*.pdf);;Markdown for a ticket (*.md);;JSON (*.json)");
    if (!path.isEmpty()) write(path);
}

}  // namespace stallsight::gui
