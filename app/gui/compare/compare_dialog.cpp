#include "app/gui/compare/compare_dialog.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHeaderView>
#include <QMenu>
#include <QMimeData>
#include <QVBoxLayout>

#include "analysis/compare/words.h"
#include "analysis/words.h"
#include "app/gui/ask_bundle.h"
#include "app/gui/theme.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

// A sign in front, so that the verdict is not told by its colour.
QString verdict_in_words(Verdict verdict) {
    switch (verdict) {
        case Verdict::cured:
            return QStringLiteral("✔ cured");
        case Verdict::not_shown:
            return QStringLiteral("– gone, not yet proved");
        case Verdict::better:
            return QStringLiteral("↓ better");
        case Verdict::unchanged:
            return QStringLiteral("= unchanged");
        case Verdict::worse:
            return QStringLiteral("↑ worse");
        case Verdict::fresh:
            return QStringLiteral("+ new");
    }
    return {};
}

// What stands under a signature: its figures, the patched functions on its way, and what it may have become.
QStringList in_figures(const Comparison& comparison, const SignatureComparison& row) {
    QStringList lines{qs(row.sentence)};
    for (const std::size_t i : row.patched) lines << qs(patched_words(comparison.patched[i]));
    for (const NearMatch& near : row.near) lines << qs(near_words(comparison, near));
    return lines;
}

QStringList cells_of(const SignatureComparison& row) {
    QStringList cells{qs(qualified_name(row.title, row.module))};
    for (const SideCount& side : row.sides) {
        QString words = grouped(static_cast<std::int64_t>(side.count));
        if (row.cause.empty() && side.occurrences > 0 && side.rate_per_h) {
            const QString rate = qs(rate_words(side));
            words += "  " + (row.sides.size() == 2 ? rate : rate.section(" (", 0, 0));  // a series has less room
        }
        cells << words;
    }
    return cells << verdict_in_words(row.verdict);
}

// A measure of rcutorture: mean ± spread (number of values) of each side.
QStringList cells_of(const Comparison& comparison, const MeasureComparison& row) {
    QStringList cells{QString("rcutorture: %1, %2").arg(qs(row.measure->words), qs(row.measure->unit))};
    for (const ComparedSide& side : comparison.sides) {
        const auto values = side.torture.values.find(std::string(row.measure->key));
        cells << (values == side.torture.values.end() ? QString() : qs(sampled_words(sampled(values->second))));
    }
    const bool differs = row.p && *row.p <= error_level;
    const QString verdict = !row.p                             ? QStringLiteral("– too few values")
                            : !differs                         ? QStringLiteral("= no difference shown")
                            : row.before.mean < row.after.mean ? QStringLiteral("↑ more")
                                                               : QStringLiteral("↓ less");
    return cells << verdict;
}

QStringList columns_of(const Comparison& comparison) {
    QStringList columns{"Report"};
    for (std::size_t i = 0; i < comparison.sides.size(); ++i) {
        const QString when = i == 0 ? "Before: " : i + 1 == comparison.sides.size() ? "After: " : "Then: ";
        columns << when + qs(comparison.sides[i].name);
    }
    return columns << "Verdict";
}

}  // namespace

CompareDialog::CompareDialog(AnalysisPtr before, const QString& after_path, const AnalysisOptions& options,
                             QWidget* parent)
    : QDialog(parent),
      runs_{std::move(before)},
      options_(options),
      verdict_(new QLabel),
      bar_(new QProgressBar),
      table_(new QTreeWidget),
      add_(new QPushButton(QStringLiteral("Add a later run"))) {
    setWindowTitle("Compare");
    resize(1080, 620);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 16);
    verdict_->setWordWrap(true);
    verdict_->setObjectName("verdict");
    verdict_->setFont(bold(ui_font()));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    table_->setObjectName("comparison");
    table_->setAccessibleName("Signatures");
    table_->setRootIsDecorated(false);
    table_->setUniformRowHeights(true);
    table_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    table_->header()->setStretchLastSection(false);
    table_->hide();
    column->addWidget(verdict_);
    column->addWidget(bar_);
    column->addWidget(table_, 1);
    column->addWidget(add_, 0, Qt::AlignLeft);
    auto* choices = new QMenu(add_);
    choices->addAction(QStringLiteral("A file or archive…"), this, [this] { ask_run(false); });
    choices->addAction(QStringLiteral("A folder…"), this, [this] { ask_run(true); });
    add_->setMenu(choices);
    setAcceptDrops(true);
    connect(&loader_, &Loader::progressed, this,
            [this](const QString&, double done) { bar_->setValue(static_cast<int>(done * 1000)); });
    connect(&loader_, &Loader::failed, this, [this](const QString& message) {
        bar_->hide();
        add_->setEnabled(true);
        verdict_->setText("Could not be read: " + message);
    });
    connect(&loader_, &Loader::loaded, this, [this](const AnalysisPtr& run) {
        runs_.push_back(run);
        show_comparison();
    });
    add_run(after_path);
}

void CompareDialog::ask_run(bool folder) {
    const QString path = ask_bundle(this, "The bundle of a later run", folder);
    if (!path.isEmpty()) add_run(path);
}

void CompareDialog::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (add_->isEnabled() && urls.size() == 1 && urls.front().isLocalFile()) event->acceptProposedAction();
}

void CompareDialog::dropEvent(QDropEvent* event) {
    add_run(event->mimeData()->urls().front().toLocalFile());
}

void CompareDialog::add_run(const QString& path) {
    verdict_->setText(QStringLiteral("Reading %1…").arg(QFileInfo(path).fileName()));
    bar_->show();
    add_->setEnabled(false);
    loader_.load(path, options_);
}

void CompareDialog::show_comparison() {
    std::vector<Side> sides;
    for (const AnalysisPtr& run : runs_) sides.push_back({run.get()});
    const Comparison comparison = compare(sides);
    bar_->hide();
    add_->setEnabled(true);
    verdict_->setText(qs(comparison.verdict));
    table_->clear();
    table_->setColumnCount(static_cast<int>(comparison.sides.size()) + 2);
    table_->setHeaderLabels(columns_of(comparison));
    for (const SignatureComparison& row : comparison.signatures) {
        auto* item = new QTreeWidgetItem(table_, cells_of(row));
        item->setToolTip(0, item->text(0));
        for (const QString& line : in_figures(comparison, row)) {
            auto* said = new QTreeWidgetItem(item, {line});
            said->setForeground(0, theme().muted);
            said->setFirstColumnSpanned(true);
        }
    }
    for (const MeasureComparison& row : comparison.torture.measures)
        new QTreeWidgetItem(table_, cells_of(comparison, row));
    table_->expandAll();
    for (int i = 1; i < table_->columnCount(); ++i) table_->resizeColumnToContents(i);
    table_->show();
}

}  // namespace stallsight::gui
