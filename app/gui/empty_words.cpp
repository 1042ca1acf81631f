#include "app/gui/empty_words.h"

#include <QVBoxLayout>

namespace stallsight::gui {

QLabel* empty_words(QWidget* place, const QString& words) {
    auto* label = new QLabel(words);
    label->setObjectName("muted");
    label->setWordWrap(true);
    label->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* column = new QVBoxLayout(place);
    column->setContentsMargins(12, 10, 12, 10);
    column->addWidget(label);
    column->addStretch(1);
    return label;
}

QLabel* empty_words(QAbstractItemView* view, const QString& words) {
    QLabel* label = empty_words(view->viewport(), words);
    const auto show_if_empty = [view, label] { label->setVisible(view->model()->rowCount() == 0); };
    for (const auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        QObject::connect(view->model(), changed, label, show_if_empty);
    QObject::connect(view->model(), &QAbstractItemModel::modelReset, label, show_if_empty);
    return label;
}

}  // namespace stallsight::gui
