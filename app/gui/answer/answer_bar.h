// What happened, in one sentence across the window; the rest of what is known, muted; and the way to the evidence.
#pragma once

#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include "app/gui/rows/marks.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class AnswerBar : public QWidget {
    Q_OBJECT
public:
    explicit AnswerBar(Selection* selection, QWidget* parent = nullptr);

    void show_evidence();
    [[nodiscard]] QString plain_text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void rebuild();

    Selection* selection_;
    QLabel* words_;
    QToolButton* why_;
    Mark mark_ = Mark::none;
};

}  // namespace stallsight::gui
