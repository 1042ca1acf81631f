// stallsight-window: the desktop program.
#include <CLI/CLI.hpp>
#include <QApplication>
#include <QCursor>
#include <QDir>
#include <QHashFunctions>
#include <QTimer>
#include <charconv>
#include <cstdio>

#include "analysis/report/document.h"
#include "app/gui/main_window.h"
#include "app/gui/report/pdf.h"
#include "app/gui/theme.h"
#include "app/gui/timeline/timeline_plot.h"
#include "app/source_options.h"

namespace {

using namespace stallsight::gui;

struct Arguments {
    stallsight::AnalysisOptions analysis;
    std::string bundle, screenshot, timeline, select, size, samples, tab, report, before;
    stallsight::ReportOptions report_options;
    bool light = false, dark = false;
};

int parse(int argc, char** argv, Arguments& arguments) {
    CLI::App app("The window of Stallsight: what happened on the board, and why");
    app.set_version_flag("--version", STALLSIGHT_VERSION);
    app.add_option("bundle", arguments.bundle, "folder, archive or log to open");
    auto* light = app.add_flag("--light", arguments.light, "light, whatever the desktop is");
    app.add_flag("--dark", arguments.dark, "dark, whatever the desktop is")->excludes(light);
    app.add_option("--size", arguments.size, "size of the window, as 1600x1000");
    app.add_option("--screenshot", arguments.screenshot, "write a picture of the window as PNG, and end");
    app.add_option("--timeline", arguments.timeline, "write a picture of the timeline alone as PNG, and end");
    app.add_option("--select", arguments.select,
                   "what to pick: an event's id, as e1, or a task's PID, as task:312");
    app.add_option("--tab", arguments.tab, "what to show: chain, stack, source, patch, fields, notes, tasks");
    app.add_option("--debug-dir", arguments.analysis.debug_dirs,
                   "folder with debug files, or one of them (repeatable)")
        ->allow_extra_args(false);
    app.add_option("--same-moment", arguments.analysis.same_moments,
                   "FILE:LINE=FILE:LINE: two records of one moment")
        ->allow_extra_args(false);
    stallsight::add_source_options(app, arguments.analysis.sources);
    app.add_option("--case", arguments.analysis.case_file, "case file (beside the bundle, unless told)");
    app.add_option("--samples", arguments.samples, "folder with the sample bundles");
    app.add_option("--report", arguments.report, "write the report as PDF, show no window, and end");
    app.add_option("--sections", arguments.report_options.sections, "sections of the report")->delimiter(',');
    app.add_flag("--redact", arguments.report_options.redact, "replace addresses and names in the report");
    app.add_option("--redact-word", arguments.report_options.words, "replace this word, too (repeatable)")
        ->allow_extra_args(false);
    app.add_option("--before", arguments.before, "bundle from before the patch, for the report");
    app.add_option("--made-with", arguments.report_options.made_with, "what the report says of its options");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? -1 : 2;
    }
    return 0;
}

// Beside an installed program, or beside the source tree that it was built in.
QString samples_dir(const std::string& named) {
    if (!named.empty()) return QString::fromStdString(named);
    const QDir here(QCoreApplication::applicationDirPath());
    for (const char* place : {"../share/stallsight/sample-logs", "../../../sample-logs", "../sample-logs"})
        if (here.exists(place)) return QDir::cleanPath(here.filePath(place));
    return {};
}

void pick(Selection& selection, const std::string& what) {
    constexpr std::string_view task = "task:";
    int pid = 0;
    const char* const end = what.data() + what.size();
    if (!what.starts_with(task))
        selection.pick_event(what);
    else if (std::from_chars(what.data() + task.size(), end, pid).ptr != end || !selection.pick_pid(pid))
        std::fprintf(stderr, "stallsight-window: no %s\n", what.c_str());
}

void show_tab(MainWindow& window, const std::string& name) {
    for (QAction* command : window.commands())
        if (!name.empty() &&
            command->text().compare("Show " + QString::fromStdString(name), Qt::CaseInsensitive) == 0)
            command->trigger();
}

void take_picture(MainWindow& window, const Arguments& arguments) {
    const auto shoot = [&window, file = QString::fromStdString(arguments.screenshot)] {
        const bool saved = window.grab().save(file, "PNG");
        if (!saved) std::fprintf(stderr, "stallsight-window: %s: cannot write\n", qPrintable(file));
        QCoreApplication::exit(saved ? 0 : 3);
    };
    // One more turn of the event loop: what panels queue while they are first laid out is drawn too.
    const auto settle_and_shoot = [shoot] { QTimer::singleShot(200, qApp, shoot); };
    if (arguments.bundle.empty()) return settle_and_shoot();
    QObject::connect(&window, &MainWindow::ready, qApp, settle_and_shoot);
    QObject::connect(&window, &MainWindow::failed, qApp, [](const QString& message) {
        std::fprintf(stderr, "stallsight-window: %s\n", qPrintable(message));
        QCoreApplication::exit(3);
    });
}

int say(const stallsight::Error& error) {
    std::fprintf(stderr, "stallsight: %s\n", error.text().c_str());
    return 3;
}

// What `stallsight report -o FILE.pdf` starts.
int write_report(const Arguments& arguments) {
    using namespace stallsight;
    const auto analysis = analyse(arguments.bundle, arguments.analysis);
    if (!analysis) return say(analysis.error());
    for (const Error& problem : analysis->problems) say(problem);
    ReportOptions options = arguments.report_options;
    std::optional<Analysis> before;
    std::optional<Comparison> comparison;
    if (!arguments.before.empty()) {
        auto read = analyse(arguments.before, arguments.analysis);
        if (!read) return say(read.error());
        before = std::move(*read);
        comparison = compare({{&*before}, {&*analysis}});
        options.comparison = &*comparison;
    }
    const std::string& path = arguments.analysis.case_file;
    const auto notes = load_case(path.empty() ? default_case_path(arguments.bundle) : path);
    const Document document = make_document(*analysis, notes.value_or(CaseFile{}), options);
    if (!write_pdf(document, QString::fromStdString(arguments.report)))
        return say({"cannot write", arguments.report, ""});
    return analysis->problems.empty() ? 0 : 3;
}

// The timeline alone, as large as it needs to be; no window is shown.
int draw_timeline(const Arguments& arguments) {
    const auto analysis = stallsight::analyse(arguments.bundle, arguments.analysis);
    if (!analysis) {
        std::fprintf(stderr, "stallsight-window: %s\n", analysis.error().text().c_str());
        return 3;
    }
    constexpr int width = 1400, scale = 2;
    TimelinePlot plot;
    plot.resize(width, 100);
    plot.set_lanes(timeline_lanes(*analysis));
    const bool saved = plot.toPixmap(width, std::max(plot.needed_height(), 40), scale)
                           .save(QString::fromStdString(arguments.timeline), "PNG");
    if (!saved) std::fprintf(stderr, "stallsight-window: %s: cannot write\n", arguments.timeline.c_str());
    return saved ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    if (const int status = parse(argc, argv, arguments)) return status < 0 ? 0 : status;
    QHashSeed::setDeterministicGlobalSeed();  // a PDF lists a font's letters as a QHash has them
    if (!arguments.report.empty()) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QApplication::setApplicationName("stallsight-window");
    QApplication::setApplicationDisplayName("Stallsight");
    apply_theme(app, arguments.dark ? Appearance::dark : arguments.light ? Appearance::light : Appearance::desktop);
    if (!arguments.timeline.empty()) return draw_timeline(arguments);

    if (!arguments.report.empty()) return write_report(arguments);
    MainWindow window({arguments.analysis, samples_dir(arguments.samples), arguments.screenshot.empty()});
    int width = 0, height = 0;
    if (std::sscanf(arguments.size.c_str(), "%dx%d", &width, &height) == 2) window.resize(width, height);
    QObject::connect(&window, &MainWindow::ready, &window, [&] {
        if (!arguments.select.empty()) pick(*window.selection(), arguments.select);
        show_tab(window, arguments.tab);
    });
    if (!arguments.screenshot.empty()) {
        QCursor::setPos(-100, -100);  // nothing is to look touched
        take_picture(window, arguments);
    }
    window.show();
    if (!arguments.bundle.empty()) window.open(QString::fromStdString(arguments.bundle));
    return QApplication::exec();
}
