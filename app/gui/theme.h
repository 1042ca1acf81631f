// Every colour and font of the window: the one place where the look is decided.
#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QApplication;
class QWidget;

namespace stallsight::gui {

enum class Appearance { desktop, light, dark };

struct Theme {
    bool dark = false;
    // surfaces
    QColor window, panel, log, raised, line, selection, selection_idle, hover;
    // words
    QColor text, muted, faint, accent;
    // meanings; each is always accompanied by a shape or a word
    QColor cause, warning, stall, good, remark;
    // fills
    QColor stall_bar, stall_bar_text, starved_bar, band_free, band_softirq, band_lock, added, removed, found;
};

const Theme& theme();

// Fusion with our palette; `desktop` takes light or dark from the palette that the desktop gave us.
void apply_theme(QApplication& app, Appearance appearance);

QFont ui_font();
QFont bold(QFont font);
QFont small(QFont font);
QFont mono_font();

// #rrggbb, for rich text.
QString css(const QColor& colour);

// Contrast of two colours by WCAG 2, from 1 to 21.
double contrast(const QColor& a, const QColor& b);

}  // namespace stallsight::gui
