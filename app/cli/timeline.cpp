#include <memory>

#include "analysis/report/svg.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle, output;
    AnalysisOptions analysis;
};

// The picture stands alone, so its style travels inside it.
std::string with_style(std::string svg) {
    const std::size_t end = svg.find(">\n");
    return svg.insert(end + 2,
                      "<style>" + svg_style() + "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

}  // namespace

void add_timeline(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("timeline", "draw the timeline of CPU stalls as SVG");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command->add_option("-o,--output", options->output, "the file to write (.svg)")->required();
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] {
        if (!options->output.ends_with(".svg") && options->output != "-") {
            print_error({"the format is not known by this suffix: use .svg", options->output, ""});
            status = usage;
            return;
        }
        const auto analysis = analyse_or_say(options->bundle, options->analysis, status);
        if (analysis) write_output(options->output, with_style(timeline_svg(*analysis)), status);
    });
}

}  // namespace stallsight::cli
