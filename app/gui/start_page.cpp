#include "app/gui/start_page.h"

#include <QDir>
#include <QFile>
#include <QShortcut>
#include <QStyle>

#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

constexpr int page_width = 620;
constexpr int message_width = 598;  // without the margins

// The first heading of a sample's story says what it is about.
QString story_of(const QString& folder) {
    QFile file(folder + "/STORY.md");
    if (!file.open(QIODevice::ReadOnly | QIODevice::Text)) return {};
    return QString::fromUtf8(file.readLine(400)).remove('#').trimmed();
}

QLabel* heading(const QString& text) {
    auto* label = new QLabel(text);
    label->setFont(bold(ui_font()));
    label->setContentsMargins(0, 18, 0, 4);
    label->setMinimumHeight(label->sizeHint().height());  // the wrapped words above would squeeze it
    return label;
}

}  // namespace

StartPage::StartPage(const QString& samples_dir, QWidget* parent)
    : QWidget(parent),
      message_(new QLabel),
      bar_(new QProgressBar),
      cancel_(new QPushButton("Cancel")),
      back_(new QPushButton),
      offers_(new QWidget),
      recent_(new QVBoxLayout) {
    setObjectName("start");
    auto* title = new QLabel("What happened on the board?");
    QFont font = bold(ui_font());
    font.setPointSizeF(font.pointSizeF() * 1.9);
    title->setFont(font);
    message_->setWordWrap(true);
    message_->setTextFormat(Qt::PlainText);
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);

    cancel_->setToolTip("Esc");
    back_->hide();
    auto* open = new QPushButton(QStringLiteral("Open a file or archive…"));
    auto* open_folder = new QPushButton(QStringLiteral("Open a folder…"));
    auto* ways = new QHBoxLayout;
    ways->setSpacing(8);
    for (QPushButton* way : {open, open_folder, back_}) ways->addWidget(way);
    ways->addStretch(1);
    setFocusProxy(open);
    auto* offers = new QVBoxLayout(offers_);
    offers->setContentsMargins(0, 8, 0, 0);
    offers->setSpacing(4);
    offers->addLayout(ways);
    const QDir samples(samples_dir);
    const QStringList names =
        samples_dir.isEmpty() ? QStringList() : samples.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    if (!names.isEmpty()) offers->addWidget(heading("Or start with a sample"));
    for (const QString& name : names)
        add_link(offers, name, story_of(samples.filePath(name)), samples.filePath(name));
    offers->addLayout(recent_);

    auto* inner = new QWidget;
    inner->setFixedWidth(page_width);
    auto* column = new QVBoxLayout(inner);
    column->addWidget(title);
    column->addWidget(message_);
    column->addWidget(bar_);
    column->addWidget(cancel_, 0, Qt::AlignLeft);
    column->addWidget(offers_);
    auto* page = new QVBoxLayout(this);
    page->addStretch(2);
    page->addWidget(inner, 0, Qt::AlignHCenter);
    page->addStretch(3);
    connect(open, &QPushButton::clicked, this, [this] { emit open_wanted(false); });
    connect(open_folder, &QPushButton::clicked, this, [this] { emit open_wanted(true); });
    connect(back_, &QPushButton::clicked, this, &StartPage::back_wanted);
    connect(cancel_, &QPushButton::clicked, this, &StartPage::cancel_wanted);
    // At once: a button's own shortcut lets it look pressed first.
    connect(new QShortcut(Qt::Key_Escape, cancel_), &QShortcut::activated, this, &StartPage::cancel_wanted);
    show_welcome();
}

void StartPage::add_link(QVBoxLayout* column, const QString& text, const QString& detail, const QString& path) {
    auto* link =
        new QPushButton(detail.isEmpty() || detail == text ? text : text + QStringLiteral("  ·  ") + detail);
    link->setObjectName("quiet");
    link->setCursor(Qt::PointingHandCursor);
    link->setToolTip(path);
    connect(link, &QPushButton::clicked, this, [this, path] { emit path_wanted(path); });
    column->addWidget(link, 0, Qt::AlignLeft);
}

void StartPage::set_recent(const QStringList& paths) {
    while (QLayoutItem* item = recent_->takeAt(0)) {
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    if (paths.isEmpty()) return;
    recent_->addWidget(heading("Opened lately"));
    for (const QString& path : paths) add_link(recent_, QFileInfo(path).fileName(), QFileInfo(path).path(), path);
}

void StartPage::show_welcome() {
    message_->setObjectName("muted");
    message_->style()->polish(message_);
    say(
        QStringLiteral("Drop here what the board left behind: a folder, an archive (tar with gz, xz, zst or bz2; "
                       "zip) or a single file. "
                       "Kernel logs, serial captures, rcutorture statistics, saved crash sessions, memory dumps, "
                       "modules with debug "
                       "info, sources and patches are all read."));
    bar_->hide(), cancel_->hide(), offers_->show();
}

void StartPage::show_progress(const QString& what, double done) {
    message_->setObjectName("muted");
    message_->style()->polish(message_);
    say(what);
    bar_->setValue(static_cast<int>(done * 1000));
    // What had the focus goes; a part of the bar would get it, far from here.
    const bool first = cancel_->isHidden();
    bar_->show(), cancel_->show(), offers_->hide();
    if (first) cancel_->setFocus();
}

// Wrapped words have no height of their own in a layout that is centred: without it, what follows is squeezed.
void StartPage::say(const QString& text) {
    message_->setText(text);
    message_->setMinimumHeight(message_->heightForWidth(message_width));
}

void StartPage::show_error(const QString& message) {
    message_->setObjectName("error");
    message_->style()->polish(message_);
    say("Could not be read: " + message);
    bar_->hide(), cancel_->hide(), offers_->show();
    (back_->isHidden() ? focusProxy() : back_)->setFocus();
}

void StartPage::set_open(const QString& bundle) {
    back_->setText("Back to " + bundle);
    back_->setVisible(!bundle.isEmpty());
}

}  // namespace stallsight::gui
