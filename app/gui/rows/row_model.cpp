#include "app/gui/rows/row_model.h"

namespace stallsight::gui {

void RowModel::set_rows(std::vector<Row> rows) {
    beginResetModel();
    rows_ = std::move(rows);
    nodes_.clear();
    top_.clear();
    for (const Row& row : rows_) top_.push_back(add(row, -1, static_cast<int>(top_.size())));
    endResetModel();
}

int RowModel::add(const Row& row, int parent, int position) {
    const int id = static_cast<int>(nodes_.size());
    nodes_.push_back({&row, parent, position, {}});
    for (const Row& child : row.children) {
        const int child_id = add(child, id, static_cast<int>(nodes_[static_cast<std::size_t>(id)].children.size()));
        nodes_[static_cast<std::size_t>(id)].children.push_back(child_id);
    }
    return id;
}

const Row* RowModel::row_of(const QModelIndex& index) const {
    return index.isValid() ? nodes_[index.internalId()].row : nullptr;
}

template <class Match>
QModelIndex RowModel::find(const Match& match) const {
    for (std::size_t id = 0; id < nodes_.size(); ++id)
        if (match(*nodes_[id].row)) return createIndex(nodes_[id].position, 0, static_cast<quintptr>(id));
    return {};
}

QModelIndex RowModel::index_of_event(const std::string& event) const {
    return event.empty() ? QModelIndex() : find([&](const Row& row) { return row.event == event; });
}

QModelIndex RowModel::index_of_artifact(std::size_t artifact) const {
    return find([&](const Row& row) { return row.artifact == artifact && row.event.empty(); });
}

QModelIndex RowModel::index(int row, int column, const QModelIndex& parent) const {
    const std::vector<int>& siblings = parent.isValid() ? nodes_[parent.internalId()].children : top_;
    if (column != 0 || row < 0 || row >= static_cast<int>(siblings.size())) return {};
    return createIndex(row, 0, static_cast<quintptr>(siblings[static_cast<std::size_t>(row)]));
}

QModelIndex RowModel::parent(const QModelIndex& child) const {
    if (!child.isValid()) return {};
    const int parent_id = nodes_[child.internalId()].parent;
    if (parent_id < 0) return {};
    return createIndex(nodes_[static_cast<std::size_t>(parent_id)].position, 0, static_cast<quintptr>(parent_id));
}

int RowModel::rowCount(const QModelIndex& parent) const {
    if (parent.column() > 0) return 0;
    return static_cast<int>(parent.isValid() ? nodes_[parent.internalId()].children.size() : top_.size());
}

int RowModel::columnCount(const QModelIndex&) const {
    return 1;
}

QVariant RowModel::data(const QModelIndex& index, int role) const {
    const Row* row = row_of(index);
    if (!row) return {};
    switch (role) {
        case Qt::DisplayRole:
            return row->title;
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: {
            QStringList all{QStringList{row->title, row->suffix, row->pills.join(", ")}.join(' ').simplified()};
            if (!row->detail.isEmpty()) all << row->detail;
            return all.join('\n');
        }
        case suffix_role:
            return row->suffix;
        case detail_role:
            return row->detail;
        case pills_role:
            return row->pills;
        case mark_role:
            return static_cast<int>(row->mark);
        case strong_role:
            return row->strong;
        case action_text_role:
            return row->action_text;
        default:
            return {};
    }
}

}  // namespace stallsight::gui
