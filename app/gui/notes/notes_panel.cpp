#include "app/gui/notes/notes_panel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

QRect words_of(const QStyleOptionViewItem& option) {
    return option.rect.adjusted(12, 7, -12, -7);
}

}  // namespace

void NoteDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, theme().selection);
    const QRect words = words_of(option);
    painter->setFont(small(ui_font()));
    painter->setPen(theme().muted);
    painter->drawText(words, Qt::AlignLeft | Qt::AlignTop, index.data(NotesModel::place_role).toString());
    painter->setFont(ui_font());
    painter->setPen(theme().text);
    painter->drawText(words.adjusted(0, QFontMetrics(small(ui_font())).height() + 2, 0, 0),
                      Qt::TextWordWrap | Qt::AlignTop, QStringLiteral("✎ ") + index.data().toString());
    painter->restore();
}

QSize NoteDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const int width = std::max(120, option.rect.width() - 24);
    const QRect words = QFontMetrics(ui_font()).boundingRect(0, 0, width, 10000, Qt::TextWordWrap,
                                                             QStringLiteral("✎ ") + index.data().toString());
    return {width, words.height() + QFontMetrics(small(ui_font())).height() + 16};
}

NotesPanel::NotesPanel(Selection* selection, NoteStore* store, QWidget* parent)
    : QWidget(parent),
      selection_(selection),
      store_(store),
      model_(new NotesModel(store, this)),
      list_(new QListView),
      target_(new QLabel),
      editor_(new QPlainTextEdit),
      keep_(new QPushButton),
      remove_(new QPushButton("Delete")) {
    list_->setObjectName("notes");
    list_->setAccessibleName("Notes");
    list_->setModel(model_);
    list_->setItemDelegate(new NoteDelegate(list_));
    list_->setResizeMode(QListView::Adjust);
    list_->setFrameShape(QFrame::NoFrame);
    editor_->setObjectName("editor");
    editor_->setAccessibleName("Note");
    editor_->setPlaceholderText(QStringLiteral("What you found out here, for the report. Ctrl+Enter keeps it."));
    editor_->setFixedHeight(96);
    editor_->installEventFilter(this);
    target_->setWordWrap(true);
    target_->setObjectName("muted");
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(keep_);
    buttons->addWidget(remove_);
    buttons->addStretch(1);
    auto* form = new QVBoxLayout;
    form->setContentsMargins(12, 10, 12, 12);
    form->addWidget(target_);
    form->addWidget(editor_);
    form->addLayout(buttons);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(form);
    column->addWidget(list_, 1);
    connect(selection, &Selection::changed, this, &NotesPanel::follow);
    connect(list_, &QListView::clicked, this, &NotesPanel::pick);
    connect(list_, &QListView::activated, this, &NotesPanel::pick);
    connect(keep_, &QPushButton::clicked, this, &NotesPanel::keep);
    connect(remove_, &QPushButton::clicked, this, &NotesPanel::remove);
    edit_anew();
}

void NotesPanel::edit_anew() {
    edited_.clear();
    editor_->clear();
    keep_->setText("Add note");
    remove_->hide();
    follow();
}

void NotesPanel::follow() {
    if (!picking_ && !edited_.empty()) return edit_anew();
    const bool has_line = selection_->artifact() && selection_->line();
    keep_->setEnabled(has_line || !edited_.empty());
    if (!has_line) return target_->setText("Pick a line or an event to note something on it.");
    const std::string& path = selection_->analysis()->artifacts[*selection_->artifact()].artifact.path;
    const EventInfo* event = selection_->event();
    const bool on_event =
        event && event->artifact == selection_->artifact() && event->report.line == selection_->line();
    target_->setText((on_event ? QString("On the event “%1”, ").arg(event_name(*event)) : QString("On ")) +
                     QString("%1:%2").arg(qs(path)).arg(selection_->line()));
}

void NotesPanel::start_note() {
    edit_anew();
    editor_->setFocus();
}

void NotesPanel::pick(const QModelIndex& index) {
    const std::string id = index.data(NotesModel::id_role).toString().toStdString();
    const Note* note = store_->note(id);
    if (!note) return;
    const QString text = qs(note->text);
    edited_ = id;
    picking_ = true;
    selection_->pick_place(note->artifact + ":" + std::to_string(note->line));
    picking_ = false;
    editor_->setPlainText(text);
    keep_->setText("Save note");
    keep_->setEnabled(true);
    remove_->show();
}

void NotesPanel::keep() {
    const QString text = editor_->toPlainText();
    if (!edited_.empty()) {
        store_->edit(edited_, text);
        return edit_anew();
    }
    if (!selection_->artifact() || !selection_->line()) return;
    const EventInfo* event = selection_->event();
    const bool on_event =
        event && event->artifact == selection_->artifact() && event->report.line == selection_->line();
    const std::string& path = selection_->analysis()->artifacts[*selection_->artifact()].artifact.path;
    if (!store_->add(path, selection_->line(), on_event, text).empty()) edit_anew();
}

void NotesPanel::remove() {
    store_->remove(edited_);
    edit_anew();
}

bool NotesPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == editor_ && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return && key->modifiers() & Qt::ControlModifier) {
            keep();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace stallsight::gui
