// The bundle's patch, with the hunk that touches the chain marked.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QWidget>

#include "app/gui/selection.h"
#include "app/gui/source/code_view.h"

namespace stallsight::gui {

class PatchPanel : public QWidget {
    Q_OBJECT
public:
    explicit PatchPanel(Selection* selection, QWidget* parent = nullptr);

    [[nodiscard]] CodeView* code() const { return code_; }

private:
    void rebuild();
    void show_patch(int number);
    void follow();
    void mark(const PatchHunk& hunk);
    [[nodiscard]] std::vector<const PatchHunk*> hunks() const;

    Selection* selection_;
    QComboBox* patches_;
    QLabel* links_;
    CodeView* code_;
    std::optional<std::size_t> shown_;
};

}  // namespace stallsight::gui
