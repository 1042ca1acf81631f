#include "app/gui/fields/field_rows.h"

#include <QStringList>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/words.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

QString scalar(const Fields& value) {
    if (value.is_string()) return qs(value.get<std::string>());
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_null()) return QStringLiteral("–");
    return qs(value.dump());
}

FieldRow row_of(const QString& name, const Fields& value) {
    FieldRow row{name, {}, {}};
    if (value.is_object()) {
        for (const auto& [key, part] : value.items()) row.parts.push_back(row_of(field_name(key), part));
    } else if (value.is_array() &&
               std::any_of(value.begin(), value.end(), [](const Fields& v) { return v.is_structured(); })) {
        int number = 0;
        for (const Fields& part : value) {
            QString title = QString::number(++number);
            Fields rest = part;
            if (part.is_object() && part.contains("cpu")) {
                title = "CPU " + scalar(part["cpu"]);
                rest.erase("cpu");
            }
            row.parts.push_back(row_of(title, rest));
        }
    } else if (value.is_array()) {
        QStringList all;
        for (const Fields& part : value) all << scalar(part);
        row.value = all.join(", ");
    } else {
        row.value = scalar(value);
    }
    return row;
}

void add(std::vector<FieldRow>& rows, const QString& name, const QString& value) {
    if (!value.isEmpty()) rows.push_back({name, value, {}});
}

QString times(int n) {
    return n == 0 ? "not" : n == 1 ? "once" : QString("%1 times").arg(n);
}

void add_stall(const Analysis& analysis, const EventInfo& event, std::vector<FieldRow>& rows) {
    for (const StallEpisode& stall : analysis.stalls) {
        if (std::find(stall.events.begin(), stall.events.end(), event.id) == stall.events.end()) continue;
        FieldRow row{
            "stall episode", stall.start_s ? duration(stall.end_s - *stall.start_s) : "length not known", {}};
        add(row.parts, "flavor", qs(stall.flavor));
        add(row.parts, "held up by", cpu_list(stall.cpus));
        for (const auto& [cpu, doing] : stall.doing) add(row.parts, QString("on CPU %1").arg(cpu), qs(doing));
        if (stall.start_s) add(row.parts, "began at", QString("%1 s").arg(*stall.start_s, 0, 'f', 3));
        add(row.parts, "ended at",
            stall.open ? QString("open at the end of the log (%1 s)").arg(stall.end_s, 0, 'f', 3)
                       : QString("%1 s").arg(stall.end_s, 0, 'f', 3));
        add(row.parts, "why", qs(stall.end_basis));
        if (stall.detected_by) add(row.parts, "detected by", QString("CPU %1").arg(*stall.detected_by));
        if (stall.starved_jiffies)
            add(row.parts, "starved",
                QString("%1 for %2 jiffies").arg(qs(stall.starved_kthread), grouped(*stall.starved_jiffies)));
        rows.push_back(std::move(row));
    }
}

void add_identity(const Analysis& analysis, const EventInfo& event, std::vector<FieldRow>& rows) {
    const Artifact& artifact = analysis.artifacts[event.artifact].artifact;
    add(rows, "what", qs(event.title));
    add(rows, "as printed", qs(event.report.headline));
    add(rows, "where",
        QString("%1, lines %2 to %3").arg(qs(artifact.path)).arg(event.report.line).arg(event.report.line_last));
    add(rows, "board and core", core_name(artifact.board, artifact.core));
    if (event.report.time) add(rows, "uptime", clock_time(seconds(*event.report.time)) + " s");
    add(rows, "wall clock", qs(event.report.wall));
    if (event.report.cpu) add(rows, "CPU", QString::number(*event.report.cpu));
    add(rows, "task", qs(task_words(event.report.task)));
    add(rows, "kernel", qs(event.report.machine.release));
    add(rows, "taint", qs(event.report.machine.taint));
    add(rows, "hardware", qs(event.report.machine.hardware));
    FieldRow guilty{"guilty", guilty_name(event), {}};
    add(guilty.parts, "because", qs(event.guilty.reason));
    QStringList next;
    for (const std::string& candidate : event.guilty.candidates) next << qs(candidate);
    add(guilty.parts, "next candidates", next.join(", "));
    if (!guilty.value.isEmpty()) rows.push_back(std::move(guilty));
    add(rows, "follows from",
        event.caused_by.empty() ? QString() : qs(event.caused_by) + ": " + qs(event.follows_because));
}

}  // namespace

QString field_name(const std::string& key) {
    return qs(key).replace('_', ' ');
}

std::vector<FieldRow> field_rows(const Analysis& analysis, const EventInfo& event) {
    std::vector<FieldRow> rows;
    add_identity(analysis, event, rows);
    add_stall(analysis, event, rows);
    if (const Chain* chain = analysis.chain_of(event.id); chain && chain->count) {
        FieldRow row{"preempt_count", hex(chain->count->raw, 8), {}};
        add(row.parts, "context", qs(chain->count->context));
        add(row.parts, "preemption disabled", times(chain->count->preempt));
        add(row.parts, "bottom halves disabled", times(chain->count->softirq_disabled));
        add(row.parts, "serving a softirq", chain->count->serving_softirq ? "yes" : "no");
        add(row.parts, "hard interrupts", QString::number(chain->count->hardirq));
        add(row.parts, "NMIs", QString::number(chain->count->nmi));
        rows.push_back(std::move(row));
    }
    for (const auto& [key, value] : event.report.fields.items()) rows.push_back(row_of(field_name(key), value));
    if (event.report.partial) add(rows, "incomplete", qs(event.report.partial_reason));
    add(rows, "signature", qs(event.signature));
    return rows;
}

}  // namespace stallsight::gui
