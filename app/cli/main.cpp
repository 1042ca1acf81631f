// stallsight: opens the log bundle of a hung board and says what happened.
#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

#include "app/cli/commands.h"

namespace {

using namespace stallsight::cli;

// `stallsight PATH` is `stallsight open PATH`.
bool is_bare_path(int argc, char** argv) {
    static constexpr std::array<std::string_view, 9> commands = {
        "export", "analyze", "report", "compare", "timeline", "note", "open", "symbolize", "vmcore"};
    if (argc < 2 || argv[1][0] == '-') return false;
    for (const std::string_view command : commands)
        if (command == argv[1]) return false;
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Stallsight: what hung, which line did it, did the patch cure it", "stallsight");
    app.set_version_flag("--version", "stallsight " STALLSIGHT_VERSION);
    app.require_subcommand(0, 1);
    int status = ok;
    add_analyze(app, status);
    add_report(app, status);
    add_compare(app, status);
    add_symbolize(app, status);
    add_timeline(app, status);
    add_export(app, status);
    add_note(app, status);
    add_vmcore(app, status);
    add_open(app, status);

    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (argc < 2 || is_bare_path(argc, argv)) arguments.insert(arguments.begin(), "open");
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? ok : usage;
    }
    return status;
}
