#include <memory>

#include "analysis/case/case_file.h"
#include "analysis/report/html.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle, output;
    AnalysisOptions analysis;
};

}  // namespace

void add_report(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("report", "write a report to send: one self-contained HTML page");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command->add_option("-o,--output", options->output, "the file to write (.html)")->required();
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] {
        if (!options->output.ends_with(".html") && !options->output.ends_with(".htm")) {
            print_error({"the format is not known by this suffix: use .html", options->output, ""});
            status = usage;
            return;
        }
        const auto analysis = analyse_or_say(options->bundle, options->analysis, status);
        if (!analysis) return;
        const std::string path =
            options->analysis.case_file.empty() ? default_case_path(options->bundle) : options->analysis.case_file;
        const auto notes = load_case(path);
        if (!notes) {
            print_error(notes.error());
            status = unreadable;
        }
        write_output(options->output, html_report(*analysis, notes.value_or(CaseFile{})), status);
    });
}

}  // namespace stallsight::cli
