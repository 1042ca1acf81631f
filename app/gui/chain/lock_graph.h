// The cycle of locks of a lockdep report, drawn in the window's colours.
#pragma once

#include <QSvgRenderer>
#include <QWidget>

#include "analysis/locks/lock_cycle.h"

namespace stallsight::gui {

class LockGraph : public QWidget {
    Q_OBJECT
public:
    explicit LockGraph(QWidget* parent = nullptr);

    // Nothing hides it.
    void show_cycle(const std::optional<LockCycle>& cycle);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QSvgRenderer picture_;
};

}  // namespace stallsight::gui
