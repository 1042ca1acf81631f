#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "app/cli/commands.h"

namespace stallsight::cli {

namespace {

// The window is a program of its own beside this one, so that a filter in a pipe does not load Qt.
std::string window_program() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto beside = self.parent_path() / "stallsight-window";
    return !error && std::filesystem::exists(beside, error) ? beside.string() : "stallsight-window";
}

}  // namespace

void add_open(CLI::App& app, int& status) {
    CLI::App* command = app.add_subcommand("open", "open the window (`stallsight PATH` does the same)");
    command->prefix_command();  // everything behind it is the window's
    command->callback([command, &status] { become_window(command->remaining(), status); });
}

void become_window(std::vector<std::string> arguments, int& status) {
    const std::string program = window_program();
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::execvp(program.c_str(), argv.data());
    print_error({"cannot start the window: " + std::generic_category().message(errno), program, ""});
    status = unreadable;
}

}  // namespace stallsight::cli
