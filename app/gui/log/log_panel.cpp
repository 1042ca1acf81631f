#include "app/gui/log/log_panel.h"

#include <QtConcurrent>

#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

struct Place {
    std::size_t artifact;
    std::uint64_t line;
};

// From the line on in this file, then through the others, and round to the lines before it.
std::optional<Place> search(const AnalysisPtr& analysis, std::size_t start, std::uint64_t line,
                            const std::string& needle, bool forward, const std::atomic<bool>& cancelled) {
    const std::size_t files = analysis->artifacts.size();
    for (std::size_t step = 0; step <= files && !cancelled; ++step) {
        const std::size_t file = (start + (forward ? step : 2 * files - step)) % files;
        if (!is_text(analysis->artifacts[file].artifact)) continue;
        const LogText text(analysis, file);
        std::uint64_t from = forward ? 0 : text.bytes().size();
        if (step == 0 && text.lines()) from = text.offset_of(line);
        if (const auto at = find_text(text.bytes(), needle, from, forward, cancelled))
            return Place{file, text.line_at(*at)};
    }
    return std::nullopt;
}

}  // namespace

LogPanel::LogPanel(Selection* selection, QWidget* parent)
    : Panel("Log", parent),
      selection_(selection),
      view_(new LogView(selection)),
      search_cancelled_(std::make_shared<std::atomic<bool>>(false)) {
    set_content(view_);
    setFocusProxy(view_);
    connect(view_, &LogView::artifact_changed, this, &LogPanel::retitle);
    // Its places are numbers into the analysis that it searched.
    connect(selection, &Selection::analysis_changed, this, [this] { *search_cancelled_ = true; });
}

LogPanel::~LogPanel() {
    *search_cancelled_ = true;
}

void LogPanel::retitle() {
    const AnalysisPtr& analysis = selection_->analysis();
    if (!analysis || !view_->artifact()) return set_note({});
    const ArtifactInfo& info = analysis->artifacts[*view_->artifact()];
    QStringList words{qs(info.artifact.path), count(view_->text().lines(), "line")};
    if (!info.scan.remarks.empty()) words << count(info.scan.remarks.size(), "remark");
    words << bytes_in_words(info.artifact.bytes.size());
    set_note(words.join(QStringLiteral(" · ")));
}

void LogPanel::find(const QString& needle, bool forward, bool again) {
    *search_cancelled_ = true;
    view_->set_found(needle);
    const AnalysisPtr analysis = selection_->analysis();
    if (needle.isEmpty() || !analysis || !view_->artifact()) return emit found({});
    auto cancelled = std::make_shared<std::atomic<bool>>(false);
    search_cancelled_ = cancelled;
    const std::size_t file = *view_->artifact();
    const std::uint64_t here = std::max<std::uint64_t>(1, selection_->line());
    const std::uint64_t line = again && forward ? here + 1 : here;
    emit found(QStringLiteral("searching…"));
    auto* watcher = new QFutureWatcher<std::optional<Place>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, cancelled] {
        watcher->deleteLater();
        if (*cancelled) return;
        const std::optional<Place> place = watcher->result();
        if (!place) return emit found("not found");
        selection_->pick_line(place->artifact, place->line);
        const std::string& path = selection_->analysis()->artifacts[place->artifact].artifact.path;
        emit found(QString("%1:%2").arg(qs(path.substr(path.rfind('/') + 1))).arg(place->line));
    });
    watcher->setFuture(QtConcurrent::run(
        [=, text = needle.toStdString()] { return search(analysis, file, line, text, forward, *cancelled); }));
}

}  // namespace stallsight::gui
