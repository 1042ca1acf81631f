// What is opened, from where, and what could not be.
#include <QApplication>
#include <QClipboard>
#include <QCryptographicHash>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QSaveFile>
#include <QSettings>
#include <QStandardPaths>

#include "app/gui/ask_bundle.h"
#include "app/gui/log/log_panel.h"
#include "app/gui/main_window.h"
#include "app/gui/start_page.h"
#include "app/gui/words.h"

namespace stallsight::gui {

void MainWindow::open(const QString& path) {
    opening_ = path;
    pages_->setCurrentWidget(start_);
    start_->show_progress("Opening " + QFileInfo(path).fileName() + QStringLiteral("…"), 0);
    loader_.load(path, options_.analysis);
}

// A log that somebody pasted into a ticket. It is kept under its own hash, so that notes on it are found again.
void MainWindow::open_clipboard() {
    constexpr int letters = 12;  // of the hash
    const QByteArray text = QApplication::clipboard()->text().toUtf8();
    if (text.trimmed().isEmpty()) {
        QMessageBox::warning(this, "Nothing to open", "There is no text in the clipboard.");
        return;
    }
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/stallsight/pasted");
    const QByteArray hash = QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().left(letters);
    const QString path = folder.filePath(QString("pasted-%1.log").arg(QString::fromLatin1(hash)));
    folder.mkpath(".");
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit()) return open(path);
    QMessageBox::warning(this, "Not written", path + ": " + file.errorString());
}

void MainWindow::show_failure(const QString& message) {
    pages_->setCurrentWidget(start_);
    start_->show_error(message);
    emit failed(message);
}

// What was open before is open still.
void MainWindow::show_cancelled() {
    start_->show_welcome();
    if (!selection_.analysis()) return start_->setFocus();
    pages_->setCurrentWidget(work_);
    log_->view()->setFocus();
}

void MainWindow::ask_open(bool folder) {
    const QString path = ask_bundle(this, folder ? "Open a folder" : "Open a log or an archive", folder);
    if (!path.isEmpty()) open(path);
}

void MainWindow::ask_debug_dir() {
    const QString folder =
        QFileDialog::getExistingDirectory(this, "Folder with vmlinux, .ko or .debug files of this build");
    if (folder.isEmpty()) return;
    options_.analysis.debug_dirs.push_back(folder.toStdString());
    if (!path_.isEmpty()) open(path_);
}

void MainWindow::show_problems() {
    QStringList lines;
    for (const Error& problem : selection_.analysis()->problems) lines << qs(problem.text());
    QMessageBox box(QMessageBox::Warning, "Not read",
                    "What could be read is shown. This could not:", QMessageBox::Close, this);
    box.setInformativeText(lines.mid(0, 20).join('\n'));
    box.exec();
}

void MainWindow::update_recent(const QString& opened) {
    QStringList paths;
    if (options_.remember) {
        QSettings settings("Stallsight", "window");
        paths = settings.value("recent").toStringList();
        if (!opened.isEmpty()) {
            const QString whole = QFileInfo(opened).absoluteFilePath();
            paths.removeAll(whole);
            paths.prepend(whole);
            paths = paths.mid(0, 8);
            settings.setValue("recent", paths);
        }
    }
    recent_->clear();
    for (const QString& path : paths) recent_->addAction(path, this, [this, path] { open(path); });
    if (paths.isEmpty()) recent_->addAction("Nothing opened yet")->setEnabled(false);
    start_->set_recent(paths.mid(0, 4));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().size() == 1 &&
        event->mimeData()->urls().front().isLocalFile())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (!urls.isEmpty()) open(urls.front().toLocalFile());
}

}  // namespace stallsight::gui
