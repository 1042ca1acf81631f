#include "app/gui/source/source_paths_dialog.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QVBoxLayout>

#include "analysis/sources.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

std::optional<SourceSearch> read_source_paths(const QString& text, QString& wrong) {
    SourceSearch sources;
    for (const QString& line : text.split('\n')) {
        const QString path = line.trimmed();
        if (path.isEmpty()) continue;
        if (!path.contains('=')) {
            sources.folders.push_back(path.toStdString());
        } else if (const auto moved = source_map(path.toStdString())) {
            sources.moved.push_back(*moved);
        } else {
            wrong = path;
            return std::nullopt;
        }
    }
    return sources;
}

QString source_paths_text(const SourceSearch& sources) {
    QStringList lines;
    for (const SourceSearch::Moved& moved : sources.moved) lines << qs(moved.from) + "=" + qs(moved.to);
    for (const std::string& folder : sources.folders) lines << qs(folder);
    return lines.join('\n');
}

SourcePathsDialog::SourcePathsDialog(const SourceSearch& sources, const QString& file, QWidget* parent)
    : QDialog(parent), sources_(sources), paths_(new QPlainTextEdit), said_(new QLabel) {
    setWindowTitle("Where sources are");
    resize(720, 360);
    auto* about = new QLabel(
        "One a line: a folder with sources, or <b>FROM=TO</b>, where FROM is the path that the debug info has, and "
        "TO is where that folder is here: <code>/build/linux-6.1=/home/me/linux</code>");
    about->setWordWrap(true);
    about->setTextFormat(Qt::RichText);
    paths_->setObjectName("source_paths");
    paths_->setAccessibleName("Folders and path maps");
    paths_->setFont(mono_font());
    paths_->setLineWrapMode(QPlainTextEdit::NoWrap);
    paths_->setTabChangesFocus(true);
    said_->setObjectName("source_paths_said");
    said_->setWordWrap(true);
    auto* folder = new QPushButton(QStringLiteral("Add a folder…"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    buttons->addButton(folder, QDialogButtonBox::ActionRole);
    done_ = buttons->button(QDialogButtonBox::Ok);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 16);
    column->setSpacing(10);
    column->addWidget(about);
    column->addWidget(paths_, 1);
    column->addWidget(said_);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(folder, &QPushButton::clicked, this, &SourcePathsDialog::add_folder);
    connect(paths_, &QPlainTextEdit::textChanged, this, &SourcePathsDialog::check);
    paths_->setPlainText(source_paths_text(sources));
    if (!file.isEmpty()) paths_->appendPlainText(QFileInfo(file).path() + "=");
    paths_->moveCursor(QTextCursor::End);
}

void SourcePathsDialog::check() {
    QString wrong;
    const auto sources = read_source_paths(paths_->toPlainText(), wrong);
    if (sources) sources_ = *sources;
    done_->setEnabled(sources.has_value());
    said_->setText(sources ? QString() : wrong + " is not FROM=TO");
}

void SourcePathsDialog::add_folder() {
    const QString folder = QFileDialog::getExistingDirectory(this, "Folder with sources");
    if (folder.isEmpty()) return;
    // Behind a map that was begun, the folder is where it leads.
    const bool begun = paths_->toPlainText().endsWith('=');
    paths_->moveCursor(QTextCursor::End);
    if (begun) {
        paths_->insertPlainText(folder);
    } else {
        paths_->appendPlainText(folder);
    }
}

}  // namespace stallsight::gui
