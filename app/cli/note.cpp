#include <algorithm>
#include <charconv>
#include <memory>

#include "analysis/case/anchor.h"
#include "analysis/case/changes.h"
#include "analysis/words.h"
#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::string bundle, at, event, episode, frame, time, text, edit, remove, colour;
    std::vector<std::string> tags;
    std::string same_as;
    bool guilty = false, no_problem = false;
    AnalysisOptions analysis;

    [[nodiscard]] bool says_something() const {
        return !text.empty() || !tags.empty() || !colour.empty() || !same_as.empty() || guilty || no_problem;
    }
};

template <class T>
bool read_number(std::string_view text, T& number) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && stop == text.data() + text.size() && !text.empty();
}

// "2-5", or "2" alone for both
template <class T>
bool read_range(std::string_view text, T& from, T& to) {
    const std::size_t dash = text.find('-', 1);
    if (!read_number(text.substr(0, dash), from)) return false;
    to = from;
    return dash == std::string_view::npos || read_number(text.substr(dash + 1), to);
}

Result<const EventInfo*> event_named(const Analysis& analysis, const std::string& id) {
    if (const EventInfo* event = analysis.event(id)) return event;
    return fail("no such event", analysis.bundle_name, id);
}

// "nt-a/core-0/kern.log", "nt-a/core-0/kern.log:38", "nt-a/core-0/kern.log:38-41"
Result<Target> target_at(const Analysis& analysis, const std::string& at) {
    const std::size_t colon = at.rfind(':');
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    if (colon == std::string::npos || !read_range(std::string_view(at).substr(colon + 1), from, to))
        return artifact_target(analysis, at);
    return line_target(analysis, at.substr(0, colon), from, to);
}

// "e3:0": frame 0, the innermost, of event e3
Result<Target> target_of_frame(const Analysis& analysis, const std::string& name) {
    const std::size_t colon = name.rfind(':');
    std::size_t frame = 0;
    if (colon == std::string::npos || !read_number(std::string_view(name).substr(colon + 1), frame))
        return fail("a frame is EVENT:NUMBER, from 0, the innermost", "", name);
    const auto event = event_named(analysis, name.substr(0, colon));
    if (!event) return tl::unexpected<Error>(event.error());
    return frame_target(analysis, **event, frame);
}

Result<Target> target_of_episode(const Analysis& analysis, const std::string& id) {
    for (const StallEpisode& episode : analysis.stalls)
        if (std::find(episode.events.begin(), episode.events.end(), id) != episode.events.end())
            return episode_target(analysis, episode);
    return fail("no stall with this event", analysis.bundle_name, id);
}

Result<Target> target_of(const Options& options, const Analysis& analysis) {
    if (!options.frame.empty()) return target_of_frame(analysis, options.frame);
    if (!options.episode.empty()) return target_of_episode(analysis, options.episode);
    if (!options.event.empty()) {
        const auto event = event_named(analysis, options.event);
        if (!event) return tl::unexpected<Error>(event.error());
        return event_target(analysis, **event);
    }
    if (options.at.empty()) return fail("a note needs a place: --at, --event, --frame or --episode");
    double from_s = 0;
    double to_s = 0;
    if (options.time.empty()) return target_at(analysis, options.at);
    if (!read_range(std::string_view(options.time), from_s, to_s))
        return fail("a time is FROM-TO, in seconds", "", options.time);
    return time_target(analysis, options.at, from_s, to_s);
}

std::string listing(const CaseFile& file, const Analysis& analysis) {
    std::vector<Note> notes = file.notes;
    for (Note& remark : remark_notes(analysis)) notes.push_back(std::move(remark));
    std::string out;
    for (const Note& note : notes) {
        out += note.id + "  " + place_words(note.target) +
               (locate(note, analysis) ? "" : " (detached: the text has changed)");
        if (note.decision != Decision::none) out += "  " + decision_words(note);
        if (!note.colour.empty()) out += "  (" + note.colour + ")";
        for (const std::string& tag : note.tags) out += "  #" + tag;
        out += (note.text.empty() ? "" : "  " + note.text) + (note.origin.empty() ? "" : "  (remark in the log)") +
               "\n";
    }
    return out;
}

void fill(Note& note, const Options& options) {
    if (!options.text.empty()) note.text = options.text;
    if (!options.tags.empty()) note.tags = options.tags;
    if (!options.colour.empty()) note.colour = options.colour;
    if (options.guilty) note.decision = Decision::guilty;
    if (options.no_problem) note.decision = Decision::no_problem;
    if (options.same_as.empty()) return;
    note.decision = Decision::same_moment;
    note.same_as = options.same_as;
}

Result<Change> change_of(const Options& options, const CaseFile& file, const Analysis& analysis) {
    Change change;
    const std::string& id = options.remove.empty() ? options.edit : options.remove;
    if (!id.empty()) {
        const Note* note = file.note(id);
        if (note == nullptr) return fail("no such note", file.path, id);
        change.before = *note;
    }
    if (!options.remove.empty()) return change;
    change.after = change.before.value_or(Note{});
    if (id.empty()) {
        auto target = target_of(options, analysis);
        if (!target) return tl::unexpected<Error>(target.error());
        change.after->target = std::move(*target);
    }
    fill(*change.after, options);
    const Target::Kind kind = change.after->target.kind;
    if (options.guilty && kind != Target::Kind::frame) return fail("only a frame is guilty: use --frame");
    if (options.no_problem && kind != Target::Kind::event) return fail("only an event is no problem: use --event");
    if (!options.same_as.empty() && kind != Target::Kind::line) return fail("only a line has a moment: use --at");
    return change;
}

void run(const Options& options, int& status) {
    const auto analysis = analyse_or_say(options.bundle, options.analysis, status);
    if (!analysis) return;
    const std::string& path = options.analysis.case_file;
    auto file = load_case(path.empty() ? default_case_path(options.bundle) : path);
    if (!file) {
        status = unreadable;  // the analysis has said so
        return;
    }
    if (!options.says_something() && options.remove.empty()) {
        write_output("-", listing(*file, *analysis), status);
        return;
    }
    auto change = change_of(options, *file, *analysis);
    if (!change) {
        print_error(change.error());
        status = usage;
        return;
    }
    if (file->bundle.empty()) file->bundle = analysis->bundle_name;
    if (auto applied = apply(*file, *change); !applied) {
        print_error(applied.error());
        status = unreadable;
    }
}

}  // namespace

void add_note(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("note", "write a note, tag, mark or decision into the case file, or list them");
    command->add_option("bundle", options->bundle, "folder, archive or log")->required();
    command->add_option("text", options->text, "the note, Markdown; with nothing to write, the notes are listed");
    auto* place = command->add_option_group("place", "what the note is about");
    place->add_option("--at", options->at, "FILE, FILE:LINE or FILE:FIRST-LAST in the bundle");
    place->add_option("--event", options->event, "id of an event, as `analyze` prints it");
    place->add_option("--frame", options->frame, "EVENT:NUMBER, a stack entry, from 0, the innermost");
    place->add_option("--episode", options->episode, "id of an event of a stall");
    place->require_option(0, 1);
    command->add_option("--time", options->time, "FROM-TO in seconds on the clock of --at FILE");
    command->add_option("--tag", options->tags, "a tag (repeatable)")->allow_extra_args(false);
    command->add_option("--colour,--color", options->colour, "a mark")
        ->check(CLI::IsMember({"red", "yellow", "green", "blue"}));
    auto* guilty = command->add_flag("--guilty", options->guilty, "this frame is guilty, whatever the rules say");
    command->add_flag("--no-problem", options->no_problem, "this event is not a problem here")->excludes(guilty);
    command->add_option("--same-as", options->same_as,
                        "FILE:LINE of another core that is the same moment as --at FILE:LINE");
    auto* edit = command->add_option("--edit", options->edit, "id of a note to change");
    command->add_option("--remove", options->remove, "id of a note to take out")->excludes(edit);
    add_analysis_options(*command, options->analysis);
    command->callback([options, &status] { run(*options, status); });
}

}  // namespace stallsight::cli
