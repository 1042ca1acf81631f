#include "app/gui/chain/lock_graph.h"

#include <QPainter>

#include "analysis/report/svg.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int margin = 12;

// The classes of lock_cycle_svg(), in the window's colours and fonts.
QString picture_style() {
    const Theme& t = theme();
    return QString(
               "text{font-family:%1;font-size:12px;fill:%2}.mono{font-family:%3}.muted{fill:%4}.bad{fill:%5}"
               ".node{fill:%6;stroke:%7}.node-wanted{stroke:%5}.edge{fill:none;stroke:%4;stroke-width:1.4}"
               ".edge-head{fill:%4}.mark-bad{fill:%5}.edge-closes{stroke:%5;stroke-dasharray:5 3}")
        .arg(ui_font().family(), css(t.text), mono_font().family(), css(t.muted), css(t.cause), css(t.raised),
             css(t.line));
}

}  // namespace

LockGraph::LockGraph(QWidget* parent) : QWidget(parent) {
    setObjectName("locks");
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    hide();
}

void LockGraph::show_cycle(const std::optional<LockCycle>& cycle) {
    setVisible(cycle.has_value());
    if (!cycle) return;
    QByteArray svg = QByteArray::fromStdString(lock_cycle_svg(*cycle));
    svg.insert(svg.indexOf('>') + 1, ("<style>" + picture_style() + "</style>").toUtf8());
    picture_.load(svg);
    QStringList words;
    for (const LockStep& step : cycle->steps) words << qs(step.lock);
    setAccessibleName("Cycle of locks: " + words.join(QStringLiteral(" → ")) + "; " + qs(closing_words(*cycle)));
    updateGeometry();
    update();
}

QSize LockGraph::sizeHint() const {
    return picture_.defaultSize() + QSize(2 * margin, 0);
}

void LockGraph::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    // As large as drawn, smaller where the panel is narrow.
    const QSizeF whole = picture_.defaultSize();
    const double scale = std::min(1.0, (width() - 2.0 * margin) / whole.width());
    picture_.render(&painter, QRectF(QPointF(margin, 0), whole * scale));
}

}  // namespace stallsight::gui
