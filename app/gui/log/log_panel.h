// The log with its heading, and the search through it.
#pragma once

#include <atomic>
#include <memory>

#include "app/gui/log/log_view.h"
#include "app/gui/panel.h"

namespace stallsight::gui {

class LogPanel : public Panel {
    Q_OBJECT
public:
    explicit LogPanel(Selection* selection, QWidget* parent = nullptr);
    ~LogPanel() override;

    [[nodiscard]] LogView* view() const { return view_; }

    // Goes to the next place of `needle`, this file first, then the other logs; `again` skips the present place.
    void find(const QString& needle, bool forward, bool again);

signals:
    void found(const QString& how);  // "kern.log:38", "not found", "searching…"

private:
    void retitle();

    Selection* selection_;
    LogView* view_;
    std::shared_ptr<std::atomic<bool>> search_cancelled_;
};

}  // namespace stallsight::gui
