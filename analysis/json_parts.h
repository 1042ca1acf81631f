// Parts of the analysis as JSON that several of its files write.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/json_stream.h"

namespace stallsight {

template <class T>
nlohmann::ordered_json optional(const std::optional<T>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

inline std::optional<double> seconds_of(const std::optional<Time>& time) {
    return time ? std::optional(seconds(*time)) : std::nullopt;
}

// A member that is a list; `write` writes one item.
template <class Items, class Write>
void write_list(JsonStream& out, std::string_view name, const Items& items, const Write& write) {
    out.key(name);
    out.begin_array();
    for (const auto& item : items) write(item);
    out.end_array();
}

// One of "events".
void write_event(JsonStream& out, const Analysis& analysis, const EventInfo& event);

// The member "frames". `symbols`: one a frame, or none.
void write_frames(JsonStream& out, const std::vector<Frame>& frames,
                  const std::vector<std::optional<Resolution>>& symbols = {});

// One of "chains".
void write_chain(JsonStream& out, const Analysis& analysis, const Chain& chain);

// One of "stalls".
void write_stall(JsonStream& out, const StallEpisode& stall);

// One of "vmcores": a dump, or a saved session of a debugger.
void write_vmcore(JsonStream& out, const Analysis& analysis, const CrashInfo& info);

}  // namespace stallsight
