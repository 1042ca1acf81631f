// A log in, the same log out, each stack entry with its source line; or addresses in, addr2line's answers out.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>

#include "app/cli/commands.h"
#include "parsers/records/record.h"
#include "parsers/reports/frame.h"
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

CodePlace place_of(const Frame& frame, const std::string& callee) {
    CodePlace place;
    place.function = frame.function;
    place.offset = frame.offset.value_or(0);
    place.offset_known = frame.offset.has_value();
    place.size = frame.size;
    place.module = frame.module;
    place.address = frame.address;
    place.return_address = frame.return_address;
    place.build_id = frame.build_id;
    place.callee = callee;
    return place;
}

// " (mutex.c:100 < driver.c:12)": the instruction's place, then where that was inlined.
std::string remark(const Resolution& answer) {
    std::string places;
    for (const SourcePlace& place : answer.places) {
        if (place.file.empty()) continue;
        places += (places.empty() ? "" : " < ") + place.file + ":" + std::to_string(place.line);
    }
    if (places.empty()) return {};
    std::string text = " (" + places + ")";
    if (answer.link == CallLink::tail_call)
        for (const std::string& function : answer.tail_path) text += " ~> " + function;
    if (answer.link == CallLink::contradicted) text += " [the call there does not lead to the frame above]";
    if (!answer.doubt.empty()) text += " [" + answer.doubt + "]";
    return text;
}

class Annotator {
public:
    explicit Annotator(const Symbolizer& symbolizer) : symbolizer_(symbolizer) {}

    std::string annotated(const std::string& line) {
        std::string_view text(line);
        if (text.ends_with('\r')) text.remove_suffix(1);
        const Record record = parse_record(text);
        std::optional<Frame> frame = parse_ip_line(record.message);
        if (frame) {
            frame->return_address = false;
        } else if (auto found = parse_frame_line(record.message)) {
            frame = std::move(found->frame);
        }
        if (!frame || frame->function.empty()) {
            callee_.clear();
            return line;
        }
        // "? symbol" is a stale entry: it neither called the frame above nor was called by the one below.
        const auto answer = symbolizer_.resolve(place_of(*frame, frame->reliable ? callee_ : std::string()));
        if (frame->reliable) callee_ = frame->function;
        return answer ? std::string(text) + remark(*answer) : line;
    }

private:
    const Symbolizer& symbolizer_;
    std::string callee_;  // the frame above
};

void annotate(const Options& options, int& status) {
    Symbolizer symbolizer;
    for (const std::string& folder : options.debug_dirs)
        for (const Error& error : symbolizer.add_directory(folder)) {
            print_error(error);
            status = unreadable;
        }
    Annotator annotator(symbolizer);
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << annotator.annotated(line) << (std::cin.eof() ? "" : "\n");
        if (std::cin.rdbuf()->in_avail() <= 0) std::cout.flush();
    }
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
    command->add_option("--debug-dir", options->debug_dirs, "folder with debug files: vmlinux, .ko (repeatable)");
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
