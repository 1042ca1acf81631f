#include "app/gui/bundle_tree/bundle_panel.h"

#include "app/gui/bundle_tree/bundle_rows.h"
#include "app/gui/words.h"

namespace stallsight::gui {

BundlePanel::BundlePanel(Selection* selection, QWidget* parent)
    : Panel("Bundle", parent), selection_(selection), model_(new RowModel(this)), view_(new RowView(model_)) {
    view_->setObjectName("bundle-tree");
    view_->setAccessibleName("Bundle");
    set_content(view_);
    connect(selection, &Selection::analysis_changed, this, &BundlePanel::rebuild);
    connect(selection, &Selection::changed, this, &BundlePanel::follow);
    connect(view_, &RowView::picked, this, &BundlePanel::pick);
    const auto act = [this](const QModelIndex& index) {
        const Row* row = model_->row_of(index);
        if (row && row->action == Row::Action::add_debug_info) emit debug_info_wanted();
    };
    connect(view_, &QTreeView::clicked, this, act);
    connect(view_, &QTreeView::activated, this, act);
}

void BundlePanel::rebuild() {
    const AnalysisPtr& analysis = selection_->analysis();
    model_->set_rows(analysis ? bundle_rows(*analysis) : std::vector<Row>());
    set_note(analysis ? qs(analysis->bundle_name) : QString());
}

int BundlePanel::needed_height() const {
    int height = 48;
    for (QModelIndex index = model_->index(0, 0); index.isValid(); index = view_->indexBelow(index))
        height += view_->visualRect(index).height();
    return height;
}

void BundlePanel::follow() {
    view_->follow(selection_->artifact() ? model_->index_of_artifact(*selection_->artifact()) : QModelIndex());
}

void BundlePanel::pick(const QModelIndex& index) {
    const Row* row = model_->row_of(index);
    if (row && row->artifact) selection_->pick_artifact(*row->artifact);
}

}  // namespace stallsight::gui
