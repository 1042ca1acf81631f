#include "analysis/export/timeline_json.h"

#include <nlohmann/json.hpp>

#include "analysis/stalls/offsets.h"
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

Json rates_json(const Analysis& analysis, const CoreBoot& boot) {
    Json rates = Json::array();
    for (const TortureRate& rate : torture_rates(analysis, *boot.core))
        if (boot.has_boot(rate.last->sample.boot))
            rates.push_back({{"time_s", rate.to_s}, {"versions_per_s", rate.versions_per_s}});
    return rates;
}

Json stop_json(const Analysis& analysis, const CoreBoot& boot) {
    const auto stop = torture_stop(analysis, *boot.core);
    if (!stop || !boot.has_boot(stop->boot)) return nullptr;
    return {{"from_s", stop->when.from_s}, {"to_s", stop->when.to_s}, {"why", stop->why}};
}

Json or_null(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json boot_json(const Analysis& analysis, const CoreBoot& boot) {
    const CoreInfo& core = *boot.core;
    Json stalls = Json::array();
    for (const StallEpisode& stall : analysis.stalls)
        if (boot.has(stall)) stalls.push_back(stall_json(stall));
    Json reports = Json::array();
    for (const EventInfo& event : analysis.events)
        if (boot.has(analysis, event) && event.report.time) reports.push_back(report_json(event));
    const CoreClock* clock = analysis.clock_of(core.board, core.core, boot.number);
    const ClockOffset* offset = boot.offset(analysis);
    return {{"board", core.board},
            {"core", core.core},
            {"boot", boot.number},
            {"cpus", core.cpus},
            {"first_s", or_null(boot.first_s)},
            {"last_s", or_null(boot.last_s)},
            {"hz", clock != nullptr && clock->hz ? Json(*clock->hz) : Json(nullptr)},
            {"offset_s", offset != nullptr ? Json(offset->offset_s) : Json(nullptr)},
            {"offset_error_s", offset != nullptr ? Json(offset->error_s) : Json(nullptr)},
            {"clock", clock_words(analysis, boot)},
            {"stalls", std::move(stalls)},
            {"reports", std::move(reports)},
            {"rcutorture", rates_json(analysis, boot)},
            {"rcutorture_stopped", stop_json(analysis, boot)}};
}

}  // namespace

std::string timeline_json(const Analysis& analysis) {
    Json cores = Json::array();
    for (const CoreBoot& boot : boots_to_show(analysis)) cores.push_back(boot_json(analysis, boot));
    const Json out = {
        {"schema", "stallsight.timeline/1"}, {"bundle", analysis.bundle_name}, {"cores", std::move(cores)}};
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stallsight
