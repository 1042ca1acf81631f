// The log, drawn line by line as far as it is seen.
#pragma once

#include <QAbstractScrollArea>
#include <functional>
#include <map>
#include <set>

#include "app/gui/log/line_style.h"
#include "app/gui/log/log_text.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class LogView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit LogView(Selection* selection, QWidget* parent = nullptr);

    // What the engineer noted on a line, shown behind it, and the colour of a mark on it.
    struct LineNote {
        QString text;
        QColor mark;
    };
    void set_notes(std::map<std::uint64_t, LineNote> notes);
    void set_found(const QString& needle);
    [[nodiscard]] const LogText& text() const { return text_; }
    [[nodiscard]] std::optional<std::size_t> artifact() const { return artifact_; }
    [[nodiscard]] std::uint64_t first_line() const;
    [[nodiscard]] std::size_t visible_lines() const;
    // As it is shown: number, CPU, time, message, remark. For copying and for tests.
    [[nodiscard]] QString line_as_text(std::uint64_t line) const;

signals:
    void note_wanted();
    void artifact_changed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    static constexpr int edge = 4, gap = 14;  // the report's coloured edge; between columns
    inline static const QString pencil = QStringLiteral("✎ ");

    struct Columns {
        qreal number = 0, cpu = 0, time = 0, message = 0, letter = 0;
        int height = 0;
    };
    void follow();
    void scroll_to(std::uint64_t line, std::uint64_t also);
    void update_bars();
    void follow_range();
    void move_by(std::int64_t lines);
    [[nodiscard]] Columns columns() const;
    qreal draw_line(QPainter& painter, const LogLine& line, const Columns& columns, qreal top) const;
    qreal draw_message(QPainter& painter, const LogLine& line, qreal left, const QRectF& row) const;
    void draw_background(QPainter& painter, std::uint64_t line, const QRectF& row) const;
    void draw_found(QPainter& painter, const QString& text, qreal left, const QRectF& row) const;
    [[nodiscard]] QString cpu_of(std::uint64_t line, const std::optional<int>& caller) const;

    Selection* selection_;
    LogText text_;
    std::optional<std::size_t> artifact_;
    std::pair<std::uint64_t, std::uint64_t> shown_{1, 0};  // first and last line that are shown: the marked time's
    std::set<std::string> keys_;
    std::map<std::uint64_t, LineNote> notes_;
    QString found_;
    std::string shown_event_;
};

}  // namespace stallsight::gui
