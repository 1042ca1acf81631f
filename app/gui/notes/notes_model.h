// The notes of the case, as a list.
#pragma once

#include <QAbstractListModel>
#include <QColor>

#include "app/gui/notes/note_store.h"

namespace stallsight::gui {

QColor mark_colour(const std::string& name);  // invalid for none

class NotesModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { id_role = Qt::UserRole, place_role, colour_role, text_role /* Markdown */ };

    explicit NotesModel(NoteStore* store, QObject* parent = nullptr);

    [[nodiscard]] QModelIndex index_of(const std::string& id) const;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    NoteStore* store_;
    std::vector<Note> notes_;
};

}  // namespace stallsight::gui
