#include "app/gui/patch/patch_panel.h"

#include <QVBoxLayout>

#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

PatchPanel::PatchPanel(Selection* selection, QWidget* parent)
    : QWidget(parent), selection_(selection), patches_(new QComboBox), links_(new QLabel), code_(new CodeView) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    links_->setContentsMargins(12, 8, 12, 8);
    links_->setWordWrap(true);
    links_->setTextFormat(Qt::RichText);
    links_->setTextInteractionFlags(Qt::TextBrowserInteraction);
    code_->setObjectName("patch");
    code_->setAccessibleName("Patch");
    column->addWidget(patches_);
    column->addWidget(links_);
    column->addWidget(code_, 1);
    column->addStretch(0);
    setObjectName("side");
    setAttribute(Qt::WA_StyledBackground);
    connect(selection, &Selection::analysis_changed, this, &PatchPanel::rebuild);
    connect(selection, &Selection::changed, this, &PatchPanel::follow);
    connect(patches_, &QComboBox::activated, this, &PatchPanel::show_patch);
    connect(links_, &QLabel::linkActivated, this, [this](const QString& link) {
        const auto all = hunks();
        if (const auto number = link.toULong(); number < all.size()) mark(*all[number]);
    });
}

std::vector<const PatchHunk*> PatchPanel::hunks() const {
    std::vector<const PatchHunk*> all;
    if (selection_->analysis())
        for (const PatchHunk& hunk : selection_->analysis()->patch_hunks)
            if (hunk.artifact == shown_) all.push_back(&hunk);
    return all;
}

void PatchPanel::rebuild() {
    patches_->clear();
    shown_.reset();
    const AnalysisPtr& analysis = selection_->analysis();
    for (std::size_t i = 0; analysis && i < analysis->artifacts.size(); ++i)
        if (analysis->artifacts[i].artifact.kind == ArtifactKind::patch)
            patches_->addItem(qs(analysis->artifacts[i].artifact.path), static_cast<qulonglong>(i));
    patches_->setVisible(patches_->count() > 1);
    code_->setVisible(patches_->count() > 0);
    links_->setText(
        "No patch in this bundle. Put a unified diff into it to see which of its hunks touch the chain.");
    if (patches_->count()) show_patch(0);
}

void PatchPanel::show_patch(int number) {
    shown_ = patches_->itemData(number).toULongLong();
    const Artifact& artifact = selection_->analysis()->artifacts[*shown_].artifact;
    code_->show_diff(artifact.bytes.view());
    QStringList lines{QString("<b>%1</b>").arg(qs(artifact.path).toHtmlEscaped())};
    const auto all = hunks();
    const PatchHunk* first = nullptr;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i]->on_chain) continue;
        if (!first) first = all[i];
        const EventInfo* event = selection_->analysis()->event(all[i]->event);
        lines << QString(
                     "<a href='%1' style='color:%2; text-decoration:none'>Line %3: %4</a> <span "
                     "style='color:%5'>%6 · on the chain of %7</span>")
                     .arg(i)
                     .arg(css(theme().accent))
                     .arg(all[i]->hunk.line)
                     .arg(qs(all[i]->function).toHtmlEscaped(), css(theme().muted),
                          qs(all[i]->effect).toHtmlEscaped(),
                          event ? event_name(*event).toHtmlEscaped() : QString());
    }
    if (!first)
        lines << QString("<span style='color:%1'>No hunk of it touches a function of a chain.</span>")
                     .arg(css(theme().muted));
    links_->setText(lines.join("<br>"));
    if (first) mark(*first);
}

void PatchPanel::follow() {
    // A frame that the patch changes brings its hunk into sight.
    const Frame* frame = selection_->frame_record();
    if (!frame) return;
    for (const PatchHunk* hunk : hunks())
        if (!hunk->function.empty() && hunk->function == frame->function && hunk->on_chain) return mark(*hunk);
}

void PatchPanel::mark(const PatchHunk& hunk) {
    code_->mark_lines(static_cast<int>(hunk.hunk.line), static_cast<int>(hunk.hunk.line_last));
}

}  // namespace stallsight::gui
