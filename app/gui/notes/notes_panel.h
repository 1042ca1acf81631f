// The notes, and the editor for a new one on the selected line or event.
#pragma once

#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyledItemDelegate>

#include "app/gui/notes/notes_model.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class NoteDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

class NotesPanel : public QWidget {
    Q_OBJECT
public:
    NotesPanel(Selection* selection, NoteStore* store, QWidget* parent = nullptr);

    void start_note();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void follow();
    void pick(const QModelIndex& index);
    void keep();
    void remove();
    void edit_anew();

    Selection* selection_;
    NoteStore* store_;
    NotesModel* model_;
    QListView* list_;
    QLabel* target_;
    QPlainTextEdit* editor_;
    QPushButton* keep_;
    QPushButton* remove_;
    std::string edited_;  // id of the note in the editor; empty: a new one
    bool picking_ = false;
};

}  // namespace stallsight::gui
