#include "app/gui/notes/notes_panel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QRegularExpression>
#include <QVBoxLayout>
#include <algorithm>

#include "app/gui/empty_words.h"
#include "app/gui/notes/note_delegate.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

constexpr int pause_ms = 400;

bool is_of(const ArtifactInfo& info, const TimeRange& range) {
    return info.artifact.board == range.board && info.artifact.core == range.core;
}

QString target_words(const Target& target, const Selection& selection) {
    const EventInfo* event = selection.event();
    switch (target.kind) {
        case Target::Kind::event:
            return event ? QString("The event “%1”").arg(event_name(*event)) : QString("The event");
        case Target::Kind::frame:
            return selection.frame_record() ? "The frame " + frame_name(*selection.frame_record())
                                            : QString("The frame");
        case Target::Kind::episode:
            return QStringLiteral("The stall");
        case Target::Kind::time:
            return QString("The time from %1 s to %2 s").arg(target.from_s, 0, 'f', 3).arg(target.to_s, 0, 'f', 3);
        case Target::Kind::artifact:
            return "The file " + qs(target.artifact);
        default:
            return "Line " + qs(place_words(target));
    }
}

}  // namespace

NotesPanel::NotesPanel(Selection* selection, NoteStore* store, QWidget* parent)
    : QWidget(parent),
      selection_(selection),
      store_(store),
      model_(new NotesModel(store, this)),
      list_(new QListView),
      target_(new QComboBox),
      editor_(new QPlainTextEdit),
      tags_(new QLineEdit),
      colour_(new QComboBox),
      decision_(new QCheckBox),
      keep_(new QPushButton("New note")),
      remove_(new QPushButton("Delete")) {
    make_form();
    connect_parts();
    edit_anew();
}

void NotesPanel::make_form() {
    list_->setObjectName("notes");
    list_->setAccessibleName("Notes");
    list_->setModel(model_);
    empty_words(list_, "No note yet. What is written above stands here, in the log and in the report.");
    list_->setItemDelegate(new NoteDelegate(list_));
    list_->setResizeMode(QListView::Adjust);
    list_->setFrameShape(QFrame::NoFrame);
    target_->setObjectName("target");
    target_->setAccessibleName("What the note is about");
    target_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    editor_->setObjectName("editor");
    editor_->setAccessibleName("Note");
    editor_->setPlaceholderText(
        QStringLiteral("What you found out here, for the report. It is saved as you type."));
    editor_->setFixedHeight(96);
    editor_->installEventFilter(this);
    tags_->setObjectName("tags");
    tags_->setAccessibleName("Tags");
    tags_->setPlaceholderText("Tags, with blanks between them");
    colour_->setObjectName("colour");
    colour_->setAccessibleName("Mark");
    for (const char* name : {"no mark", "red", "yellow", "green", "blue"}) {
        QPixmap swatch(12, 12);
        swatch.fill(mark_colour(name).isValid() ? mark_colour(name) : QColor(Qt::transparent));
        colour_->addItem(QIcon(swatch), name);
    }
    decision_->setObjectName("decision");
    auto* words = new QHBoxLayout;
    words->addWidget(tags_, 1);
    words->addWidget(colour_);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(keep_);
    buttons->addWidget(remove_);
    buttons->addStretch(1);
    auto* form = new QVBoxLayout;
    form->setContentsMargins(12, 10, 12, 12);
    form->addWidget(target_);
    form->addWidget(editor_);
    form->addLayout(words);
    form->addWidget(decision_);
    form->addLayout(buttons);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(form);
    column->addWidget(list_, 1);
}

void NotesPanel::connect_parts() {
    pause_.setSingleShot(true);
    pause_.setInterval(pause_ms);
    connect(&pause_, &QTimer::timeout, this, &NotesPanel::keep_typed);
    connect(selection_, &Selection::changed, this, &NotesPanel::follow);
    connect(selection_, &Selection::range_changed, this, [this] {
        if (filling_) return;
        follow();
        choose_target(Target::Kind::time);  // what was marked last is what one writes about
    });
    connect(list_, &QListView::clicked, this, &NotesPanel::pick);
    connect(list_, &QListView::activated, this, &NotesPanel::pick);
    connect(editor_, &QPlainTextEdit::textChanged, this, &NotesPanel::typed);
    connect(tags_, &QLineEdit::editingFinished, this, &NotesPanel::keep_typed);
    connect(colour_, &QComboBox::activated, this, &NotesPanel::keep_typed);
    connect(decision_, &QCheckBox::clicked, this, &NotesPanel::keep_typed);
    connect(target_, &QComboBox::activated, this, &NotesPanel::show_decision);
    connect(keep_, &QPushButton::clicked, this, &NotesPanel::keep);
    connect(remove_, &QPushButton::clicked, this, &NotesPanel::remove);
    // The note in the editor may be gone, undone or another window's now.
    connect(store_, &NoteStore::changed, this, [this] {
        if (edited_.empty() || filling_) return;
        const Note* note = store_->note(edited_);
        if (!note) return edit_anew();
        if (!editor_->hasFocus()) show_note(*note);
    });
}

void NotesPanel::edit_anew() {
    filling_ = true;
    edited_.clear();
    edited_target_.reset();
    goes_on_ = false;
    editor_->clear();
    tags_->clear();
    colour_->setCurrentIndex(0);
    decision_->setChecked(false);
    remove_->hide();
    filling_ = false;
    offer_targets();
}

void NotesPanel::follow() {
    if (filling_) return;
    keep_typed();
    edit_anew();
}

// What is selected, the most particular first.
void NotesPanel::offer_targets() {
    targets_.clear();
    const AnalysisPtr& analysis = selection_->analysis();
    const auto offer = [this](Result<Target> target) {
        if (target) targets_.push_back(std::move(*target));
    };
    if (edited_target_) {
        targets_.push_back(*edited_target_);
    } else if (analysis && selection_->artifact()) {
        const EventInfo* event = selection_->event();
        const std::string& path = analysis->artifacts[*selection_->artifact()].artifact.path;
        const bool in_event = event && event->artifact == *selection_->artifact();
        const bool on_head = in_event && event->report.line == selection_->line();
        if (on_head) offer(event_target(*analysis, *event));
        if (selection_->line()) offer(line_target(*analysis, path, selection_->line()));
        if (in_event && selection_->frame()) offer(frame_target(*analysis, *event, *selection_->frame()));
        if (in_event && !on_head) offer(event_target(*analysis, *event));
        for (const StallEpisode& episode : analysis->stalls)
            if (event && std::find(episode.events.begin(), episode.events.end(), event->id) != episode.events.end())
                offer(episode_target(*analysis, episode));
        if (const auto& range = selection_->range();
            range && is_of(analysis->artifacts[*selection_->artifact()], *range))
            offer(time_target(*analysis, path, range->from_s, range->to_s));
        offer(artifact_target(*analysis, path));
    }
    target_->clear();
    for (const Target& target : targets_)
        target_->addItem(edited_target_ ? qs(place_words(target)) : target_words(target, *selection_));
    for (QWidget* part : std::initializer_list<QWidget*>{target_, editor_, tags_, colour_})
        part->setEnabled(!targets_.empty());
    show_decision();
}

void NotesPanel::choose_target(Target::Kind kind) {
    const auto it = std::find_if(targets_.begin(), targets_.end(), [&](const Target& t) { return t.kind == kind; });
    if (it == targets_.end()) return;
    target_->setCurrentIndex(static_cast<int>(it - targets_.begin()));
    show_decision();
}

void NotesPanel::show_decision() {
    const int at = target_->currentIndex();
    const auto kind = at < 0 ? Target::Kind::line : targets_[static_cast<std::size_t>(at)].kind;
    decision_->setVisible(kind == Target::Kind::frame || kind == Target::Kind::event);
    decision_->setText(kind == Target::Kind::frame ? "This frame is guilty" : "Not a problem here");
    if (!decision_->isVisibleTo(this)) decision_->setChecked(false);
}

void NotesPanel::start_note() {
    edit_anew();
    editor_->setFocus();
}

void NotesPanel::pick(const QModelIndex& index) {
    const Note* found = store_->note(index.data(NotesModel::id_role).toString().toStdString());
    if (!found) return;
    const Note note = *found;
    keep_typed();
    filling_ = true;
    if (const auto at = store_->anchor(note.id)) {
        if (at->line)
            selection_->pick_line(at->artifact, at->line);
        else
            selection_->pick_artifact(at->artifact);
        const Artifact& file = selection_->analysis()->artifacts[at->artifact].artifact;
        if (note.target.kind == Target::Kind::time)
            selection_->pick_range({file.board, file.core, note.target.from_s, note.target.to_s});
    }
    filling_ = false;
    show_note(note);
}

void NotesPanel::show_note(const Note& note) {
    filling_ = true;
    edited_ = note.id;
    edited_target_ = note.target;
    goes_on_ = false;
    offer_targets();
    editor_->setPlainText(qs(note.text));
    QStringList tags;
    for (const std::string& tag : note.tags) tags << qs(tag);
    tags_->setText(tags.join(' '));
    colour_->setCurrentIndex(std::max(0, colour_->findText(qs(note.colour))));
    decision_->setChecked(note.decision != Decision::none);
    remove_->setVisible(note.origin.empty());
    filling_ = false;
}

// At the end of each word, and in each pause.
void NotesPanel::typed() {
    if (filling_) return;
    const QString text = editor_->toPlainText();
    if (!text.isEmpty() && !text.back().isLetterOrNumber()) return keep_typed();
    pause_.start();
}

Note NotesPanel::note_of_form() const {
    const Note* old = edited_.empty() ? nullptr : store_->note(edited_);
    Note note = old ? *old : Note{};
    if (!old) note.target = targets_[static_cast<std::size_t>(std::max(0, target_->currentIndex()))];
    note.text = editor_->toPlainText().trimmed().toStdString();
    note.tags.clear();
    static const QRegularExpression blanks("[\\s,#]+");
    for (const QString& tag : tags_->text().split(blanks, Qt::SkipEmptyParts))
        note.tags.push_back(tag.toStdString());
    note.colour = colour_->currentIndex() > 0 ? colour_->currentText().toStdString() : std::string();
    const bool frame = note.target.kind == Target::Kind::frame;
    const bool of_clock = note.decision == Decision::same_moment || note.decision == Decision::clock;
    if (!decision_->isChecked())
        note.decision = Decision::none;
    else if (!of_clock)
        note.decision = frame ? Decision::guilty : Decision::no_problem;
    return note;
}

void NotesPanel::keep_typed() {
    pause_.stop();
    if (filling_ || targets_.empty()) return;
    const Note note = note_of_form();
    const Note* old = edited_.empty() ? nullptr : store_->note(edited_);
    const bool says_nothing =
        note.text.empty() && note.tags.empty() && note.colour.empty() && note.decision == Decision::none;
    if (old ? *old == note : says_nothing) return;
    filling_ = true;
    if (old) {
        store_->edit(note, goes_on_);
    } else {
        edited_ = store_->add(note);
        if (!edited_.empty()) edited_target_ = note.target;
        remove_->setVisible(!edited_.empty());
    }
    filling_ = false;
    goes_on_ = true;
}

void NotesPanel::keep() {
    keep_typed();
    edit_anew();
}

void NotesPanel::remove() {
    const std::string id = edited_;
    edit_anew();
    store_->remove(id);
}

bool NotesPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == editor_ && event->type() == QEvent::FocusOut) keep_typed();
    if (watched == editor_ && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return && key->modifiers() & Qt::ControlModifier) {
            keep();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace stallsight::gui
