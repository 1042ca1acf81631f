// The chain as rows, outermost frame first, so that one reads downwards as time ran.
#pragma once

#include <QAbstractListModel>
#include <QStringList>
#include <optional>
#include <set>
#include <vector>

#include "analysis/analysis.h"

namespace stallsight::gui {

// A band at the left edge: one thing that was added to preempt_count and still holds.
enum class Band { may_sleep, bottom_halves, lock, unexplained };

struct ChainRow {
    enum class Kind { frame, fold, disabled_here, slept_here };
    Kind kind = Kind::frame;
    QString text;  // the function, or the sentence
    QString module, effect;
    QString count;   // preempt_count after this frame, where it changed
    QString proof;   // "known", "shown", "unexplained"
    QString ending;  // of the last frame: "sleeps: not allowed here"
    Link::Role role = Link::Role::inside;
    bool patched = false;
    std::vector<Band> bands;
    std::optional<std::size_t> frame;  // index into the event's frames
    std::size_t link = 0, link_last = 0;
    QString tip;
};

class ChainModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    // `out_of_tree`: names of such modules of its kernel.
    void set_chain(const Chain* chain, std::set<std::string> out_of_tree = {});
    void toggle_fold(const QModelIndex& index);
    [[nodiscard]] const ChainRow& row(int number) const { return rows_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] QModelIndex index_of_frame(std::size_t frame) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    void rebuild();
    void add_run(std::size_t first, std::size_t last, const QString& words);
    void add_frame(std::size_t link);

    std::optional<Chain> chain_;
    std::set<std::string> out_of_tree_;
    std::set<std::size_t> unfolded_;  // first links of the runs that are open
    std::vector<ChainRow> rows_;
    std::vector<Band> bands_;  // while rows are built: what holds at this point
};

}  // namespace stallsight::gui
