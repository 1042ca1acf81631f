#include "app/gui/report/pdf.h"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QTextBlock>
#include <QTextFrame>
#include <QTextLayout>
#include <QTextTable>

#include "app/gui/report/pdf_outline.h"
#include "app/gui/report/text_document.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr qreal side_mm = 16, top_mm = 18, bottom_mm = 20, footer_mm = 10;
constexpr qreal mm_per_inch = 25.4, points_per_inch = 72;

// Lays the document out on the writer's pages and draws them.
class Printer {
public:
    Printer(QTextDocument& text, QPdfWriter& pdf) : text_(text), pdf_(pdf) {
        text_.documentLayout()->setPaintDevice(&pdf_);
        text_.setPageSize(QSizeF(pdf_.width(), pdf_.height()));
        QTextFrameFormat frame = text_.rootFrame()->frameFormat();
        // The layout scales margins from the screen's dots to the device's.
        const qreal dots = screen_dpi / mm_per_inch;
        frame.setLeftMargin(side_mm * dots);
        frame.setRightMargin(side_mm * dots);
        frame.setTopMargin(top_mm * dots);
        frame.setBottomMargin(bottom_mm * dots);
        text_.rootFrame()->setFrameFormat(frame);
        keep_titles_with_text();
    }

    void print() {
        QPainter painter(&pdf_);
        const int pages = text_.pageCount();
        for (int page = 0; page < pages; ++page) {
            if (page > 0) pdf_.newPage();
            painter.save();
            painter.translate(0, -page * height());
            text_.drawContents(&painter, QRectF(0, page * height(), pdf_.width(), height()));
            painter.restore();
            footer(painter, page, pages);
        }
    }

    // In points from the page's lower edge, as PDF counts.
    [[nodiscard]] std::vector<OutlineEntry> outline() const {
        std::vector<OutlineEntry> entries;
        for (QTextBlock block = text_.begin(); block.isValid(); block = block.next()) {
            const int level = block.blockFormat().headingLevel();
            if (level < 2) continue;
            const qreal from_top = top_of(block) - page_of(block) * height();
            entries.push_back({block.text().toStdString(), level - 1, page_of(block),
                               (height() - from_top) / pdf_.logicalDpiY() * points_per_inch});
        }
        return entries;
    }

private:
    [[nodiscard]] qreal height() const { return text_.pageSize().height(); }
    // Of its first line, which may have gone to the next page where the block begins at the foot of one.
    [[nodiscard]] qreal top_of(const QTextBlock& block) const {
        const qreal top = text_.documentLayout()->blockBoundingRect(block).top();
        return block.layout()->lineCount() == 0 ? top : top + block.layout()->lineAt(0).y();
    }
    [[nodiscard]] int page_of(const QTextBlock& block) const { return static_cast<int>(top_of(block) / height()); }

    static bool is_kept(const QTextBlock& block) { return block.blockFormat().hasProperty(kept_with_next); }

    // A title or caption at the foot of a page goes to the next one, with those right before it. Laid out anew as a
    // whole each time: Qt 6.4 does not draw all that moved when only a part is.
    void keep_titles_with_text() {
        for (QTextBlock block = text_.begin(); block.isValid(); block = block.next()) {
            if (!is_kept(block)) continue;
            const QTextBlock first = block;
            QTextBlock behind = block.next();
            while (behind.isValid() && (is_kept(behind) || is_blank(behind))) {
                block = behind;
                behind = behind.next();
            }
            if (!behind.isValid() || page_of(behind) == page_of(first)) continue;
            QTextBlockFormat format = first.blockFormat();
            format.setPageBreakPolicy(QTextFormat::PageBreak_AlwaysBefore);
            QTextCursor(first).setBlockFormat(format);
            text_.markContentsDirty(0, text_.characterCount());
        }
    }

    // A table stands behind an empty block.
    [[nodiscard]] bool is_blank(const QTextBlock& block) const {
        return block.length() <= 1 && QTextCursor(block).currentTable() == nullptr;
    }

    void footer(QPainter& painter, int page, int pages) const {
        const qreal mm = pdf_.logicalDpiY() / mm_per_inch;
        QFont font("DejaVu Sans");
        font.setPointSizeF(7);
        painter.setFont(font);
        painter.setPen(QColor("#5b6472"));
        const QRectF room(side_mm * mm, height() - footer_mm * mm - mm * 4, pdf_.width() - 2 * side_mm * mm,
                          mm * 4);
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                         text_.metaInformation(QTextDocument::DocumentTitle));
        painter.drawText(room, Qt::AlignRight | Qt::AlignVCenter, QString("%1 / %2").arg(page + 1).arg(pages));
    }

    QTextDocument& text_;
    QPdfWriter& pdf_;
};

}  // namespace

bool write_pdf(const Document& document, const QString& path) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    if (!buffer.open(QIODevice::WriteOnly)) return false;
    std::vector<OutlineEntry> outline;
    {
        QPdfWriter pdf(&buffer);
        pdf.setTitle(qs(document.title) + QStringLiteral(" · Stallsight"));
        pdf.setCreator("Stallsight " STALLSIGHT_VERSION);
        pdf.setPageSize(QPageSize(QPageSize::A4));
        pdf.setPageMargins(QMarginsF(), QPageLayout::Millimeter);
        const auto text = text_document(document);
        Printer printer(*text, pdf);
        printer.print();
        outline = printer.outline();
    }
    const std::string whole = with_outline(bytes.toStdString(), outline);
    QSaveFile file(path);
    const auto size = static_cast<qint64>(whole.size());
    return !whole.empty() && file.open(QIODevice::WriteOnly) && file.write(whole.data(), size) == size &&
           file.commit();
}

}  // namespace stallsight::gui
