#include "app/gui/source/source_panel.h"

#include <QVBoxLayout>

#include "analysis/sources.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

SourcePanel::SourcePanel(Selection* selection, QWidget* parent)
    : QWidget(parent),
      selection_(selection),
      heading_(new QLabel),
      missing_(new QLabel),
      add_debug_info_(new QPushButton(QStringLiteral("Add debug info…"))),
      find_source_(new QPushButton(QStringLiteral("Where sources are…"))),
      code_(new CodeView),
      gap_(new QWidget) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    heading_->setContentsMargins(12, 8, 12, 8);
    heading_->setTextFormat(Qt::RichText);
    heading_->setWordWrap(true);
    missing_->setContentsMargins(12, 4, 12, 10);
    missing_->setWordWrap(true);
    missing_->setTextFormat(Qt::RichText);
    code_->setObjectName("source");
    code_->setAccessibleName("Source");
    auto* buttons = new QHBoxLayout(gap_);
    buttons->setContentsMargins(12, 0, 12, 12);
    buttons->addWidget(add_debug_info_);
    buttons->addWidget(find_source_);
    buttons->addStretch(1);
    column->addWidget(heading_);
    column->addWidget(missing_);
    column->addWidget(gap_);
    column->addWidget(code_, 1);
    column->addStretch(0);
    setObjectName("side");
    setAttribute(Qt::WA_StyledBackground);
    connect(selection, &Selection::changed, this, &SourcePanel::follow);
    connect(selection, &Selection::analysis_changed, this, [this] { shown_.clear(); });
    connect(add_debug_info_, &QPushButton::clicked, this, &SourcePanel::debug_info_wanted);
    connect(find_source_, &QPushButton::clicked, this, [this] { emit source_wanted(wanted_); });
}

void SourcePanel::look_in(SourceSearch sources) {
    sources_ = std::move(sources);
    shown_.clear();
    follow();
}

void SourcePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    follow();
}

// `file`: whose text is not at hand, or empty.
void SourcePanel::say(const QString& html, bool debug_info, const QString& file) {
    wanted_ = file;
    missing_->setText(html);
    missing_->setVisible(!html.isEmpty());
    add_debug_info_->setVisible(debug_info);
    find_source_->setVisible(!file.isEmpty());
    gap_->setVisible(debug_info || !file.isEmpty());
    code_->setVisible(html.isEmpty());
    static_cast<QVBoxLayout*>(layout())->setStretch(4, html.isEmpty() ? 0 : 1);
}

void SourcePanel::follow() {
    const EventInfo* event = selection_->task() ? nullptr : selection_->event();
    // Files are only read for somebody who looks.
    if (!isVisible()) return;
    const Frame* frame = selection_->frame_record();
    if (!event && !frame) {
        heading_->clear();
        return say("Pick an event or a frame.", false);
    }
    const QString name = frame ? frame_name(*frame) : event_name(*event);
    const auto spot = event ? source_spot(*selection_->analysis(), *event, selection_->frame())
                            : source_spot(*frame, selection_->frame_symbols());
    heading_->setText(
        QString("<b style=\"font-family:'%1'\">%2</b>").arg(mono_font().family(), name.toHtmlEscaped()));
    if (!spot) {
        const QString module = frame && !frame->module.empty() ? qs(frame->module) + ".ko" : QString("vmlinux");
        return say(QString("Where this is in the source is not known: that needs <b>%1</b> with debug info, of the "
                           "same build.")
                       .arg(module.toHtmlEscaped()),
                   true);
    }
    heading_->setText(heading_->text() + QString(" <span style='color:%1'>%2:%3 · from %4</span>")
                                             .arg(css(theme().muted), qs(spot->file).toHtmlEscaped())
                                             .arg(spot->line)
                                             .arg(qs(spot->said_by)));
    const auto source = find_source(*selection_->analysis(), sources_, spot->file);
    if (!source)
        return say(QString("The line is known; the text of <b>%1</b> is not at hand. Say where the source tree is, "
                           "or put the file "
                           "into the bundle.")
                       .arg(qs(spot->file).toHtmlEscaped()),
                   false, qs(spot->file));
    say({}, false);
    if (source->name != shown_) code_->show_text(source->text.view(), qs(source->name));
    shown_ = source->name;
    code_->mark_lines(spot->line, spot->line);
}

}  // namespace stallsight::gui
