// A titled part of the window: a small heading with something muted at its right, and the content below.
#pragma once

#include <QLabel>
#include <QVBoxLayout>
#include <QWidget>

namespace stallsight::gui {

class Panel : public QWidget {
    Q_OBJECT
public:
    explicit Panel(const QString& title, QWidget* parent = nullptr);

    void set_content(QWidget* content);
    // Parts of a note stand between " · "; the last ones go first where there is no room.
    void set_note(const QString& note);
    // Not beside a tab that says the same.
    void show_title(bool shown);
    [[nodiscard]] QString note() const { return note_text_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit_note();

    QVBoxLayout* layout_;
    QLabel* title_;
    QLabel* note_;
    QString note_text_;
};

}  // namespace stallsight::gui
