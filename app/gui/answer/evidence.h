// Why the program says what it says: every step with its place; a click goes there.
#pragma once

#include <QFrame>
#include <QListWidget>

#include "app/gui/selection.h"

namespace stallsight::gui {

class Evidence : public QFrame {
    Q_OBJECT
public:
    explicit Evidence(Selection* selection, QWidget* parent = nullptr);

    void show_below(const QWidget* anchor);

private:
    void fill();
    void new_gap();
    void go(const QListWidgetItem* item);
    void pick_in_event(const std::string& event, const std::string& step);

    Selection* selection_;
    QListWidget* steps_;
};

}  // namespace stallsight::gui
