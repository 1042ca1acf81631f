// The parts of the window that need no bundle: words, colours, long logs.
#include <QTest>

#include "analysis/sources.h"
#include "app/gui/fields/field_rows.h"
#include "app/gui/log/line_style.h"
#include "app/gui/log/log_text.h"
#include "app/gui/theme.h"
#include "app/gui/timeline/timeline_plot.h"
#include "app/gui/words.h"

using namespace stallsight;
using namespace stallsight::gui;

namespace {

AnalysisPtr analysis_of(std::string text) {
    auto analysis = std::make_shared<Analysis>();
    ArtifactInfo info;
    info.artifact.path = "a.log";
    info.artifact.kind = ArtifactKind::kernel_log;
    info.artifact.bytes = Bytes::own(std::move(text));
    analysis->artifacts.push_back(std::move(info));
    return analysis;
}

}  // namespace

class TestWindowParts : public QObject {
    Q_OBJECT
private slots:
    void durations_read_as_a_person_says_them() {
        QCOMPARE(duration(15268.234), "4 h 14 min 28 s");
        QCOMPARE(duration(0.2961), "0.296 s");
        QCOMPARE(duration(90061), "1 d 1 h 1 min 1 s");
        QCOMPARE(count(1, "event"), "1 event");
        QCOMPARE(count(3, "event"), "3 events");
        QCOMPARE(grouped(15268154), QStringLiteral("15\u2009268\u2009154"));
    }

    void every_text_colour_is_readable_on_its_surface() {
        for (Appearance appearance : {Appearance::light, Appearance::dark}) {
            apply_theme(*qApp, appearance);
            const Theme& t = theme();
            for (const QColor& text :
                 {t.text, t.muted, t.faint, t.accent, t.cause, t.warning, t.stall, t.good, t.remark})
                for (const QColor& surface : {t.window, t.panel, t.log, t.raised})
                    QVERIFY2(contrast(text, surface) >= 4.5, qPrintable(text.name() + " on " + surface.name()));
            for (const QColor& text : {t.text, t.accent, t.cause, t.remark})
                QVERIFY2(contrast(text, t.selection) >= 3.0, qPrintable(text.name() + " on the selection"));
            QVERIFY(contrast(t.stall_bar_text, t.stall_bar) >= 4.5);
        }
    }

    void a_saved_terminal_is_shown_as_it_was_seen() {
        const LogText text(analysis_of("\x1b[?2004hcrash> sys\r\n\x1b[?2004l\r  KERNEL: vmlinux\r\nplain"), 0);
        const auto lines = text.read(1, 3);
        QCOMPARE(lines.size(), 3u);
        QCOMPARE(lines[0].text, "crash> sys");
        QCOMPARE(lines[1].text, "  KERNEL: vmlinux");
        QCOMPARE(lines[2].text, "plain");
    }

    void a_line_of_many_megabytes_is_cut() {
        const LogText text(analysis_of(std::string(20U << 20U, 'x') + "\nsecond\r\nthird"), 0);
        QCOMPARE(text.lines(), std::uint64_t{3});
        const std::vector<LogLine> lines = text.read(1, 10);
        QCOMPARE(lines.size(), std::size_t{3});
        QVERIFY(lines[0].cut);
        QCOMPARE(lines[0].text.size(), LogText::shown_bytes);
        QCOMPARE(lines[1].text, std::string_view("second"));
        QCOMPARE(lines[2].text, std::string_view("third"));
    }

    void text_is_found_across_pieces_in_both_directions() {
        std::string text((1U << 20U) - 3, 'a');
        text += "Needle" + std::string(3U << 20U, 'b') + "needle";
        const std::atomic<bool> cancelled{false};
        const std::uint64_t first = (1U << 20U) - 3, second = text.size() - 6;
        QCOMPARE(find_text(text, "needle", 0, true, cancelled), std::optional(first));
        QCOMPARE(find_text(text, "needle", first + 1, true, cancelled), std::optional(second));
        QCOMPARE(find_text(text, "needle", second, false, cancelled), std::optional(first));
        QCOMPARE(find_text(text, "Needle", first + 1, true, cancelled), std::optional<std::uint64_t>());
    }

    void a_frame_line_is_taken_apart() {
        const auto pieces =
            pieces_of("[...] .nokia_rpmsg_notify+0x28/0xb8 [rpmsg_platform_driver]", {"nokia_rpmsg_notify"});
        QStringList texts;
        for (const Piece& piece : pieces) texts << piece.text;
        QCOMPARE(texts,
                 (QStringList{"[...]", " ", ".nokia_rpmsg_notify", "+0x28/0xb8", " [rpmsg_platform_driver]"}));
        QCOMPARE(pieces[2].look, Piece::Look::key_function);
        QCOMPARE(printable(std::string_view("a\x01\tb", 4)), QStringLiteral("a\u2401 b"));
    }

    void a_source_path_from_a_log_cannot_climb_out() {
        const Analysis empty;
        QVERIFY(!find_source(empty, {{STALLSIGHT_SOURCE_DIR "/tests"}, {}}, "../LICENSE"));
        QVERIFY(find_source(empty, {{STALLSIGHT_SOURCE_DIR}, {}}, "/build/of/somebody/app/gui/theme.h"));
    }

    void the_source_beats_the_folder_only_where_it_agrees() {
        Analysis analysis;
        ArtifactInfo info;
        info.artifact.path = "src/rpmsg_platform_driver.c";
        info.artifact.kind = ArtifactKind::source;
        info.artifact.bytes = Bytes::own("int x;\n");
        analysis.artifacts.push_back(info);
        const auto found = find_source(analysis, {}, "/home/x/misc/rpmsg_platform_driver.c");
        QVERIFY(found && found->name == "src/rpmsg_platform_driver.c");
        QVERIFY(!find_source(analysis, {}, "/home/x/misc/other.c"));
    }

    void bars_that_overlap_stand_one_below_the_other() {
        std::vector<LaneBar> bars(4);
        bars[0].start = 0, bars[0].end = 10;
        bars[1].start = 5, bars[1].end = 15;
        bars[2].start = 12, bars[2].end = 20;  // free again in the first row
        bars[3].start = 6, bars[3].end = 7, bars[3].lane = 1;
        stack_bars(bars);
        QCOMPARE(bars[0].row, 0);
        QCOMPARE(bars[1].row, 1);
        QCOMPARE(bars[2].row, 0);
        QCOMPARE(bars[2].rows, 2);
        QCOMPARE(bars[3].rows, 1);
    }

    void the_words_of_a_bar_keep_clear_of_marks_and_other_bars() {
        const auto alone = place_words({100, 500}, {0, 1000}, {}, 200);
        QVERIFY(alone && alone->inside);
        QCOMPARE(alone->at, Stretch(108, 492));
        const auto marked = place_words({100, 500}, {0, 1000}, {150}, 200);
        QVERIFY(marked && marked->inside && marked->at.first > 150);
        // Short words fit a short bar, long ones stand beside it, on the side where nothing is.
        QVERIFY(place_words({100, 150}, {0, 1000}, {}, 30)->inside);
        const auto right = place_words({100, 150}, {0, 1000}, {}, 200);
        QVERIFY(right && !right->inside && right->at.first > 150);
        const auto left = place_words({300, 350}, {0, 1000}, {400}, 200);
        QVERIFY(left && !left->inside && left->at.second < 300);
        const auto half = place_words({100, 150}, {90, 300}, {}, 200);
        QVERIFY(half && !half->inside);
        QCOMPARE(half->at.second, 300.0);
        QVERIFY(!place_words({300, 350}, {290, 360}, {}, 200));
    }

    void many_marks_of_one_look_are_drawn_as_few_and_the_picked_one_always() {
        TimelinePlot plot;
        plot.resize(700, 100);
        CoreLanes lanes;
        lanes.cpus = {0};
        lanes.last = 1000;
        for (int i = 0; i < 10000; ++i)
            lanes.marks.push_back({0, i * 0.1, Mark::cause, {}, "e" + std::to_string(i + 1), {}});
        plot.set_lanes({lanes});
        const LanesItem& item = *plot.items().front();
        const std::size_t few = item.distinct_marks().size();
        QVERIFY(few > 50 && few < 200);
        const auto shown = [&](const std::string& event) {
            const auto marks = item.distinct_marks();
            return std::any_of(marks.begin(), marks.end(), [&](const LaneMark* m) { return m->event == event; });
        };
        QVERIFY(!shown("e5003"));
        plot.select("e5003", "", "", std::nullopt);
        QVERIFY(shown("e5003"));
        QCOMPARE(item.distinct_marks().size(), few + 1);
    }

    void a_time_range_of_a_log_is_found_by_its_lines() {
        auto analysis = std::make_shared<Analysis>();
        ArtifactInfo info;
        info.artifact.kind = ArtifactKind::kernel_log;
        std::string text = "no stamp\n";
        for (int i = 0; i < 5000; ++i)
            text +=
                QString("[%1] line\n").arg(i * 0.5, 12, 'f', 6).toStdString() + (i % 7 ? "" : "program output\n");
        info.artifact.bytes = Bytes::own(text);
        analysis->artifacts.push_back(info);
        const LogText log(analysis, 0);
        const auto lines = log.lines_between(100, 200);
        QVERIFY(lines.has_value());
        QCOMPARE(*parse_record(log.read(lines->first, 1).front().text).time, Time(100000000));
        std::optional<Time> last;
        for (const LogLine& line : log.read(lines->first, lines->second - lines->first + 1))
            if (const auto time = parse_record(line.text).time) last = time;
        QCOMPARE(*last, Time(200000000));
        QVERIFY(!log.lines_between(9000, 9001));
    }

    void time_and_pixels_convert_both_ways() {
        TimelinePlot plot;
        plot.resize(700, 300);
        CoreLanes lanes;
        lanes.cpus = {0, 1};
        lanes.first = 50300, lanes.last = 50500;
        lanes.marks.push_back({0, 50400, Mark::cause, {}, "e1", {}});
        plot.set_lanes({lanes});
        plot.replot();
        const QCPAxis* axis = plot.items().front()->rect()->axis(QCPAxis::atTop);
        for (double time = 50300; time <= 50500; time += 7.3)
            QVERIFY(std::abs(axis->pixelToCoord(axis->coordToPixel(time)) - time) < 0.01);
        plot.zoom(0.1);
        QVERIFY(axis->range().size() < 21);
        plot.fit();
        QCOMPARE(axis->range().lower, 50300.0);
    }
};

QTEST_MAIN(TestWindowParts)
#include "test_window_parts.moc"
