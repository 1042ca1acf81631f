#include "analysis/compare/compare.h"

#include <array>
#include <deque>
#include <iomanip>
#include <memory>
#include <sstream>

#include "analysis/compare/output.h"
#include "analysis/compare/words.h"
#include "analysis/words.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::vector<std::string> bundles, more_before, more_after;
    std::string output = "-", junit;
    std::vector<std::string> fail_on;
    bool json = false;
    AnalysisOptions analysis;
};

// What --fail-on may name.
struct Failure {
    std::string_view name;
    bool (*holds)(const SignatureComparison&);
};
constexpr std::array failures = {
    Failure{"new", [](const SignatureComparison& row) { return row.verdict == Verdict::fresh; }},
    Failure{"worse", [](const SignatureComparison& row) { return row.verdict == Verdict::worse; }},
    Failure{"not-cured",
            [](const SignatureComparison& row) { return row.before().count > 0 && row.verdict != Verdict::cured; }},
};

bool fails(const SignatureComparison& row, const std::vector<std::string>& names) {
    for (const Failure& failure : failures)
        for (const std::string& name : names)
            if (name == failure.name && failure.holds(row)) return true;
    return false;
}

void print_side(std::ostream& out, const Comparison& comparison, std::size_t i) {
    const ComparedSide& side = comparison.sides[i];
    out << std::left << std::setw(8) << side_name(comparison, i) << std::right << side.name << ": "
        << exposure_words(side) << "\n";
}

// Where the logs say how long they cover.
void print_rates(std::ostream& out, const std::string& indent, const SignatureComparison& row) {
    std::string rates;
    for (const SideCount& side : row.sides) {
        const std::string rate = rate_words(side);
        if (!rate.empty()) rates += (rates.empty() ? "" : ", then ") + rate;
    }
    if (!rates.empty()) out << indent << rates << "\n";
}

void print_row(std::ostream& out, const Comparison& comparison, const SignatureComparison& row) {
    for (const SideCount& side : row.sides) out << std::setw(7) << side.count;
    const std::string indent(comparison.sides.size() * 7 + 2, ' ');
    out << "  " << std::left << std::setw(10) << name_of(row.verdict) << std::right
        << qualified_name(row.title, row.module) << "\n"
        << indent << row.sentence << "\n";
    if (row.cause.empty()) print_rates(out, indent, row);
    for (const std::size_t i : row.patched) out << indent << patched_words(comparison.patched[i]) << "\n";
    for (const NearMatch& near : row.near) out << indent << near_words(comparison, near) << "\n";
}

void print_torture(std::ostream& out, const TortureComparison& torture) {
    if (torture.measures.empty()) return;
    out << "\nrcutorture: mean ± spread (values) before, after\n";
    for (const MeasureComparison& row : torture.measures) {
        out << "  " << row.measure->words << ", " << row.measure->unit << ": " << sampled_words(row.before) << ", "
            << sampled_words(row.after);
        if (row.p) out << "; p = " << significant(*row.p, 2);
        out << "\n";
    }
}

std::string in_text(const Comparison& comparison) {
    std::ostringstream out;
    out << comparison.verdict << "\n\n";
    for (std::size_t i = 0; i < comparison.sides.size(); ++i) print_side(out, comparison, i);
    if (!comparison.signatures.empty()) out << "\n";
    for (const SignatureComparison& row : comparison.signatures) print_row(out, comparison, row);
    print_torture(out, comparison.torture);
    return out.str();
}

// Every side: the bundle in its place, and for the first and the last what --before and --after add.
std::vector<std::vector<std::string>> paths_of_sides(const Options& options) {
    std::vector<std::vector<std::string>> sides;
    for (const std::string& bundle : options.bundles) sides.push_back({bundle});
    sides.front().insert(sides.front().end(), options.more_before.begin(), options.more_before.end());
    sides.back().insert(sides.back().end(), options.more_after.begin(), options.more_after.end());
    return sides;
}

void run(const Options& options, int& status) {
    std::deque<Analysis> analyses;  // stays where it is while it grows
    std::vector<Side> sides;
    for (const auto& paths : paths_of_sides(options)) {
        Side& side = sides.emplace_back();
        for (const std::string& path : paths) {
            auto analysis = analyse_or_say(path, options.analysis, status);
            if (!analysis) return;
            side.push_back(&analyses.emplace_back(std::move(*analysis)));
        }
    }
    const Comparison comparison = compare(sides);
    const auto failed = [&](const SignatureComparison& row) { return fails(row, options.fail_on); };
    const bool json = options.json || options.output.ends_with(".json");
    write_output(options.output, json ? to_json(comparison) : in_text(comparison), status);
    if (!options.junit.empty()) write_output(options.junit, to_junit(comparison, failed), status);
    const auto& rows = comparison.signatures;
    if (status == ok && std::any_of(rows.begin(), rows.end(), failed)) status = found;
}

}  // namespace

void add_compare(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("compare", "what a patch cured, what stayed and what is new, and how sure that is");
    command
        ->add_option("bundles", options->bundles, "BEFORE AFTER, or a series of builds from the first to the last")
        ->required()
        ->expected(2, -1);
    command->add_option("--before", options->more_before, "another run of the first build (repeatable)")
        ->allow_extra_args(false);
    command->add_option("--after", options->more_after, "another run of the last build (repeatable)")
        ->allow_extra_args(false);
    command->add_flag("--json", options->json, "the machine-readable contract (docs/json.md)");
    command->add_option("-o,--output", options->output, "the file to write, instead of standard output");
    command->add_option("--junit", options->junit, "write JUnit XML for a CI server, too");
    command
        ->add_option("--fail-on", options->fail_on, "exit with 1 when a signature is one of: new, worse, not-cured")
        ->delimiter(',')
        ->check(CLI::IsMember({"new", "worse", "not-cured"}));
    command->add_option("--patch", options->analysis.patches, "patch that is not in the bundles (repeatable)")
        ->allow_extra_args(false);
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] { run(*options, status); });
}

}  // namespace stallsight::cli
