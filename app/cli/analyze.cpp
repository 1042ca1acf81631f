#include <unistd.h>

#include <iostream>
#include <memory>

#include "analysis/json.h"
#include "app/cli/commands.h"
#include "app/cli/print_analysis.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle;
    AnalysisOptions analysis;
    bool json = false;
    std::string color = "auto";
    std::vector<std::string> fail_on;
};

bool wants_color(const Options& options) {
    if (options.color != "auto") return options.color == "always";
    return ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

bool found_what_fails(const Analysis& analysis, const std::vector<std::string>& kinds) {
    for (const EventInfo& event : analysis.events)
        for (const std::string& kind : kinds)
            if (kind == "any" || kind == name_of(event.report.kind)) return true;
    return false;
}

}  // namespace

void add_analyze(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("analyze", "say what happened, on standard output");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command->add_flag("--json", options->json, "the machine-readable contract (docs/json.md)");
    command->add_option("--color", options->color, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    command->add_option("--fail-on", options->fail_on, "exit with 1 when an event of this kind is found (or: any)")
        ->delimiter(',');
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] {
        const auto analysis = analyse_or_say(options->bundle, options->analysis, status);
        if (!analysis) return;
        const auto write = [&](std::ostream& out) {
            if (options->json) {
                write_json(*analysis, [&](std::string_view piece) { out << piece; });
            } else {
                out << print_analysis(*analysis, wants_color(*options));
            }
        };
        write_output("-", write, status);
        if (status == ok && found_what_fails(*analysis, options->fail_on)) status = found;
        leave(status);
    });
}

}  // namespace stallsight::cli
