#include "app/gui/notes/notes_model.h"

#include "app/gui/words.h"

namespace stallsight::gui {

NotesModel::NotesModel(NoteStore* store, QObject* parent) : QAbstractListModel(parent), store_(store) {
    connect(store, &NoteStore::changed, this, [this] {
        beginResetModel();
        notes_ = store_->notes();
        endResetModel();
    });
}

QModelIndex NotesModel::index_of(const std::string& id) const {
    for (std::size_t i = 0; i < notes_.size(); ++i)
        if (notes_[i].id == id) return index(static_cast<int>(i));
    return {};
}

int NotesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(notes_.size());
}

QVariant NotesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Note& note = notes_[static_cast<std::size_t>(index.row())];
    QString place = QString("%1:%2").arg(qs(note.artifact)).arg(note.line);
    switch (role) {
        case Qt::DisplayRole:
            return qs(note.text);
        case id_role:
            return qs(note.id);
        case place_role:
            if (note.on_event) place += QStringLiteral(" · the event");
            if (store_->analysis() && !is_attached(note, *store_->analysis()))
                place += QStringLiteral(" · ⚠ the line has changed");
            return place;
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return data(index, place_role).toString() + '\n' + qs(note.text);
        default:
            return {};
    }
}

}  // namespace stallsight::gui
