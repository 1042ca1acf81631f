#include "analysis/export/timeline_json.h"

#include <nlohmann/json.hpp>

#include "analysis/stalls/samples.h"
#include "analysis/torture.h"

namespace stallsight {

namespace {

using Json = nlohmann::ordered_json;

Json stall_json(const StallEpisode& s) {
    Json doing = Json::object();
    for (const auto& [cpu, who] : s.doing) doing[cpu < 0 ? "task" : std::to_string(cpu)] = who;
    return {
        {"flavor", s.flavor}, {"cpus", s.cpus},          {"start_s", s.start_s ? Json(*s.start_s) : Json(nullptr)},
        {"end_s", s.end_s},   {"open", s.open},          {"doing", std::move(doing)},
        {"events", s.events}, {"caused_by", s.caused_by}};
}

Json report_json(const EventInfo& event) {
    return {{"event", event.id},
            {"time_s", seconds(*event.report.time)},
            {"cpu", event.report.cpu ? Json(*event.report.cpu) : Json(nullptr)},
            {"kind", std::string(name_of(event.report.kind))},
            {"title", event.title},
            {"caused_by", event.caused_by}};
}

Json rates_json(const Analysis& analysis, const CoreInfo& core) {
    Json rates = Json::array();
    for (const TortureRate& rate : torture_rates(analysis, core))
        rates.push_back({{"time_s", rate.to_s}, {"versions_per_s", rate.versions_per_s}});
    return rates;
}

Json stop_json(const Analysis& analysis, const CoreInfo& core) {
    const auto stop = torture_stop(analysis, core);
    if (!stop) return nullptr;
    return {{"from_s", stop->when.from_s}, {"to_s", stop->when.to_s}, {"why", stop->why}};
}

Json core_json(const Analysis& analysis, const CoreInfo& core) {
    Json stalls = Json::array();
    for (const StallEpisode& stall : analysis.stalls)
        if (stall.board == core.board && stall.core == core.core) stalls.push_back(stall_json(stall));
    Json reports = Json::array();
    for (const EventInfo& event : analysis.events)
        if (same_core(analysis, event, core.board, core.core) && event.report.time)
            reports.push_back(report_json(event));
    const CoreClock* clock = analysis.clock_of(core.board, core.core);
    const ClockOffset* offset = analysis.offset_of(core.board, core.core);
    return {{"board", core.board},
            {"core", core.core},
            {"cpus", core.cpus},
            {"first_s", core.first_s ? Json(*core.first_s) : Json(nullptr)},
            {"last_s", core.last_s ? Json(*core.last_s) : Json(nullptr)},
            {"hz", clock != nullptr && clock->hz ? Json(*clock->hz) : Json(nullptr)},
            {"offset_s", offset != nullptr ? Json(offset->offset_s) : Json(nullptr)},
            {"offset_error_s", offset != nullptr ? Json(offset->error_s) : Json(nullptr)},
            {"stalls", std::move(stalls)},
            {"reports", std::move(reports)},
            {"rcutorture", rates_json(analysis, core)},
            {"rcutorture_stopped", stop_json(analysis, core)}};
}

}  // namespace

std::string timeline_json(const Analysis& analysis) {
    Json cores = Json::array();
    for (const CoreInfo& core : analysis.cores) cores.push_back(core_json(analysis, core));
    const Json out = {
        {"schema", "stallsight.timeline/1"}, {"bundle", analysis.bundle_name}, {"cores", std::move(cores)}};
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
