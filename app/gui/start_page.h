// What stands in the window while there is nothing to show: what can be dropped, the samples, how far loading is.
#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>

namespace stallsight::gui {

class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(const QString& samples_dir, QWidget* parent = nullptr);

    void set_recent(const QStringList& paths);
    void show_welcome();
    void show_progress(const QString& what, double done);
    void show_error(const QString& message);
    // What is open still, and can be gone back to.
    void set_open(const QString& bundle);
    [[nodiscard]] QString message() const { return message_->text(); }

signals:
    void open_wanted(bool folder);
    void back_wanted();
    void path_wanted(const QString& path);
    void cancel_wanted();

private:
    void say(const QString& text);
    void add_link(QVBoxLayout* column, const QString& text, const QString& detail, const QString& path);

    QLabel* message_;
    QProgressBar* bar_;
    QPushButton *cancel_, *back_;
    QWidget* offers_;
    QVBoxLayout* recent_;
};

}  // namespace stallsight::gui
