#include "app/gui/bundle_tree/bundle_rows.h"

#include <algorithm>

#include "app/gui/selection.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

QString file_name(const std::string& path) {
    return qs(path.substr(path.rfind('/') + 1));
}

QString folder_name(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? QString() : qs(path.substr(0, slash));
}

QString kind_word(ArtifactKind kind) {
    switch (kind) {
        case ArtifactKind::crash_text:
            return "crash session";
        case ArtifactKind::debug_info:
            return "debug info";
        case ArtifactKind::vmcore:
            return "memory dump";
        case ArtifactKind::source:
            return "source";
        case ArtifactKind::kernel_config:
            return "kernel config";
        case ArtifactKind::system_map:
            return "symbol map";
        case ArtifactKind::binary:
            return "not a text";
        case ArtifactKind::empty:
            return "empty";
        default:
            return {};
    }
}

Row file_row(const Analysis& analysis, std::size_t number) {
    const ArtifactInfo& info = analysis.artifacts[number];
    Row row;
    row.title = file_name(info.artifact.path);
    row.artifact = number;
    QStringList words;
    if (info.events) words << count(info.events, "event");
    const auto samples = std::count_if(analysis.torture.begin(), analysis.torture.end(), [&](const TortureInfo& t) {
        return t.artifact == number && t.sample.kind == TortureSample::Kind::statistics;
    });
    if (samples) words << count(static_cast<std::size_t>(samples), "sample");
    if (info.artifact.kind == ArtifactKind::kernel_log && words.isEmpty()) words << "no report";
    if (const QString kind = kind_word(info.artifact.kind); !kind.isEmpty()) words << kind;
    row.suffix = words.join(QStringLiteral(" · "));
    const bool touches = std::any_of(analysis.patch_hunks.begin(), analysis.patch_hunks.end(),
                                     [&](const PatchHunk& h) { return h.artifact == number && h.on_chain; });
    if (touches) row.pills << "on the chain";
    if (info.artifact.truncated) row.pills << "cut short";
    return row;
}

const CoreInfo* core_info(const Analysis& analysis, const std::string& board, const std::string& core) {
    for (const CoreInfo& info : analysis.cores)
        if (info.board == board && info.core == core) return &info;
    return nullptr;
}

QString core_facts(const Analysis& analysis, const CoreInfo& info) {
    QStringList words;
    if (!info.release.empty()) words << qs(info.release);
    if (!info.arch.empty()) words << qs(info.arch);
    if (const CoreClock* clock = analysis.clock_of(info.board, info.core))
        words << (clock->hz ? QString("HZ %1").arg(*clock->hz) : QString("HZ ?"));
    return words.join(QStringLiteral(" · "));
}

Row& child_named(std::vector<Row>& rows, const QString& title) {
    auto it = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.title == title && !r.artifact; });
    if (it != rows.end()) return *it;
    rows.emplace_back().title = title;
    return rows.back();
}

Row* row_of_file(std::vector<Row>& rows, std::size_t number) {
    for (Row& row : rows) {
        if (row.artifact == number) return &row;
        if (Row* below = row_of_file(row.children, number)) return below;
    }
    return nullptr;
}

void add_file(std::vector<Row>& rows, const Analysis& analysis, std::size_t number) {
    const Artifact& artifact = analysis.artifacts[number].artifact;
    // The log of a dump stands below the dump, which is a file itself.
    if (const auto dump = artifact_of_path(analysis, folder_name(artifact.path).toStdString()))
        if (Row* row = row_of_file(rows, *dump)) return row->children.push_back(file_row(analysis, number));
    std::vector<Row>* into = &rows;
    if (artifact.board.empty() && artifact.core.empty()) {
        if (const QString folder = folder_name(artifact.path); !folder.isEmpty())
            into = &child_named(rows, folder).children;
    } else {
        const CoreInfo* info = core_info(analysis, artifact.board, artifact.core);
        if (!artifact.board.empty()) {
            Row& board = child_named(*into, qs(artifact.board));
            board.strong = true;
            if (info && !info->state.empty()) board.pills = QStringList{qs(info->state)};
            into = &board.children;
        }
        if (!artifact.core.empty()) {
            Row& core = child_named(*into, qs(artifact.core));
            if (info) core.suffix = core_facts(analysis, *info);
            into = &core.children;
        }
    }
    into->push_back(file_row(analysis, number));
}

}  // namespace

std::vector<Row> bundle_rows(const Analysis& analysis) {
    std::vector<Row> rows;
    for (std::size_t number = 0; number < analysis.artifacts.size(); ++number) add_file(rows, analysis, number);
    // Files that belong to no board come last: the boards are what one looks for.
    std::stable_partition(rows.begin(), rows.end(), [](const Row& r) { return r.strong; });
    for (const Error& problem : analysis.problems) {
        Row row;
        row.mark = Mark::missing;
        row.title = "not wholly read: " + file_name(problem.path);
        row.detail = qs(problem.what);
        rows.push_back(std::move(row));
    }
    if (!analysis.missing.empty()) {
        Row row;
        row.mark = Mark::missing;
        row.title = count(analysis.missing.size(), "module") + " without debug info";
        QStringList names;
        for (const Missing& missing : analysis.missing)
            names << (missing.module.empty() ? QStringLiteral("vmlinux") : qs(missing.module));
        row.detail = names.join(", ");
        row.action = Row::Action::add_debug_info;
        row.action_text = QStringLiteral("add…");
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace stallsight::gui
