// What the engineer says of the cores' clocks, kept in the case.
#include <QMessageBox>
#include <algorithm>

#include "analysis/case/anchor.h"
#include "app/gui/main_window.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

void say_not_set(QWidget* parent, const Error& error) {
    QMessageBox::warning(parent, "The clocks are not set", qs(error.text()));
}

}  // namespace

// Dragged again, a core's clock is another one, not two.
void MainWindow::set_clock(const ClockOffset& offset) {
    const Analysis& analysis = *selection_.analysis();
    const auto log =
        std::find_if(analysis.artifacts.begin(), analysis.artifacts.end(), [&](const ArtifactInfo& info) {
            return info.artifact.kind == ArtifactKind::kernel_log && info.artifact.board == offset.board &&
                   info.artifact.core == offset.core;
        });
    if (log == analysis.artifacts.end()) return;
    const auto target = artifact_target(analysis, log->artifact.path);
    if (!target) return say_not_set(this, target.error());
    const auto& notes = notes_.file().notes;
    const auto old = std::find_if(notes.begin(), notes.end(), [&](const Note& note) {
        return note.decision == Decision::clock && note.target.artifact == target->artifact;
    });
    Note note = old == notes.end() ? Note{} : *old;
    note.target = *target;
    note.decision = Decision::clock;
    note.offset_s = offset.offset_s;
    note.error_s = offset.error_s;
    old == notes.end() ? static_cast<void>(notes_.add(note)) : static_cast<void>(notes_.edit(note));
}

// The first line is remembered; one of another core's log then is the same moment.
void MainWindow::name_moment() {
    if (!selection_.analysis() || !selection_.artifact() || selection_.line() == 0) return;
    const Analysis& analysis = *selection_.analysis();
    const Artifact& here = analysis.artifacts[*selection_.artifact()].artifact;
    const auto remembered = artifact_of_path(analysis, moment_.substr(0, moment_.rfind(':')));
    const Artifact* there = remembered ? &analysis.artifacts[*remembered].artifact : nullptr;
    if (!there || (there->board == here.board && there->core == here.core)) {
        moment_ = here.path + ":" + std::to_string(selection_.line());
        case_->setText("moment: " + qs(moment_) +
                       QStringLiteral(" · now pick its line in another core's log, and T"));
        return;
    }
    auto target = line_target(analysis, here.path, selection_.line());
    if (!target) return say_not_set(this, target.error());
    Note note;
    note.target = std::move(*target);
    note.decision = Decision::same_moment;
    note.same_as = std::exchange(moment_, {});
    notes_.add(std::move(note));
}

}  // namespace stallsight::gui
