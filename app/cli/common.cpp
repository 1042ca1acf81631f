#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <system_error>

#include "app/cli/commands.h"
#include "app/source_options.h"

namespace stallsight::cli {

void add_analysis_options(CLI::App& command, AnalysisOptions& options) {
    // One value each time, or the bundle behind it would be one more.
    command
        .add_option("--debug-dir", options.debug_dirs,
                    "folder with debug files: vmlinux, .ko; or one of them (repeatable)")
        ->allow_extra_args(false);
    command
        .add_option("--same-moment", options.same_moments,
                    "FILE:LINE=FILE:LINE: two records of one moment, which align two boards' clocks (repeatable)")
        ->allow_extra_args(false);
    add_source_options(command, options.sources);
    command.add_option("--case", options.case_file,
                       "case file with notes and decisions (beside the bundle, unless told)");
}

void print_error(const Error& error) {
    std::cerr << "stallsight: " << error.text() << '\n';
}

std::optional<Analysis> analyse_or_say(const std::string& path, const AnalysisOptions& options, int& status) {
    auto analysis = analyse(path, options);
    if (!analysis) {
        print_error(analysis.error());
        status = unreadable;
        return std::nullopt;
    }
    for (const Error& problem : analysis->problems) print_error(problem);
    if (!analysis->problems.empty()) status = unreadable;
    return std::move(*analysis);
}

void leave(int status) {
    std::fflush(nullptr);
    std::_Exit(status);
}

bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write, int& status) {
    if (path == "-") {
        write(std::cout);
        if (std::cout.flush()) return true;
    } else {
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        write(out);
        if (out.flush()) return true;
    }
    print_error({"cannot write: " + std::generic_category().message(errno), path, ""});
    status = unreadable;
    return false;
}

bool write_output(const std::string& path, const std::string& text, int& status) {
    return write_output(
        path, [&](std::ostream& out) { out << text; }, status);
}

}  // namespace stallsight::cli
