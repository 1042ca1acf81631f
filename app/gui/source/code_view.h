// A text with line numbers, highlighted by KSyntaxHighlighting, with some lines marked.
#pragma once

#include <QPlainTextEdit>

namespace KSyntaxHighlighting {
class SyntaxHighlighter;
}

namespace stallsight::gui {

class CodeView : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit CodeView(QWidget* parent = nullptr);

    // `name` decides the language: "driver.c".
    void show_text(std::string_view text, const QString& name);
    void show_diff(std::string_view text);
    // Lines count from 1. The first one is brought into sight.
    void mark_lines(int first, int last);
    void show_line(int line);
    [[nodiscard]] std::pair<int, int> marked() const { return {first_, last_}; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    friend class Gutter;
    [[nodiscard]] int gutter_width() const;
    void paint_gutter(QPaintEvent* event);
    void set_text(std::string_view text);
    void fill_changed_lines();

    QWidget* gutter_;
    KSyntaxHighlighting::SyntaxHighlighter* highlighter_;
    int first_ = 0, last_ = 0;
};

}  // namespace stallsight::gui
