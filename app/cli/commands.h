// The subcommands, one file each. Each adds itself to the parser and runs when it is chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <ostream>

#include "analysis/analysis.h"

namespace stallsight::cli {

// Exit status, as documented in docs/cli.md.
enum Exit { ok = 0, found = 1, usage = 2, unreadable = 3 };

void add_analyze(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_compare(CLI::App& app, int& status);
void add_symbolize(CLI::App& app, int& status);
void add_timeline(CLI::App& app, int& status);
void add_export(CLI::App& app, int& status);
void add_note(CLI::App& app, int& status);
void add_vmcore(CLI::App& app, int& status);
void add_open(CLI::App& app, int& status);

// --debug-dir, --source-dir: every subcommand that analyses takes them.
void add_analysis_options(CLI::App& command, AnalysisOptions& options);

// Becomes the window's program; returns, having said why, only when that cannot be started.
void run_window(std::vector<std::string> arguments);

// "stallsight: PATH: PLACE: WHAT", one line on stderr.
void print_error(const Error& error);

// Analyses, or prints the error and sets `status`. Problems of a half-readable bundle are printed, too.
std::optional<Analysis> analyse_or_say(const std::string& path, const AnalysisOptions& options, int& status);

// Ends the program at once. Taking the analysis of a large log apart, value by value, takes a tenth of the time
// that reading it took.
[[noreturn]] void leave(int status);

// Writes a whole file; "-" is standard output.
bool write_output(const std::string& path, const std::string& text, int& status);
bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write, int& status);

}  // namespace stallsight::cli
