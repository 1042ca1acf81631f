// Where sources are: folders, and what was built elsewhere ("/build/linux-6.1 is here"). One a line, to be edited.
#pragma once

#include <QDialog>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <optional>

#include "analysis/analysis.h"

namespace stallsight::gui {

// "FROM=TO" is a map, anything else a folder. Nothing where a map has no FROM or no TO; then `wrong` is that line.
std::optional<SourceSearch> read_source_paths(const QString& text, QString& wrong);
QString source_paths_text(const SourceSearch& sources);

class SourcePathsDialog : public QDialog {
    Q_OBJECT
public:
    // `file`: the one that is not found now, or empty: the map for its folder is begun.
    SourcePathsDialog(const SourceSearch& sources, const QString& file, QWidget* parent);

    [[nodiscard]] const SourceSearch& sources() const { return sources_; }

private:
    void check();
    void add_folder();

    SourceSearch sources_;
    QPlainTextEdit* paths_;
    QLabel* said_;
    QPushButton* done_;
};

}  // namespace stallsight::gui
