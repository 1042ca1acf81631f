#include <array>
#include <memory>

#include "analysis/case/case_file.h"
#include "analysis/report/document.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle, output, before;
    ReportOptions report;
    AnalysisOptions analysis;
};

struct Format {
    std::string_view suffix;
    std::string (*write)(const Document&);  // null: the window's program writes it
};
constexpr std::array formats = {Format{".html", to_html}, Format{".htm", to_html}, Format{".md", to_markdown},
                                Format{".json", to_json}, Format{".pdf", nullptr}};

const Format* format_of(const std::string& path) {
    for (const Format& format : formats)
        if (path.ends_with(format.suffix)) return &format;
    return nullptr;
}

// The window's program has Qt, which has the PDF writer.
void run_window_program(const Options& options) {
    std::vector<std::string> arguments = {"--report", options.output, options.bundle};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) arguments.insert(arguments.end(), {name, value});
    };
    add("--sections", comma_separated(options.report.sections));
    for (const std::string& word : options.report.words) add("--redact-word", word);
    if (options.report.redact) arguments.emplace_back("--redact");
    add("--before", options.before);
    add("--made-with", options_words(options.report, options.analysis, options.before));
    add("--case", options.analysis.case_file);
    for (const std::string& moment : options.analysis.same_moments) add("--same-moment", moment);
    for (const std::string& folder : options.analysis.debug_dirs) add("--debug-dir", folder);
    for (const std::string& folder : options.analysis.sources.folders) add("--source-dir", folder);
    for (const SourceSearch::Moved& moved : options.analysis.sources.moved)
        add("--source-map", moved.from + "=" + moved.to);
    run_window(arguments);
}

void run(Options& options, int& status) {
    const Format* format = format_of(options.output);
    if (format == nullptr) {
        print_error({"the format is not known by this suffix: use .html, .pdf, .md or .json", options.output, ""});
        status = usage;
        return;
    }
    if (format->write == nullptr) {
        run_window_program(options);
        status = unreadable;  // reached only when that program could not be started
        return;
    }
    const auto analysis = analyse_or_say(options.bundle, options.analysis, status);
    if (!analysis) return;
    std::optional<Analysis> before;
    std::optional<Comparison> comparison;
    if (!options.before.empty()) {
        before = analyse_or_say(options.before, options.analysis, status);
        if (!before) return;
        comparison = compare({{&*before}, {&*analysis}});
        options.report.comparison = &*comparison;
    }
    options.report.made_with = options_words(options.report, options.analysis, options.before);
    const std::string& path = options.analysis.case_file;
    const auto notes = load_case(path.empty() ? default_case_path(options.bundle) : path);  // analysis has said why
    const Document document = make_document(*analysis, notes.value_or(CaseFile{}), options.report);
    write_output(options.output, format->write(document), status);
}

}  // namespace

void add_report(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("report", "write a report to send: HTML, PDF, Markdown or JSON");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command->add_option("-o,--output", options->output, "the file to write (.html, .pdf, .md, .json)")->required();
    std::vector<std::string> sections;
    for (const std::string_view id : report_sections()) sections.emplace_back(id);
    command
        ->add_option("--sections", options->report.sections, "which sections, comma-separated (all, unless told)")
        ->delimiter(',')
        ->check(CLI::IsMember(sections));
    command->add_flag("--redact", options->report.redact,
                      "replace kernel addresses, host names, MAC and IP addresses and serial numbers");
    command->add_option("--redact-word", options->report.words, "replace this word, too (repeatable)")
        ->allow_extra_args(false);
    command->add_option("--before", options->before,
                        "bundle from before the patch, for a comparison in the report");
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] { run(*options, status); });
}

}  // namespace stallsight::cli
