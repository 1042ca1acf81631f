#include "analysis/export/trace_events.h"

#include <memory>

#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle, format = "perfetto", output = "-";
    AnalysisOptions analysis;
};

}  // namespace

void add_export(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("export", "write the timeline as a trace for other viewers");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command->add_option("--format", options->format, "perfetto: JSON trace events, for Perfetto and Trace Compass")
        ->check(CLI::IsMember({"perfetto"}));
    command->add_option("-o,--output", options->output, "the file to write, instead of standard output");
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] {
        const auto analysis = analyse_or_say(options->bundle, options->analysis, status);
        if (analysis) write_output(options->output, trace_events(*analysis), status);
    });
}

}  // namespace stallsight::cli
