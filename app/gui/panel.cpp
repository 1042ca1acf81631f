#include "app/gui/panel.h"

#include <QResizeEvent>

#include "app/gui/focus_mark.h"
#include "app/gui/theme.h"

namespace stallsight::gui {

Panel::Panel(const QString& title, QWidget* parent) : QWidget(parent) {
    layout_ = new QVBoxLayout(this);
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(0);
    auto* head = new QWidget;
    head->setObjectName("panel-head");
    head->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(12, 6, 12, 6);
    title_ = new QLabel(title.toUpper());
    QFont font = bold(small(ui_font()));
    font.setLetterSpacing(QFont::AbsoluteSpacing, 0.6);
    title_->setFont(font);
    title_->setObjectName("muted");
    note_ = new QLabel;
    note_->setObjectName("muted");
    note_->setFont(small(ui_font()));
    note_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(title_);
    row->addWidget(note_, 1);
    layout_->addWidget(head);
    mark_focus(this, head);
}

void Panel::set_content(QWidget* content) {
    layout_->addWidget(content, 1);
}

void Panel::set_note(const QString& note) {
    note_text_ = note;
    note_->setToolTip(note);
    fit_note();
}

void Panel::show_title(bool shown) {
    title_->setVisible(shown);
    note_->setAlignment((shown ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    fit_note();
}

void Panel::fit_note() {
    constexpr int least = 40, margins = 36;
    const int room = std::max(width() - (title_->isHidden() ? 0 : title_->sizeHint().width()) - margins, least);
    const auto too_wide = [&](const QString& text) { return note_->fontMetrics().horizontalAdvance(text) > room; };
    QStringList parts = note_text_.split(QStringLiteral(" · "));
    while (parts.size() > 1 && too_wide(parts.join(QStringLiteral(" · ")))) parts.removeLast();
    note_->setText(note_->fontMetrics().elidedText(parts.join(QStringLiteral(" · ")), Qt::ElideMiddle, room));
}

void Panel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_note();
}

}  // namespace stallsight::gui
