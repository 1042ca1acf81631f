// The source line of the selected frame, or what is missing to show it.
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>

#include "app/gui/selection.h"
#include "app/gui/source/code_view.h"

namespace stallsight::gui {

class SourcePanel : public QWidget {
    Q_OBJECT
public:
    explicit SourcePanel(Selection* selection, QWidget* parent = nullptr);

    void look_in(SourceSearch sources);
    [[nodiscard]] CodeView* code() const { return code_; }
    [[nodiscard]] QString heading() const { return heading_->text(); }

signals:
    void debug_info_wanted();
    void source_wanted(const QString& file);  // whose text is not at hand

protected:
    void showEvent(QShowEvent* event) override;

private:
    void follow();
    void say(const QString& html, bool debug_info, const QString& file = {});

    Selection* selection_;
    SourceSearch sources_;
    QLabel* heading_;
    QLabel* missing_;
    QPushButton* add_debug_info_;
    QPushButton* find_source_;
    CodeView* code_;
    QWidget* gap_;
    QString wanted_;  // the file whose text is not at hand
    std::string shown_;
};

}  // namespace stallsight::gui
