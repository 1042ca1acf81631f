#include "analysis/compare/compare.h"

#include <iomanip>
#include <memory>
#include <sstream>

#include "analysis/words.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string before, after, output = "-";
    AnalysisOptions analysis;
    bool json = false;
};

std::string in_words(const std::string& verdict) {
    if (verdict == "not_shown") return "vanished";
    if (verdict == "unchanged") return "stayed";
    return verdict;
}

std::string side_line(const char* name, const ComparedSide& side) {
    std::string out = std::string(name) + side.name + ": logs cover " + duration_words(side.exposure_s);
    if (side.torture_samples > 0) {
        out += ", rcutorture " + counted(side.torture_samples, "sample");
        out += side.torture_failures > 0 ? ", " + counted(side.torture_failures, "failure") : ", no failure";
        if (side.grace_periods_per_s) out += ", " + fixed(*side.grace_periods_per_s, 1) + " versions/s";
    }
    return out + "\n";
}

std::string in_text(const Comparison& comparison) {
    std::ostringstream out;
    out << comparison.verdict << "\n\n"
        << side_line("before  ", comparison.before) << side_line("after   ", comparison.after);
    if (comparison.signatures.empty()) return out.str();
    out << "\n"
        << std::setw(7) << "before" << std::setw(7) << "after"
        << "  verdict   signature\n";
    for (const SignatureComparison& row : comparison.signatures)
        out << std::setw(7) << row.before.count << std::setw(7) << row.after.count << "  " << std::left
            << std::setw(10) << in_words(row.verdict) << std::right << qualified_name(row.title, row.module)
            << (row.patched ? "  (patched)" : "") << "\n";
    return out.str();
}

}  // namespace

void add_compare(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("compare", "what vanished, stayed and is new between two runs");
    command->add_option("before", options->before, "bundle from before the patch")->required();
    command->add_option("after", options->after, "bundle from after it")->required();
    command->add_flag("--json", options->json, "the machine-readable contract (docs/json.md)");
    command->add_option("-o,--output", options->output, "the file to write, instead of standard output");
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] {
        const auto before = analyse_or_say(options->before, options->analysis, status);
        if (!before) return;
        const auto after = analyse_or_say(options->after, options->analysis, status);
        if (!after) return;
        const Comparison comparison = compare(*before, *after);
        const bool json = options->json || options->output.ends_with(".json");
        write_output(options->output, json ? to_json(comparison) : in_text(comparison), status);
    });
}

}  // namespace stallsight::cli
