// The chain of the selected event and what to do about it; or the chain of the selected task of a dump.
#pragma once

#include <QLabel>
#include <QListView>
#include <QScrollArea>

#include "app/gui/chain/chain_model.h"
#include "app/gui/chain/lock_graph.h"
#include "app/gui/selection.h"

namespace stallsight::gui {

class ChainPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit ChainPanel(Selection* selection, QWidget* parent = nullptr);

    [[nodiscard]] const ChainModel* model() const { return model_; }

signals:
    void patch_wanted();
    void debug_info_wanted();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void follow();
    void show_words(const Chain* chain);
    void fit_rows();
    [[nodiscard]] const EventInfo* event() const;  // whose chain is shown; null while a task is picked
    [[nodiscard]] QString heading(const Chain* chain) const;
    [[nodiscard]] QString advice() const;
    [[nodiscard]] QStringList advice_of(const EventInfo& event, const Chain* chain) const;

    Selection* selection_;
    ChainModel* model_;
    QListView* view_;
    QLabel* heading_;
    LockGraph* locks_;
    QLabel* advice_;
    std::string shown_;
    AnalysisPtr shown_analysis_;
    bool following_ = false;
};

}  // namespace stallsight::gui
