#include "app/gui/report/text_document.h"

#include <QAbstractTextDocumentLayout>
#include <QPainter>
#include <QSvgRenderer>
#include <QTextCursor>
#include <QTextObjectInterface>
#include <QTextOption>
#include <QTextTable>
#include <algorithm>
#include <array>

#include "analysis/report/markup.h"
#include "analysis/report/svg.h"
#include "analysis/words.h"
#include "app/gui/report/column_widths.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int svg_object = QTextFormat::UserObject + 1;
constexpr int svg_property = QTextFormat::UserProperty + 1;
constexpr qreal body_points = 8.5, code_points = 7;
constexpr std::array title_points = {16.0, 12.0, 10.0};  // by heading level
constexpr qreal page_width = 520;                        // before there is a layout

// Draws a picture of the report at the width of the text.
class SvgObject : public QObject, public QTextObjectInterface {
    Q_OBJECT
    Q_INTERFACES(QTextObjectInterface)
public:
    using QObject::QObject;
    QSizeF intrinsicSize(QTextDocument* document, int, const QTextFormat& format) override {
        QSvgRenderer renderer(format.property(svg_property).toByteArray());
        const QSizeF size = renderer.defaultSize();
        const QTextFrameFormat frame = document->rootFrame()->frameFormat();
        const qreal width = document->textWidth() > 0 ? document->textWidth() : page_width;
        // The layout scales margins to the device that it is for, and the width is in that device's dots.
        const QPaintDevice* device = document->documentLayout()->paintDevice();
        const qreal scale = device ? device->logicalDpiX() / screen_dpi : 1;
        const qreal room = width - scale * (frame.leftMargin() + frame.rightMargin());
        return size.isEmpty() ? QSizeF() : size * (room / size.width());
    }
    void drawObject(QPainter* painter, const QRectF& rect, QTextDocument*, int,
                    const QTextFormat& format) override {
        QSvgRenderer(format.property(svg_property).toByteArray()).render(painter, rect);
    }
};

class Writer {
public:
    Writer(QTextDocument& document, std::size_t most_rows) : cursor_(&document), most_rows_(most_rows) {
        plain_.setForeground(QColor("#1b1f27"));
        plain_.setFontPointSize(body_points);
    }

    void write(const Document& document) {
        cursor_.beginEditBlock();  // laid out once, at the end
        title(document.title, 1);
        for (const ReportSection& section : document.sections) {
            title(section.title, 2);
            for (const Block& block : section.blocks) std::visit([this](const auto& b) { write(b); }, block);
        }
        cursor_.endEditBlock();
    }

private:
    void block(qreal above = 4, int indent = 0) {
        QTextBlockFormat format;
        format.setTopMargin(above);
        format.setIndent(indent);
        if (is_first_)
            cursor_.setBlockFormat(format);
        else
            cursor_.insertBlock(format, plain_);
        is_first_ = false;
    }

    void title(const std::string& text, int level) {
        const qreal points = title_points[static_cast<std::size_t>(level - 1)];
        block(points);
        QTextBlockFormat format = cursor_.blockFormat();
        format.setHeadingLevel(level);
        cursor_.setBlockFormat(format);
        keep_with_next();
        QTextCharFormat look = plain_;
        look.setFontPointSize(points);
        look.setFontWeight(QFont::Bold);
        cursor_.insertText(words(text), look);
    }

    void keep_with_next() {
        QTextBlockFormat format = cursor_.blockFormat();
        format.setProperty(kept_with_next, true);
        cursor_.setBlockFormat(format);
    }

    static QString words(const std::string& text) { return qs(harmless(text)); }

    [[nodiscard]] QTextCharFormat look_of(Span::Style style) const {
        QTextCharFormat look = plain_;
        if (style == Span::Style::strong || style == Span::Style::bad) look.setFontWeight(QFont::Bold);
        if (style == Span::Style::bad) look.setForeground(QColor("#b3261e"));
        if (style == Span::Style::aside) look.setForeground(QColor("#5b6472"));
        if (style == Span::Style::note) look.setForeground(QColor("#1f6fb5"));
        if (style == Span::Style::code) {
            look.setFontFamilies({"DejaVu Sans Mono", "monospace"});
            look.setFontPointSize(code_points);
        }
        return look;
    }

    void line(const Line& line) {
        for (const Span& span : line) cursor_.insertText(words(span.text), look_of(span.style));
    }

    void write(const Paragraph& paragraph) {
        block();
        line(paragraph.line);
    }
    void write(const Heading& heading) { title(heading.text, 3); }
    void write(const Finding& finding) {
        for (const Line& said : finding.says) {
            block(6);
            line(said);
        }
        int number = 0;
        for (const Line& step : finding.why) {
            block(2, 1);
            cursor_.insertText(QString("%1. ").arg(++number), plain_);
            line(step);
        }
    }
    void write(const Points& points) {
        for (const Line& item : points.items) {
            block(2, 1);
            cursor_.insertText(QStringLiteral("• "), plain_);
            line(item);
        }
    }
    void write(const Figure& figure) {
        if (!figure.caption.empty()) {
            block(6);
            keep_with_next();
            cursor_.insertText(words(figure.caption), look_of(Span::Style::aside));
        }
        block(6);
        QByteArray svg = QByteArray::fromStdString(figure.svg);
        svg.insert(svg.indexOf('>') + 1, QByteArray::fromStdString("<style>" + svg_style() + "</style>"));
        QTextCharFormat format;
        format.setObjectType(svg_object);
        format.setProperty(svg_property, svg);
        cursor_.insertText(QString(QChar::ObjectReplacementCharacter), format);
    }
    void write(const Code& code) {
        block(4, 1);
        for (std::size_t i = 0; i < code.lines.size(); ++i) {
            for (const Span& span : code.lines[i]) {
                QTextCharFormat look = look_of(span.style);
                look.setFontFamilies({"DejaVu Sans Mono", "monospace"});
                look.setFontPointSize(code_points);
                cursor_.insertText(words(span.text), look);
            }
            if (i + 1 < code.lines.size()) cursor_.insertText(QString(QChar::LineSeparator));
        }
    }
    void write(const Table& whole) {
        Table table = without_empty_columns(whole);
        const std::size_t more = table.rows.size() - std::min(table.rows.size(), most_rows_);
        table.rows.resize(table.rows.size() - more);
        block(4);
        QTextTableFormat format;
        format.setBorder(0);
        format.setCellPadding(2);
        format.setCellSpacing(0);
        format.setHeaderRowCount(1);
        format.setTopMargin(4);
        format.setBottomMargin(8);
        format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
        format.setColumnWidthConstraints(column_widths(table, plain_, look_of(Span::Style::code)));
        const auto columns = static_cast<int>(table.headings.size());
        QTextTable* grid = cursor_.insertTable(static_cast<int>(table.rows.size()) + 1, columns, format);
        rule_rows(*grid);
        for (int column = 0; column < columns; ++column)
            grid->cellAt(0, column).firstCursorPosition().insertText(
                words(table.headings[static_cast<std::size_t>(column)]), look_of(Span::Style::strong));
        for (std::size_t row = 0; row < table.rows.size(); ++row)
            for (std::size_t column = 0; column < table.rows[row].cells.size(); ++column) {
                cursor_ = grid->cellAt(static_cast<int>(row) + 1, static_cast<int>(column)).firstCursorPosition();
                line(table.rows[row].cells[column]);
            }
        cursor_ = grid->lastCursorPosition();
        cursor_.movePosition(QTextCursor::NextBlock);
        cursor_.movePosition(QTextCursor::End);
        if (more > 0) line({{"and " + counted(more, "more row"), Span::Style::aside, {}}});
    }

    // A fine line below each row, a stronger one below the headings.
    static void rule_rows(QTextTable& grid) {
        for (int row = 0; row < grid.rows(); ++row)
            for (int column = 0; column < grid.columns(); ++column) {
                QTextTableCell cell = grid.cellAt(row, column);
                QTextTableCellFormat format = cell.format().toTableCellFormat();
                format.setBottomBorderStyle(QTextFrameFormat::BorderStyle_Solid);
                format.setBottomBorder(row == 0 ? 0.8 : 0.4);
                format.setBottomBorderBrush(QColor(row == 0 ? "#9aa4b2" : "#d3d8e0"));
                cell.setFormat(format);
            }
    }

    QTextCursor cursor_;
    QTextCharFormat plain_;
    std::size_t most_rows_;
    bool is_first_ = true;
};

}  // namespace

std::unique_ptr<QTextDocument> text_document(const Document& document, std::size_t most_rows) {
    auto text = std::make_unique<QTextDocument>();
    text->setDefaultFont(QFont("DejaVu Sans"));
    text->setIndentWidth(16);
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);  // a SHA-256 is one word
    text->setDefaultTextOption(wrap);
    text->documentLayout()->registerHandler(svg_object, new SvgObject(text.get()));
    text->setMetaInformation(QTextDocument::DocumentTitle, qs(document.title));
    Writer(*text, most_rows).write(document);
    return text;
}

}  // namespace stallsight::gui

#include "text_document.moc"
