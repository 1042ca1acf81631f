// Every stack of an event as one list: a heading for each part of the report, its frames, and, where debug info
// knows them, the functions that were inlined.
#pragma once

#include <QAbstractListModel>
#include <optional>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight::gui {

struct StackRow {
    enum class Kind { section, frame, inlined };
    Kind kind = Kind::frame;
    QString text, offset, module;
    QString place;  // "rpmsg_platform_driver.c:204"
    QString full_place;
    QString doubt;      // why this is not certain: "(unreliable)", another build's debug info ...
    QStringList locks;  // taken in it and still held
    QString call;       // what the code in front of the return address calls
    int number = 0;     // as `bt` counts
    bool guilty = false;
    std::optional<std::size_t> frame;  // of the event's own stack
    std::uint64_t line = 0;            // of the log
};

std::vector<StackRow> stack_rows(const EventInfo& event);
// `symbols`: one a frame, or none at all.
std::vector<StackRow> stack_rows(const KernelTask& task, const std::vector<std::optional<Resolution>>& symbols);

class StackModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void set_rows(std::vector<StackRow> rows);
    [[nodiscard]] const StackRow& row(int number) const { return rows_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] QModelIndex index_of_frame(std::size_t frame) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<StackRow> rows_;
};

}  // namespace stallsight::gui
