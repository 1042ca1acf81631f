#include "app/gui/focus_mark.h"

#include <QApplication>
#include <QStyle>
#include <QWidget>

namespace stallsight::gui {

void mark_focus(const QWidget* part, QWidget* head) {
    QObject::connect(qApp, &QApplication::focusChanged, head, [part, head](QWidget*, const QWidget* now) {
        const bool inside = now && (now == part || part->isAncestorOf(now));
        if (head->property("keys").toBool() == inside) return;
        head->setProperty("keys", inside);
        head->style()->unpolish(head);
        head->style()->polish(head);
        head->update();
    });
}

}  // namespace stallsight::gui
