// Prints what scan_log() finds in one log, in the shape of the contract's events: for the scorer and the
// benchmarks, without the analysis behind it.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "analysis/guilty/guilty.h"
#include "base/bytes.h"
#include "parsers/reports/scan.h"

namespace {

using namespace stallsight;

Fields frame_json(const Frame& frame) {
    Fields out = Fields::object();
    out["function"] = frame.function;
    if (!frame.module.empty()) out["module"] = frame.module;
    if (!frame.reliable) out["reliable"] = false;
    if (frame.inlined) out["inlined"] = true;
    return out;
}

Fields event_json(const Event& event, bool whole) {
    const Guilty guilty = find_guilty(event);
    Fields out = Fields::object();
    out["kind"] = name_of(event.kind);
    out["title"] = canonical_title(event, guilty);
    out["function"] = guilty.function;
    out["module"] = guilty.module;
    out["reason"] = guilty.reason;
    out["candidates"] = guilty.candidates;
    out["line"] = event.line;
    out["line_last"] = event.line_last;
    if (event.time) out["time_s"] = seconds(*event.time);
    out["headline"] = event.headline;
    out["boot"] = event.boot;
    if (event.cpu) out["cpu"] = *event.cpu;
    out["comm"] = event.task.comm;
    if (event.task.pid) out["pid"] = *event.task.pid;
    if (event.partial) out["partial"] = event.partial_reason;
    out["frames"] = Fields::array();
    for (const Frame& frame : event.frames) out["frames"].push_back(frame_json(frame));
    if (!whole) return out;
    out["fields"] = event.fields;
    out["sections"] = Fields::array();
    for (const Section& section : event.sections) {
        Fields s = Fields::object();
        s["kind"] = static_cast<int>(section.kind);
        s["title"] = section.title;
        if (section.cpu) s["cpu"] = *section.cpu;
        s["comm"] = section.task.comm;
        s["lines"] = {section.line, section.line_last};
        s["frames"] = section.frames.size();
        out["sections"].push_back(std::move(s));
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const bool whole = argc == 3 && std::string_view(argv[1]) == "--all";
    if (argc != 2 && !whole) {
        std::cerr << "usage: scan_dump [--all] LOG\n";
        return 2;
    }
    const auto bytes = Bytes::map_file(argv[argc - 1]);
    if (!bytes) {
        std::cerr << bytes.error().text() << '\n';
        return 3;
    }
    const auto read = read_log(bytes->view());
    if (!read) {
        std::cerr << read.error().text() << '\n';
        return 3;
    }
    const LogScan& scan = *read;
    std::cout << R"({"lines":)" << scan.index.lines() << R"(,"boots":)" << scan.boots << R"(,"torture":)"
              << scan.torture.size() << R"(,"events":[)";
    bool first = true;
    for (const Event& event : scan.events) {
        if (!first) std::cout << ",\n";
        first = false;
        std::cout << event_json(event, whole).dump(-1, ' ', false, Fields::error_handler_t::replace);
    }
    std::cout << "]}\n";
    return 0;
}
