// What the lists of the window and the numbers of its axes say, without a window.
#include <QTest>
#include <nlohmann/json.hpp>

#include "app/gui/answer/mark_up.h"
#include "app/gui/bundle_tree/bundle_rows.h"
#include "app/gui/events/event_rows.h"
#include "app/gui/fields/field_rows.h"
#include "app/gui/source/code_view.h"
#include "app/gui/theme.h"
#include "app/gui/timeline/timeline_plot.h"

using namespace stallsight;
using namespace stallsight::gui;

namespace {

void add_artifact(Analysis& analysis, const std::string& path, ArtifactKind kind) {
    ArtifactInfo info;
    info.artifact.path = path;
    info.artifact.kind = kind;
    analysis.artifacts.push_back(info);
}

void add_event(Analysis& analysis, EventKind kind, const std::string& headline) {
    EventInfo event;
    event.id = "e" + std::to_string(analysis.events.size() + 1);
    event.report.kind = kind;
    event.report.headline = headline;
    event.report.task = {"hwa_cfg_waiter", 319};
    analysis.events.push_back(event);
}

}  // namespace

class TestLists : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { apply_theme(*qApp, Appearance::light); }

    void a_dump_and_its_log_are_one_entry() {
        Analysis analysis;
        add_artifact(analysis, "vmcore.kdump", ArtifactKind::vmcore);
        add_artifact(analysis, "vmcore.kdump/log", ArtifactKind::kernel_log);
        const auto rows = bundle_rows(analysis);
        QCOMPARE(rows.size(), std::size_t(1));
        QCOMPARE(rows.front().title, "vmcore.kdump");
        QCOMPARE(rows.front().children.size(), std::size_t(1));
        QCOMPARE(rows.front().children.front().title, "log");
    }

    void a_stall_that_is_not_of_rcu_says_who_was_stuck() {
        Analysis analysis;
        add_artifact(analysis, "dmesg", ArtifactKind::kernel_log);
        add_event(analysis, EventKind::hung_task,
                  "INFO: task hwa_cfg_waiter:319 blocked for more than 10 seconds.");
        StallEpisode stall;
        stall.flavor = "hung_task";
        stall.events = {"e1"};
        stall.start_s = 61.79;
        analysis.stalls.push_back(stall);
        QCOMPARE(event_rows(analysis).front().detail, QStringLiteral("hwa_cfg_waiter (pid 319) · since 61.79 s"));
    }

    void a_file_of_a_module_is_named_without_where_it_was_built() {
        Analysis analysis;
        add_artifact(analysis, "dmesg", ArtifactKind::kernel_log);
        add_event(analysis, EventKind::warning,
                  "WARNING: CPU: 0 PID: 1 at /build/a/hwa_diag.c:184 hwa_warn+0x1/0x2");
        add_event(analysis, EventKind::warning, "WARNING: CPU: 0 PID: 1 at kernel/sched/core.c:3899 f+0x1/0x2");
        const auto rows = event_rows(analysis);
        QCOMPARE(rows[0].detail, "hwa_diag.c:184");
        QCOMPARE(rows[1].detail, "kernel/sched/core.c:3899");
    }

    void every_tick_of_the_timeline_shows_its_own_time() {
        TimelinePlot plot;
        plot.resize(700, 300);
        CoreLanes lanes;
        lanes.cpus = {0};
        for (const double length : {0.0009, 0.27, 0.9, 3.0, 17.5, 170.0, 16000.0}) {
            lanes.last = length;
            plot.set_lanes({lanes});
            plot.replot();
            const QCPAxis* axis = plot.items().front()->rect()->axis(QCPAxis::atTop);
            const QVector<double> ticks = axis->tickVector();
            const QVector<QString> labels = axis->tickVectorLabels();
            for (qsizetype i = 0; i < ticks.size(); ++i) {
                QString number = labels[i];
                number.remove(" s").remove(QChar(0x2009));
                QVERIFY2(std::abs(number.toDouble() - ticks[i]) < length * 1e-3, qPrintable(labels[i]));
            }
        }
    }

    void a_cpu_is_named_once_in_the_fields() {
        Analysis analysis;
        add_artifact(analysis, "dmesg", ArtifactKind::kernel_log);
        add_event(analysis, EventKind::rcu_stall, "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:");
        analysis.events.front().report.fields["cpus"] = Fields::array({Fields{{"cpu", 3}, {"fqs", 33}}});
        for (const FieldRow& row : field_rows(analysis, analysis.events.front())) {
            if (row.name != "cpus") continue;
            QCOMPARE(row.parts.front().name, "CPU 3");
            QCOMPARE(row.parts.front().parts.size(), std::size_t(1));
            return;
        }
        QFAIL("no row of the CPUs");
    }

    void what_stands_between_backticks_is_shown_in_the_log_s_letters() {
        const QString html = marked_up("a vmcore or `sysrq l` would", Analysis{});
        QVERIFY2(html.contains(">sysrq l</span>") && !html.contains('`'), qPrintable(html));
    }

    void changed_lines_of_a_diff_are_filled_and_its_file_names_are_not() {
        CodeView view;
        view.show_diff("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n-old\n+new\n same\n");
        const auto fill = [&](int line) {
            return view.document()->findBlockByNumber(line).blockFormat().background().color();
        };
        for (const int line : {0, 1, 2, 5}) QCOMPARE(fill(line), QColor(Qt::black));  // none
        QVERIFY(view.document()->begin().layout()->formats().isEmpty());              // in the colour of the text
        QCOMPARE(fill(3), theme().removed);
        QCOMPARE(fill(4), theme().added);
    }
};

QTEST_MAIN(TestLists)
#include "test_lists.moc"
