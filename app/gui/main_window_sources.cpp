// Where the window looks for sources.
#include <QSettings>
#include <algorithm>

#include "app/gui/main_window.h"
#include "app/gui/source/source_panel.h"
#include "app/gui/source/source_paths_dialog.h"

namespace stallsight::gui {

// What the user has set in the window goes behind what was given on the command line.
void MainWindow::recall_sources() {
    if (!options_.remember) return;
    QString wrong;
    const QString kept = QSettings("Stallsight", "window").value("sources").toString();
    SourceSearch& sources = options_.analysis.sources;
    const auto recalled = read_source_paths(kept, wrong);
    if (!recalled) return;
    for (const std::string& folder : recalled->folders)
        if (std::find(sources.folders.begin(), sources.folders.end(), folder) == sources.folders.end())
            sources.folders.push_back(folder);
    for (const SourceSearch::Moved& moved : recalled->moved) {
        const auto same = [&](const SourceSearch::Moved& other) { return other.from == moved.from; };
        if (std::none_of(sources.moved.begin(), sources.moved.end(), same)) sources.moved.push_back(moved);
    }
}

void MainWindow::set_sources(const SourceSearch& sources) {
    options_.analysis.sources = sources;
    if (options_.remember) QSettings("Stallsight", "window").setValue("sources", source_paths_text(sources));
    source_->look_in(sources);
}

void MainWindow::ask_sources(const QString& file) {
    SourcePathsDialog dialog(options_.analysis.sources, file, this);
    if (dialog.exec() == QDialog::Accepted) set_sources(dialog.sources());
}

}  // namespace stallsight::gui
