#include "app/gui/chain/chain_model.h"

#include "analysis/chain/chain_words.h"
#include "analysis/words.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int softirq_disable_offset = 0x200;  // include/linux/preempt.h
constexpr std::size_t fold_from = 3;           // shorter runs are shown as they are

QString name_of(const Link& link) {
    return qs(qualified_name(link.function, link.module));
}

bool in_chain(Link::Role role) {
    return role != Link::Role::outside && role != Link::Role::reporting;
}

}  // namespace

void ChainModel::set_chain(const Chain* chain, std::set<std::string> out_of_tree) {
    out_of_tree_ = std::move(out_of_tree);
    chain_.reset();
    if (chain) chain_ = *chain;
    unfolded_.clear();
    rebuild();
}

void ChainModel::toggle_fold(const QModelIndex& index) {
    if (!index.isValid() || row(index.row()).kind != ChainRow::Kind::fold) return;
    const std::size_t first = row(index.row()).link;
    if (!unfolded_.erase(first)) unfolded_.insert(first);
    rebuild();
}

void ChainModel::add_frame(std::size_t number) {
    const Link& link = chain_->links[number];
    ChainRow row;
    row.text = qs(link.function);
    if (!link.module.empty())
        row.module = '[' + qs(link.module) + ']' + (out_of_tree_.contains(link.module) ? " (O)" : "");
    row.role = link.role;
    row.frame = link.frame;
    row.link = row.link_last = number;
    row.patched = !link.hunks.empty();
    if (number == chain_->end_link) row.ending = qs(end_words(chain_->ending));
    if (in_chain(link.role)) {
        const int added = std::max(0, link.added);
        if (added >= softirq_disable_offset) bands_.push_back(Band::bottom_halves);
        for (int lock = 0; lock < added % softirq_disable_offset; ++lock)
            bands_.push_back(link.proof == "unexplained" ? Band::unexplained : Band::lock);
        for (int lock = 0; lock < -link.added && !bands_.empty(); ++lock) bands_.pop_back();
        if (link.added) row.count = hex(link.count_after);
        row.proof = qs(link.proof);
        row.effect = qs(link.effect);
        for (const std::string& lock : link.locks)
            row.effect += (row.effect.isEmpty() ? "holds " : ", holds ") + qs(lock);
        row.bands = bands_;
    } else if (link.role == Link::Role::outside) {
        row.bands = {Band::may_sleep};
    }
    QStringList tip{name_of(link)};
    if (!link.effect.empty()) tip << qs(link.effect) + (link.basis.empty() ? QString() : ": " + qs(link.basis));
    if (out_of_tree_.contains(link.module)) tip << "of a module that is not in the kernel's tree";
    if (!link.call_site.empty()) tip << "call site: " + qs(link.call_site);
    if (!link.file.empty()) tip << qs(link.file) + (link.line ? QString(":%1").arg(link.line) : QString());
    if (row.patched) tip << "the patch in this bundle changes it";
    row.tip = tip.join('\n');
    rows_.push_back(std::move(row));
}

void ChainModel::add_run(std::size_t first, std::size_t last, const QString& words) {
    if (first > last) return;
    const std::size_t length = last - first + 1;
    const bool open = unfolded_.contains(first);
    if (length >= fold_from) {
        ChainRow row;
        row.kind = ChainRow::Kind::fold;
        row.link = first, row.link_last = last;
        row.role = chain_->links[first].role;
        row.text = QStringLiteral("%1 %2%3: %4 … %5")
                       .arg(open ? QStringLiteral("▾") : QStringLiteral("▸"), count(length, "frame"), words,
                            qs(chain_->links[first].function), qs(chain_->links[last].function));
        rows_.push_back(std::move(row));
        if (!open) return;
    }
    for (std::size_t link = first; link <= last; ++link) add_frame(link);
}

void ChainModel::rebuild() {
    beginResetModel();
    rows_.clear();
    bands_.clear();
    if (chain_ && !chain_->links.empty()) {
        const auto& links = chain_->links;
        const std::size_t disabled = chain_->disabled_link, slept = std::min(chain_->end_link, links.size() - 1);
        // The outermost frame and the last one that was still free say where the task came from.
        if (disabled > 0) add_frame(0);
        if (disabled > 2) add_run(1, disabled - 2, {});
        if (disabled > 1) add_frame(disabled - 1);
        ChainRow divider;
        divider.kind = ChainRow::Kind::disabled_here;
        const Link& first = links[disabled];
        divider.text =
            (chain_->disabled_known ? QStringLiteral("preemption disabled here")
                                    : QStringLiteral("preemption is off here; since where is not shown")) +
            (first.basis.empty() ? QString() : ": " + qs(first.basis));
        divider.count = first.added ? "+" + hex(static_cast<std::uint64_t>(first.added)) : QString();
        divider.link = disabled;
        divider.tip = divider.text + '\n' + divider.count;
        rows_.push_back(divider);
        for (std::size_t link = disabled; link <= slept; ++link) add_frame(link);
        // Where no count is printed, the last frame's own words say how it ends.
        if (const QString sum = qs(sum_words(*chain_)); !sum.isEmpty() || chain_->ending == Chain::Ending::slept) {
            divider = {};
            divider.kind = ChainRow::Kind::slept_here;
            divider.text =
                chain_->ending == Chain::Ending::slept ? QStringLiteral("slept here") : QStringLiteral("count");
            divider.count = sum;
            divider.link = slept;
            divider.tip = divider.text + '\n' + divider.count;
            rows_.push_back(divider);
        }
        if (slept + 1 < links.size()) add_run(slept + 1, links.size() - 1, " of the report itself");
    }
    endResetModel();
}

QModelIndex ChainModel::index_of_frame(std::size_t frame) const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i].frame == frame) return index(static_cast<int>(i));
    return {};
}

int ChainModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant ChainModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const ChainRow& row = rows_[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole) return row.module.isEmpty() ? row.text : row.text + ' ' + row.module;
    if (role == Qt::ToolTipRole && !row.tip.isEmpty()) return row.tip;
    if (role == Qt::AccessibleTextRole) {
        static const char* const roles[] = {"may sleep", "disables preemption", "",
                                            "guilty",    "ends here",           "part of the report"};
        return QStringList{row.text, row.module,
                           row.kind == ChainRow::Kind::frame ? roles[static_cast<int>(row.role)] : "", row.count,
                           row.proof}
            .join(' ')
            .simplified();
    }
    return {};
}

}  // namespace stallsight::gui
