// Rows of one or two lines with a mark and labels, as a tree: what the bundle and the events are listed with.
#pragma once

#include <QAbstractItemModel>
#include <QStringList>
#include <memory>
#include <optional>
#include <vector>

#include "app/gui/rows/marks.h"

namespace stallsight::gui {

struct Row {
    enum class Action { none, add_debug_info };

    QString title, suffix;  // one line: the suffix is muted
    QString detail;         // the second line, muted
    QStringList pills;
    Mark mark = Mark::none;
    bool strong = false;
    Action action = Action::none;
    QString action_text;  // shown as a link behind the title
    std::string event;    // what picking it picks
    std::optional<std::size_t> artifact;
    std::uint64_t line = 0;
    std::vector<Row> children;
};

class RowModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { suffix_role = Qt::UserRole, detail_role, pills_role, mark_role, strong_role, action_text_role };

    using QAbstractItemModel::QAbstractItemModel;

    void set_rows(std::vector<Row> rows);
    [[nodiscard]] const Row* row_of(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex index_of_event(const std::string& id) const;
    [[nodiscard]] QModelIndex index_of_artifact(std::size_t artifact) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Node {
        const Row* row = nullptr;
        int parent = -1, position = 0;  // -1: a top row
        std::vector<int> children;
    };
    int add(const Row& row, int parent, int position);
    template <class Match>
    [[nodiscard]] QModelIndex find(const Match& match) const;

    std::vector<Row> rows_;
    std::vector<Node> nodes_;  // flat, so that an index carries a number and never a dangling pointer
    std::vector<int> top_;
};

}  // namespace stallsight::gui
