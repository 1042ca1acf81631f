// The options that say where sources are, of the command line and the window alike.
#pragma once

#include <CLI/CLI.hpp>

#include "analysis/sources.h"

namespace stallsight {

inline void add_source_options(CLI::App& command, SourceSearch& sources) {
    command
        .add_option("--source-dir", sources.folders,
                    "folder with the kernel's or the modules' sources (repeatable)")
        ->allow_extra_args(false);
    const auto add_map = [&sources](const std::vector<std::string>& texts) {
        for (const std::string& text : texts)
            if (const auto moved = source_map(text)) sources.moved.push_back(*moved);
    };
    const auto check = [](const std::string& text) { return source_map(text) ? "" : text + " is not FROM=TO"; };
    command
        .add_option_function<std::vector<std::string>>(
            "--source-map", add_map,
            "FROM=TO: where the sources are that the debug info has under FROM (repeatable)")
        ->check(CLI::Validator(check, "FROM=TO"))
        ->allow_extra_args(false);
}

}  // namespace stallsight
