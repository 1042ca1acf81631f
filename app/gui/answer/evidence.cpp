#include "app/gui/answer/evidence.h"

#include <QKeyEvent>
#include <QVBoxLayout>

#include "app/gui/answer/mark_up.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int place_role = Qt::UserRole, event_role = Qt::UserRole + 1;

}  // namespace

Evidence::Evidence(Selection* selection, QWidget* parent)
    : QFrame(parent, Qt::Popup), selection_(selection), steps_(new QListWidget) {
    setObjectName("popup");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 4, 8);
    steps_->setWordWrap(true);
    steps_->setSpacing(2);
    steps_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    steps_->setAccessibleName("Why we say so");
    column->addWidget(steps_);
    fill();
    connect(steps_, &QListWidget::itemClicked, this, &Evidence::go);
    connect(steps_, &QListWidget::itemActivated, this, &Evidence::go);
    setFocusProxy(steps_);
}

// Between one finding and the next.
void Evidence::new_gap() {
    constexpr int high = 8;
    auto* gap = new QListWidgetItem(steps_);
    gap->setFlags(Qt::NoItemFlags);
    gap->setSizeHint({1, high});
}

void Evidence::fill() {
    const Analysis& analysis = *selection_->analysis();
    for (const Diagnosis& diagnosis : analysis.diagnoses) {
        if (steps_->count() > 0) new_gap();
        auto* head = new QListWidgetItem(qs(diagnosis.summary), steps_);
        head->setFont(bold(ui_font()));
        if (!diagnosis.evidence.empty()) head->setData(event_role, qs(diagnosis.evidence.front()));
        int number = 0;
        for (const std::string& step : diagnosis.why) {
            auto* item = new QListWidgetItem(QString("%1.  %2").arg(++number).arg(qs(step)), steps_);
            const std::string place = place_in(step, analysis);
            item->setData(place_role, qs(place));
            item->setToolTip("Go to " + (place.empty() ? QString("the report") : qs(place)));
            if (!diagnosis.evidence.empty()) item->setData(event_role, qs(diagnosis.evidence.front()));
        }
    }
}

void Evidence::show_below(const QWidget* anchor) {
    const QWidget* window = anchor->window();
    resize(std::min(760, window->width() - 40), std::min(460, window->height() - 120));
    const QPoint corner = anchor->mapToGlobal(QPoint(anchor->width() - width(), anchor->height() + 4));
    move(corner);
    show();
    const int steps_end = steps_->visualItemRect(steps_->item(steps_->count() - 1)).bottom();
    resize(width(), std::min(height(), steps_end + height() - steps_->viewport()->height() + steps_->spacing()));
    steps_->setFocus();
    steps_->setCurrentRow(0);
}

void Evidence::pick_in_event(const std::string& event, const std::string& step) {
    selection_->pick_event(event);
    if (!selection_->event()) return;
    // "nokia_rpmsg_notify [rpmsg_platform_driver] is blamed": the step is about that frame.
    const auto& frames = selection_->event()->report.frames;
    for (std::size_t i = 0; i < frames.size(); ++i)
        if (!frames[i].function.empty() && step.starts_with(frames[i].function + " "))
            return selection_->pick_frame(i);
}

void Evidence::go(const QListWidgetItem* item) {
    if (const QString place = item->data(place_role).toString(); !place.isEmpty())
        selection_->pick_place(place.toStdString());
    else if (const QString event = item->data(event_role).toString(); !event.isEmpty())
        pick_in_event(event.toStdString(), item->text().section(". ", 1).trimmed().toStdString());
    else
        return;
    close();
}

}  // namespace stallsight::gui
