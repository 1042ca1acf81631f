#include "app/gui/notes/notes_model.h"

#include "app/gui/notes/note_text.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

QString note_words(const Note& note) {
    QStringList words;
    if (note.decision != Decision::none) words << qs(decision_words(note)) + ", you said so";
    if (!note.text.empty()) words << plain_note(qs(note.text));
    for (const std::string& tag : note.tags) words << "#" + qs(tag);
    return words.join(QStringLiteral(" · "));
}

namespace {

// The same with the Markdown of its text, for the list.
QString note_markdown(const Note& note) {
    QStringList parts;
    if (note.decision == Decision::guilty) parts << "**guilty, you said so**";
    if (note.decision == Decision::no_problem) parts << "**not a problem here, you said so**";
    if (!note.text.empty()) parts << qs(note.text);
    QStringList tags;
    for (const std::string& tag : note.tags) tags << "`#" + qs(tag) + "`";
    if (!tags.isEmpty()) parts << tags.join(' ');
    return parts.isEmpty() ? QString("*a %1 mark*").arg(qs(note.colour)) : parts.join("\n\n");
}

}  // namespace

QColor mark_colour(const std::string& name) {
    const Theme& t = theme();
    if (name == "red") return t.cause;
    if (name == "yellow") return t.warning;
    if (name == "green") return t.good;
    if (name == "blue") return t.accent;
    return {};
}

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
    switch (role) {
        case Qt::DisplayRole: {
            const QString words = note_words(note);
            return words.isEmpty() ? QString("(a %1 mark)").arg(qs(note.colour)) : words;
        }
        case text_role:
            return note_markdown(note);
        case id_role:
            return qs(note.id);
        case colour_role:
            return mark_colour(note.colour);
        case place_role: {
            QString place = qs(place_words(note.target));
            if (note.origin == "remark") place += QStringLiteral(" · remark in the log");
            if (!store_->anchor(note.id)) place += QStringLiteral(" · ⚠ detached: the text has changed");
            return place;
        }
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return data(index, place_role).toString() + '\n' + data(index, Qt::DisplayRole).toString();
        default:
            return {};
    }
}

}  // namespace stallsight::gui
