#include "app/gui/report/column_widths.h"

#include <QFontMetricsF>
#include <QRegularExpression>
#include <algorithm>
#include <numeric>

#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

// Tenths of points, whatever the screen's resolution.
constexpr int unit = 10;
constexpr qreal table_width = 480 * unit;         // an A4 page without its margins
constexpr qreal widest_word = 0.3 * table_width;  // a SHA-256 is one word, and may break
constexpr qreal unbroken = 60 * unit;             // "core-0", "cold standby", "50494.227093"
constexpr qreal padding = 5 * unit;

struct Width {
    qreal least = 0, wanted = 0;  // the longest word, the longest cell
};

QFontMetricsF metrics_of(const QTextCharFormat& look, bool bold) {
    QFont font("DejaVu Sans");
    if (const QVariant families = look.property(QTextFormat::FontFamilies); families.isValid())
        font.setFamilies(families.toStringList());
    font.setPixelSize(qRound(look.fontPointSize() * unit));
    font.setBold(bold);
    return QFontMetricsF(font);
}

class Measure {
public:
    Measure(const QTextCharFormat& plain, const QTextCharFormat& code)
        : plain_(metrics_of(plain, false)), bold_(metrics_of(plain, true)), code_(metrics_of(code, false)) {}

    [[nodiscard]] Width heading(const std::string& text) const {
        const qreal width = bold_.horizontalAdvance(qs(text));
        return {width + padding, width + padding};
    }

    [[nodiscard]] Width cell(const Line& line) const {
        static const QRegularExpression breaks("(?<=[ /-])");
        Width found;
        for (const Span& span : line) {
            const QFontMetricsF& metrics = span.style == Span::Style::code     ? code_
                                           : span.style == Span::Style::strong ? bold_
                                                                               : plain_;
            const QString text = qs(span.text);
            found.wanted += metrics.horizontalAdvance(text);
            for (const QString& word : text.split(breaks))
                found.least = std::max(found.least, metrics.horizontalAdvance(word));
        }
        if (found.wanted < unbroken) found.least = found.wanted;
        return {std::min(found.least, widest_word) + padding, found.wanted + padding};
    }

private:
    QFontMetricsF plain_, bold_, code_;
};

qreal sum(const std::vector<Width>& widths, qreal Width::*member) {
    return std::accumulate(widths.begin(), widths.end(), 0.0,
                           [&](qreal total, const Width& width) { return total + width.*member; });
}

// Where the longest words together are wider than the page, the widest of them break.
void fit(std::vector<Width>& widths) {
    constexpr int halvings = 12;  // to a tenth of a point
    qreal cap = table_width, step = table_width / 2;
    const auto total = [&] {
        return std::accumulate(widths.begin(), widths.end(), 0.0,
                               [&](qreal sum, const Width& width) { return sum + std::min(width.least, cap); });
    };
    for (int i = 0; i < halvings; ++i, step /= 2) cap += total() > table_width ? -step : step;
    for (Width& width : widths) width.least = std::min(width.least, cap);
}

}  // namespace

QList<QTextLength> column_widths(const Table& table, const QTextCharFormat& plain, const QTextCharFormat& code) {
    const Measure measure(plain, code);
    std::vector<Width> widths;
    for (const std::string& heading : table.headings) widths.push_back(measure.heading(heading));
    for (const Table::Row& row : table.rows)
        for (std::size_t column = 0; column < std::min(row.cells.size(), widths.size()); ++column) {
            const Width cell = measure.cell(row.cells[column]);
            widths[column].least = std::max(widths[column].least, cell.least);
            widths[column].wanted = std::max(widths[column].wanted, cell.wanted);
        }
    fit(widths);
    // Everybody has room for its longest word, and a share of the rest by what its longest cell lacks then.
    const qreal least = sum(widths, &Width::least), lacking = sum(widths, &Width::wanted) - least;
    const qreal rest = std::clamp(table_width - least, 0.0, std::max(lacking, 0.0));
    QList<QTextLength> lengths;
    qreal total = 0;
    for (Width& width : widths) {
        if (lacking > 0) width.least += rest * (width.wanted - width.least) / lacking;
        total += width.least;
    }
    for (const Width& width : widths)
        lengths.append(QTextLength(QTextLength::PercentageLength, 100 * width.least / total));
    return lengths;
}

}  // namespace stallsight::gui
