#include "app/gui/notes/note_delegate.h"

#include <QAbstractTextDocumentLayout>
#include <QPainter>
#include <cmath>

#include "app/gui/notes/note_text.h"
#include "app/gui/notes/notes_model.h"
#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

constexpr int pencil = 18;  // the room of the pencil at the left of a note

int place_height() {
    return QFontMetrics(small(ui_font())).height();
}

QRect words_of(const QStyleOptionViewItem& option) {
    return option.rect.adjusted(12, 7, -12, -7);
}

}  // namespace

void NoteDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, theme().selection);
    const auto colour = index.data(NotesModel::colour_role).value<QColor>();
    if (colour.isValid()) painter->fillRect(QRect(option.rect.topLeft(), QSize(5, option.rect.height())), colour);
    const QRect words = words_of(option);
    painter->setFont(small(ui_font()));
    painter->setPen(theme().muted);
    painter->drawText(words, Qt::AlignLeft | Qt::AlignTop, index.data(NotesModel::place_role).toString());
    painter->setFont(ui_font());
    painter->setPen(theme().text);
    const QRect below = words.adjusted(0, place_height() + 2, 0, 0);
    painter->drawText(below, Qt::AlignTop, QStringLiteral("✎"));
    const NoteText text(index.data(NotesModel::text_role).toString(), below.width() - pencil);
    QAbstractTextDocumentLayout::PaintContext context;
    context.palette.setColor(QPalette::Text, theme().text);
    context.palette.setColor(QPalette::Link, theme().accent);
    painter->translate(below.left() + pencil, below.top());
    text.documentLayout()->draw(painter, context);
    painter->restore();
}

QSize NoteDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const int width = std::max(120, option.rect.width() - 24);
    const NoteText text(index.data(NotesModel::text_role).toString(), width - pencil);
    return {width, static_cast<int>(std::ceil(text.size().height())) + place_height() + 16};
}

}  // namespace stallsight::gui
