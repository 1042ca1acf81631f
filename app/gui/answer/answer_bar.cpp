#include "app/gui/answer/answer_bar.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QTextDocument>
#include <algorithm>

#include "app/gui/answer/evidence.h"
#include "app/gui/answer/mark_up.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

Mark mark_of(const Diagnosis& diagnosis) {
    if (diagnosis.severity == "cause") return Mark::cause;
    if (diagnosis.severity == "consequence") return Mark::warning;
    if (diagnosis.severity == "stall") return Mark::stall;
    return Mark::info;
}

}  // namespace

AnswerBar::AnswerBar(Selection* selection, QWidget* parent)
    : QWidget(parent), selection_(selection), words_(new QLabel), why_(new QToolButton) {
    setObjectName("answer");
    setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(40, 9, 14, 9);
    row->setSpacing(20);
    words_->setObjectName("answer-words");
    words_->setWordWrap(true);
    words_->setTextFormat(Qt::RichText);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words_->setMinimumHeight(2 * QFontMetrics(ui_font()).height() + 2);
    why_->setObjectName("quiet");
    why_->setText(QStringLiteral("Why we say so ▸"));
    why_->setToolTip("The steps, each with its place in the logs (E)");
    row->addWidget(words_, 1);
    row->addWidget(why_);
    connect(selection, &Selection::analysis_changed, this, &AnswerBar::rebuild);
    connect(why_, &QToolButton::clicked, this, &AnswerBar::show_evidence);
}

void AnswerBar::rebuild() {
    const AnalysisPtr& analysis = selection_->analysis();
    mark_ = Mark::none;
    const auto has_steps = [](const Diagnosis& diagnosis) { return !diagnosis.why.empty(); };
    why_->setVisible(analysis && std::any_of(analysis->diagnoses.begin(), analysis->diagnoses.end(), has_steps));
    if (!analysis) return words_->clear();
    if (analysis->diagnoses.empty()) {
        mark_ = Mark::info;
        words_->setText(analysis->events.empty() ? "No kernel report in these logs."
                                                 : "There are kernel reports, but nothing that explains them.");
        return;
    }
    mark_ = mark_of(analysis->diagnoses.front());
    QString html = marked_up(analysis->diagnoses.front().summary, *analysis);
    QStringList rest;
    if (const std::string& aside = analysis->diagnoses.front().aside; !aside.empty())
        rest << marked_up(aside, *analysis);
    if (!rest.isEmpty())
        html += QString(" <span style=\"color:%1\">%2</span>").arg(css(theme().muted), rest.join(' '));
    words_->setText(html);
    words_->setAccessibleName(plain_text());
    update();
}

QString AnswerBar::plain_text() const {
    QTextDocument document;
    document.setHtml(words_->text());
    return document.toPlainText();
}

void AnswerBar::paintEvent(QPaintEvent* event) {
    QWidget::paintEvent(event);
    if (mark_ == Mark::none) return;
    QPainter painter(this);
    painter.fillRect(0, 0, 4, height() - 1, colour_of(mark_));
    draw_mark(painter, QRectF(16, height() / 2.0 - 6, 12, 12), mark_);
}

void AnswerBar::show_evidence() {
    if (why_->isHidden()) return;
    auto* popup = new Evidence(selection_, this);
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->show_below(why_);
}

}  // namespace stallsight::gui
