#include "app/gui/source/code_view.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

// What a person reads of a file; a generated source of hundreds of megabytes must not stop the window.
constexpr std::size_t shown_bytes = 4U << 20U;

// Reading the language definitions takes a while; one copy serves every view.
KSyntaxHighlighting::Repository& repository() {
    static KSyntaxHighlighting::Repository all;
    return all;
}

}  // namespace

class Gutter : public QWidget {
public:
    explicit Gutter(CodeView* view) : QWidget(view), view_(view) {}

protected:
    void paintEvent(QPaintEvent* event) override { view_->paint_gutter(event); }

private:
    CodeView* view_;
};

CodeView::CodeView(QWidget* parent)
    : QPlainTextEdit(parent),
      gutter_(new Gutter(this)),
      highlighter_(new KSyntaxHighlighting::SyntaxHighlighter(document())) {
    setReadOnly(true);
    setLineWrapMode(NoWrap);
    setFrameShape(NoFrame);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
        dy ? gutter_->scroll(0, dy) : gutter_->update(0, rect.y(), gutter_->width(), rect.height());
    });
    connect(this, &QPlainTextEdit::blockCountChanged, this,
            [this] { setViewportMargins(gutter_width(), 0, 0, 0); });
}

void CodeView::show_text(std::string_view text, const QString& name) {
    highlighter_->setTheme(repository().defaultTheme(theme().dark ? KSyntaxHighlighting::Repository::DarkTheme
                                                                  : KSyntaxHighlighting::Repository::LightTheme));
    highlighter_->setDocument(document());
    highlighter_->setDefinition(repository().definitionForFileName(name));
    set_text(text);
}

// Without the highlighter, whose words for a diff are blue and red without a fill: these lines are green and red
// everywhere else, and the sign in front of them says it, too.
void CodeView::show_diff(std::string_view text) {
    highlighter_->setDocument(nullptr);
    set_text(text);
    fill_changed_lines();
}

void CodeView::fill_changed_lines() {
    const auto starts = [](const QTextBlock& block, const char* with) { return block.text().startsWith(with); };
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const bool names_file = (starts(block, "--- ") && starts(block.next(), "+++ ")) ||
                                (starts(block, "+++ ") && starts(block.previous(), "--- "));
        if (names_file) continue;
        cursor.setPosition(block.position());
        QTextBlockFormat fill;
        if (starts(block, "+")) fill.setBackground(theme().added);
        if (starts(block, "-")) fill.setBackground(theme().removed);
        if (fill.hasProperty(QTextFormat::BackgroundBrush)) cursor.setBlockFormat(fill);
        if (!starts(block, "@@")) continue;
        cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        QTextCharFormat place;
        place.setForeground(theme().accent);
        cursor.setCharFormat(place);
    }
    cursor.endEditBlock();
}

void CodeView::set_text(std::string_view text) {
    setFont(mono_font());
    setTabStopDistance(QFontMetricsF(mono_font()).horizontalAdvance(' ') * 8);
    first_ = last_ = 0;
    setExtraSelections({});
    const std::string_view shown = text.substr(0, shown_bytes);
    setPlainText(QString::fromUtf8(shown.data(), static_cast<qsizetype>(shown.size())));
    setViewportMargins(gutter_width(), 0, 0, 0);
}

void CodeView::mark_lines(int first, int last) {
    first_ = first, last_ = last;
    QList<QTextEdit::ExtraSelection> marks;
    // One line is filled; a run of lines, as a hunk, keeps its own colours and is marked at its edge.
    if (first == last) {
        QTextEdit::ExtraSelection mark;
        mark.format.setBackground(theme().selection);
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        mark.cursor = QTextCursor(document()->findBlockByNumber(first - 1));
        marks << mark;
    }
    setExtraSelections(marks);
    gutter_->update();
    show_line(first);
}

void CodeView::show_line(int line) {
    const QTextBlock block = document()->findBlockByNumber(line - 1);
    if (!block.isValid()) return;
    setTextCursor(QTextCursor(block));
    const int rows = viewport()->height() / std::max(1, fontMetrics().lineSpacing());
    verticalScrollBar()->setValue(std::max(0, line - 1 - rows / 4));
}

int CodeView::gutter_width() const {
    const int digits = std::max(3, static_cast<int>(QString::number(blockCount()).size()));
    return QFontMetrics(mono_font()).horizontalAdvance('0') * digits + 22;
}

void CodeView::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    gutter_->setGeometry(contentsRect().left(), contentsRect().top(), gutter_width(), contentsRect().height());
}

void CodeView::showEvent(QShowEvent* event) {
    QPlainTextEdit::showEvent(event);
    if (first_) show_line(first_);  // the height is only known now
}

void CodeView::paint_gutter(QPaintEvent* event) {
    const Theme& t = theme();
    QPainter painter(gutter_);
    painter.fillRect(event->rect(), t.window);
    painter.setFont(small(mono_font()));
    QTextBlock block = firstVisibleBlock();
    qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= event->rect().bottom()) {
        const qreal height = blockBoundingRect(block).height();
        const int line = block.blockNumber() + 1;
        const bool is_marked = line >= first_ && line <= last_;
        if (is_marked) painter.fillRect(QRectF(0, top, 4, height), t.cause);
        painter.setPen(is_marked ? t.text : t.faint);
        painter.drawText(QRectF(4, top, gutter_->width() - 12, height), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(line));
        top += height;
        block = block.next();
    }
}

}  // namespace stallsight::gui
