#include "app/gui/events/event_rows.h"

#include <algorithm>
#include <map>

#include "analysis/torture.h"
#include "analysis/words.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

const StallEpisode* episode_of(const Analysis& analysis, const EventInfo& event) {
    for (const StallEpisode& stall : analysis.stalls)
        if (std::find(stall.events.begin(), stall.events.end(), event.id) != stall.events.end()) return &stall;
    return nullptr;
}

// Of RCU's flavors there are several; of the others the title says it, and not who was stuck.
QString stall_detail(const StallEpisode& stall, const Event& report) {
    QStringList words;
    if (report.kind == EventKind::rcu_stall)
        words << qs(stall.flavor);
    else if (!report.task.comm.empty())
        words << qs(task_words(report.task));
    if (const QString place = (qs(stall.board) + ' ' + cpu_list(stall.cpus)).trimmed(); !place.isEmpty())
        words << place;
    if (stall.start_s) words << QString("since %1 s").arg(*stall.start_s, 0, 'f', 2);
    return words.join(QStringLiteral(" · "));
}

// " at kernel/sched/core.c:3899" of a warning's headline: where it is more telling than what it is in.
QString printed_place(const EventInfo& event) {
    const std::string& headline = event.report.headline;
    const std::size_t at = headline.find(" at ");
    if (at == std::string::npos) return {};
    const QString place = qs(headline.substr(at + 4)).section(' ', 0, 0);
    if (!place.contains(':')) return {};
    return place.startsWith('/') ? place.section('/', -1) : place;  // where a module was built says little
}

Row event_row(const Analysis& analysis, const EventInfo& event) {
    Row row;
    row.event = event.id;
    row.artifact = event.artifact;
    row.title = event_name(event);
    row.mark = mark_of(event.report.kind);
    row.strong = event.caused_by.empty();
    if (const StallEpisode* stall = episode_of(analysis, event)) {
        row.detail = stall_detail(*stall, event.report);
        if (stall->open) row.pills << "open at end of log";
        return row;
    }
    QStringList words;
    if (const QString place = printed_place(event); !place.isEmpty())
        words << place;
    else if (!event.guilty.function.empty())
        words << "in " + qs(event.guilty.function);
    if (event.report.cpu) words << QString("CPU %1").arg(*event.report.cpu);
    const EventInfo* cause = analysis.event(event.caused_by);
    if (cause && cause->report.time && event.report.time && cause->artifact == event.artifact)
        words << QString("+%1 s").arg(seconds(*event.report.time - *cause->report.time), 0, 'f', 3);
    else if (event.report.time)
        words << clock_time(seconds(*event.report.time), 3);
    row.detail = words.join(QStringLiteral(" · "));
    if (cause) row.pills << "follows";
    if (event.report.partial) row.pills << "incomplete";
    return row;
}

Row torture_row(const TortureSummary& summary) {
    Row row;
    row.mark = summary.failed ? Mark::cause : Mark::good;
    row.title = summary.failed ? "rcutorture: " + qs(summary.failure) : QString("rcutorture: no failure");
    if (summary.versions_per_s > 0) row.title += QString(", %1 versions/s").arg(summary.versions_per_s, 0, 'f', 0);
    QStringList words;
    if (summary.statistics) words << count(summary.statistics, "sample");
    if (summary.forward_progress) words << count(summary.forward_progress, "forward-progress run");
    row.detail = words.join(QStringLiteral(" · "));
    row.artifact = summary.artifact;
    row.line = summary.line;
    return row;
}

}  // namespace

std::vector<TortureSummary> torture_summaries(const Analysis& analysis) {
    std::map<std::pair<std::string, std::string>, TortureSummary> cores;
    std::map<std::pair<std::string, std::string>, std::pair<const TortureSample*, const TortureSample*>> ends;
    for (const TortureInfo& info : analysis.torture) {
        const auto key = std::make_pair(info.board, info.core);
        TortureSummary& summary = cores[key];
        if (info.sample.kind == TortureSample::Kind::fwd_prog_nr) ++summary.forward_progress;
        if (info.sample.failed && !summary.failed) {
            summary.failed = true;
            summary.failure = info.sample.words.empty() ? "failure" : info.sample.words.front();
            summary.artifact = info.artifact;
            summary.line = info.sample.line;
        }
        if (info.sample.kind != TortureSample::Kind::statistics) continue;
        ++summary.statistics;
        if (!summary.failed) summary.artifact = info.artifact, summary.line = info.sample.line;
        if (!info.sample.version || !info.sample.time) continue;
        auto& [first, last] = ends[key];
        if (!first) first = &info.sample;
        last = &info.sample;
    }
    std::vector<TortureSummary> all;
    for (auto& [key, summary] : cores) {
        if (auto it = ends.find(key); it != ends.end())
            summary.versions_per_s = versions_per_second(*it->second.first, *it->second.second).value_or(0);
        all.push_back(summary);
    }
    return all;
}

std::vector<Row> event_rows(const Analysis& analysis, const EventFilter& wanted) {
    const auto hidden = [&](const EventInfo& event) { return wanted && !wanted(event); };
    std::vector<Row> rows;
    std::map<std::string, std::size_t> by_signature, place;  // signature, event id -> index into rows
    for (const EventInfo& event : analysis.events) {
        // What follows from an event outside the range stands for itself.
        const EventInfo* cause = analysis.event(event.caused_by);
        if (hidden(event) || (cause && !hidden(*cause))) continue;
        const std::string key =
            event.signature.empty() ? event.id : event.signature + '\n' + std::to_string(event.artifact);
        const auto [it, fresh] = by_signature.try_emplace(key, rows.size());
        if (fresh) {
            rows.push_back(event_row(analysis, event));
        } else {
            rows[it->second].children.push_back(event_row(analysis, event));
        }
        place[event.id] = it->second;
    }
    for (Row& row : rows)
        if (!row.children.empty()) row.pills.prepend(QString("× %1").arg(row.children.size() + 1));
    for (const EventInfo& event : analysis.events) {
        // Consequences of consequences stand under the first cause: the list stays two levels deep.
        const bool told = hidden(event) || place.contains(event.id);
        const EventInfo* root = told ? nullptr : analysis.event(event.caused_by);
        for (std::size_t guard = 0; root && !place.contains(root->id) && guard < analysis.events.size(); ++guard)
            root = analysis.event(root->caused_by);
        if (root && place.contains(root->id)) rows[place[root->id]].children.push_back(event_row(analysis, event));
    }
    // The incident that the answer is about stands on top.
    if (!analysis.diagnoses.empty() && !analysis.diagnoses.front().evidence.empty()) {
        const std::string& first = analysis.diagnoses.front().evidence.front();
        std::stable_partition(rows.begin(), rows.end(), [&](const Row& row) { return row.event == first; });
    }
    if (wanted) return rows;  // rcutorture is summed up over the whole log
    for (const TortureSummary& summary : torture_summaries(analysis)) rows.push_back(torture_row(summary));
    return rows;
}

QString events_in_words(const Analysis& analysis) {
    const auto incidents = std::count_if(analysis.events.begin(), analysis.events.end(),
                                         [](const EventInfo& e) { return e.caused_by.empty(); });
    if (analysis.events.empty()) return "none";
    return QString("%1 in %2")
        .arg(grouped(static_cast<std::int64_t>(analysis.events.size())),
             count(static_cast<std::size_t>(incidents), "incident"));
}

}  // namespace stallsight::gui
