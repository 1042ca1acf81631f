#include <charconv>
#include <memory>

#include "analysis/case_file.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle, case_file, at, event, text, remove;
    AnalysisOptions analysis;
};

struct Place {
    std::string artifact;
    std::uint64_t line = 0;
    bool on_event = false;
};

// "nt-a/core-0/kern.log:38"
std::optional<Place> parse_place(const std::string& at) {
    const std::size_t colon = at.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    Place place{at.substr(0, colon), 0, false};
    const char* end = at.data() + at.size();
    const auto [stop, error] = std::from_chars(at.data() + colon + 1, end, place.line);
    if (error != std::errc() || stop != end) return std::nullopt;
    return place;
}

std::optional<Place> place_of(const Options& options, const Analysis& analysis) {
    if (options.event.empty()) return parse_place(options.at);
    const EventInfo* event = analysis.event(options.event);
    if (event == nullptr) return std::nullopt;
    return Place{analysis.artifacts[event->artifact].artifact.path, event->report.line, true};
}

std::string listing(const CaseFile& file, const Analysis& analysis) {
    std::string out;
    for (const Note& note : file.notes)
        out += note.id + "  " + note.artifact + ":" + std::to_string(note.line) +
               (note.on_event ? " (event)" : "") +
               (is_attached(note, analysis) ? "" : " (detached: the line has changed)") + "  " + note.text + "\n";
    return out;
}

void run(const Options& options, int& status) {
    const auto analysis = analyse_or_say(options.bundle, options.analysis, status);
    if (!analysis) return;
    auto file = load_case(options.case_file.empty() ? default_case_path(options.bundle) : options.case_file);
    if (!file) {
        print_error(file.error());
        status = unreadable;
        return;
    }
    if (options.text.empty() && options.remove.empty()) {
        write_output("-", listing(*file, *analysis), status);
        return;
    }
    if (!options.remove.empty() && !remove_note(*file, options.remove)) {
        print_error({"no such note", file->path, options.remove});
        status = usage;
        return;
    }
    if (!options.text.empty()) {
        const auto place = place_of(options, *analysis);
        if (!place) {
            print_error({"no such place: use --at FILE:LINE or --event ID", options.at + options.event, ""});
            status = usage;
            return;
        }
        if (auto id = add_note(*file, *analysis, place->artifact, place->line, place->on_event, options.text);
            !id) {
            print_error(id.error());
            status = usage;
            return;
        }
    }
    if (auto saved = save_case(*file); !saved) {
        print_error(saved.error());
        status = unreadable;
    }
}

}  // namespace

void add_note(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("note", "write a note on a line or an event into the case file, or list them");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command->add_option("text", options->text, "the note; without it, the notes are listed");
    CLI::Option* at = command->add_option("--at", options->at, "FILE:LINE in the bundle");
    command->add_option("--event", options->event, "id of an event, as `analyze` prints it")->excludes(at);
    command->add_option("--remove", options->remove, "id of a note to take out");
    command->add_option("--case", options->case_file, "case file (beside the bundle, unless told)");
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] { run(*options, status); });
}

}  // namespace stallsight::cli
