// A log in, the same log out, each stack entry with its source line; or addresses in, addr2line's answers out.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <set>
#include <string>

#include "analysis/symbols.h"
#include "analysis/words.h"
#include "app/cli/commands.h"
#include "parsers/records/record.h"
#include "parsers/reports/facts.h"
#include "parsers/reports/frame.h"
#include "parsers/reports/machine_line.h"
#include "symbolizer/addr2line.h"
#include "symbolizer/symbolizer.h"

namespace stallsight::cli {

namespace {

struct Options {
    std::vector<std::string> debug_dirs;
    std::string executable;
    bool addr2line = false, always = true;
    Addr2lineOptions answers;
};

// " (mutex.c:100 < driver.c:12)": the instruction's place, then where that was inlined.
std::string remark(const Frame& frame, const Resolution& answer) {
    std::string places;
    if (frame.function.empty() && !answer.places.back().function.empty())
        places = answer.places.back().function + "+" + hex(answer.offset);
    for (const SourcePlace& place : answer.places) {
        if (place.file.empty()) continue;
        places += (places.empty()           ? ""
                   : frame.function.empty() ? " "
                                            : " < ") +
                  place.file + ":" + std::to_string(place.line);
    }
    std::string text = places.empty() ? "" : " (" + places + ")";
    for (const std::string& function : answer.tail_path) text += " ~> " + function;
    if (!answer.tail_path.empty() && answer.link == CallLink::indirect) text += " ~> by pointer";
    return text;
}

class Annotator {
public:
    explicit Annotator(const Symbolizer& symbolizer) : symbolizer_(symbolizer) {}

    std::string annotated(const std::string& line) {
        std::string_view text(line);
        if (text.ends_with('\r')) text.remove_suffix(1);
        const Record record = parse_record(text);
        note_kernel(record);
        std::optional<Frame> frame = parse_ip_line(record.message);
        if (frame) {
            frame->return_address = false;
        } else if (auto found = parse_frame_line(record.message)) {
            frame = std::move(found->frame);
        }
        if (!frame || !has_code_place(*frame)) {
            callee_.clear();
            return line;
        }
        // "? symbol" is a stale entry: it neither called the frame above nor was called by the one below.
        CodePlace place = code_place(*frame, frame->reliable ? callee_ : std::string());
        place.release = release_;
        place.banner = banner_;
        place.kernel_offset = kernel_offset_;
        const auto answer = symbolizer_.resolve(place);
        if (frame->reliable) callee_ = frame->function;
        if (!answer) return line;
        kernel_offset_ = kernel_offset(place, *answer).value_or(kernel_offset_);
        misfit_ |= answer->other_build || answer->link == CallLink::contradicted;
        return std::string(text) + remark(*frame, *answer) + doubt(*answer);
    }

    // Was a frame of another build than the debug files, or called something else than they say?
    [[nodiscard]] bool misfit() const { return misfit_; }

private:
    // The first lines of a boot say which kernel it is, each report's "CPU: ... PID: ..." line its release.
    void note_kernel(const Record& record) {
        const std::string_view message = record.message;
        if (const std::size_t at = message.find("Linux version "); at != std::string_view::npos)
            if (const auto fact = read_fact(record, message.substr(at)))
                banner_ = fact->text, release_ = banner_.substr(0, banner_.find(' '));
        if (const auto where = parse_cpu_line(message); where && !where->release.empty()) release_ = where->release;
    }

    // In full where it is new: another build's debug info would repeat it behind every frame.
    std::string doubt(const Resolution& answer) {
        if (answer.doubt.empty()) return {};
        const bool is_new = !answer.other_build || said_.insert(answer.debug_file).second;
        return is_new ? " [" + answer.doubt + "]" : " [another build]";
    }

    const Symbolizer& symbolizer_;
    std::set<std::string> said_;  // debug files whose misfit was said
    std::string callee_;          // the frame above
    std::string release_, banner_;
    std::uint64_t kernel_offset_ = 0;
    bool misfit_ = false;
};

void annotate(const Options& options, int& status) {
    Symbolizer symbolizer;
    const auto say = [&](const std::vector<Error>& errors) {
        for (const Error& error : errors) print_error(error);
        if (!errors.empty()) status = unreadable;
    };
    for (const std::string& folder : options.debug_dirs) say(symbolizer.add_directory(folder));
    Annotator annotator(symbolizer);
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << annotator.annotated(line) << (std::cin.eof() ? "" : "\n");
        if (std::cin.rdbuf()->in_avail() <= 0) std::cout.flush();
    }
    say(symbolizer.take_errors());
    if (annotator.misfit()) say({{"this debug info does not fit this log: nothing is certain", "symbolize", {}}});
    symbolizer.keep_indexes();
}

void answer_addresses(const Options& options, int& status) {
    const auto bytes = Bytes::map_file(options.executable);
    auto reader = bytes ? Addr2line::open(options.executable, *bytes) : tl::unexpected(bytes.error());
    const auto done =
        reader ? reader->filter(STDIN_FILENO, std::cout, options.answers) : tl::unexpected(reader.error());
    if (done) return;
    print_error(done.error());
    status = unreadable;
}

}  // namespace

void add_symbolize(CLI::App& app, int& status) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("symbolize", "a filter: log in, log with source lines out");
    command->add_option("--debug-dir", options->debug_dirs,
                        "folder with debug files: vmlinux, .ko; or one of them (repeatable)");
    CLI::Option* file = command->add_option("-e,--exe", options->executable, "the file that the addresses are of");
    command->add_flag("--addr2line", options->addr2line, "read addresses, print what addr2line -f -i prints")
        ->needs(file);
    command->add_flag("-a,--addresses", options->answers.addresses, "print each address before its answer");
    command->add_flag("-s,--basenames", options->answers.basenames, "print file names without their folders");
    command->add_flag("-f,--functions,-i,--inlines", options->always, "as addr2line takes them; always on");
    command->callback([options, &status] {
        if (options->addr2line) {
            answer_addresses(*options, status);
        } else {
            annotate(*options, status);
        }
    });
}

}  // namespace stallsight::cli
