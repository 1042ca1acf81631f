#include <array>
#include <cstdlib>
#include <memory>

#include "analysis/export/timeline_json.h"
#include "analysis/report/svg.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle, output;
    AnalysisOptions analysis;
};

// The picture stands alone, so its style travels inside it.
std::string svg_alone(const Analysis& analysis) {
    std::string svg = timeline_svg(analysis);
    const std::size_t end = svg.find(">\n");
    return svg.insert(end + 2,
                      "<style>" + svg_style() + "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

struct Format {
    std::string_view suffix;
    std::string (*write)(const Analysis&);
};
constexpr std::array formats = {Format{".svg", svg_alone}, Format{".json", timeline_json}};

// The window draws it without showing itself.
void draw_png(const Options& options, int& status) {
    std::vector<std::string> arguments = {options.bundle, "--timeline", options.output};
    for (const std::string& dir : options.analysis.debug_dirs)
        arguments.insert(arguments.end(), {"--debug-dir", dir});
    for (const std::string& moment : options.analysis.same_moments)
        arguments.insert(arguments.end(), {"--same-moment", moment});
    if (!options.analysis.case_file.empty())
        arguments.insert(arguments.end(), {"--case", options.analysis.case_file});
    ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
    run_window(std::move(arguments));
    status = unreadable;
}

}  // namespace

void add_timeline(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("timeline", "draw the timeline of CPU stalls");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command
        ->add_option("-o,--output", options->output,
                     "the file to write: .svg, .png or .json; - is SVG on standard output")
        ->required();
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] {
        const std::string& output = options->output;
        if (output.ends_with(".png")) return draw_png(*options, status);
        for (const Format& format : formats) {
            if (!output.ends_with(format.suffix) && output != "-") continue;
            const auto analysis = analyse_or_say(options->bundle, options->analysis, status);
            if (analysis) write_output(output, format.write(*analysis), status);
            return;
        }
        print_error({"the format is not known by this suffix: use .svg, .png or .json", output, ""});
        status = usage;
    });
}

}  // namespace stallsight::cli
