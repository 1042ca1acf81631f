// Stall episodes and what each of their reports saw.
#include "analysis/json_parts.h"

namespace stallsight {

namespace {

void write_window(JsonStream& out, const Window& window) {
    out.begin_array();
    out.value(window.from_s);
    out.value(window.to_s);
    out.end_array();
}

void write_doing(JsonStream& out, const StallEpisode& stall) {
    out.begin_object();
    for (const auto& [cpu, who] : stall.doing) out.member(std::to_string(cpu), who);
    out.end_object();
}

void write_view(JsonStream& out, const StallView& view) {
    out.begin_object();
    out.member("event", view.event);
    out.member("time_s", view.at_s);
    out.member("cpu", view.cpu < 0 ? std::nullopt : std::optional(view.cpu));
    out.member("task", view.task);
    out.member("function", view.function);
    out.end_object();
}

void write_starved(JsonStream& out, const StallEpisode& stall) {
    out.key("starved");
    out.begin_object();
    out.member("kthread", stall.starved_kthread);
    out.member("jiffies", stall.starved_jiffies);
    out.member("cpu", stall.starved_cpu);
    out.end_object();
}

}  // namespace

void write_stall(JsonStream& out, const StallEpisode& s) {
    out.begin_object();
    out.member("board", s.board);
    out.member("core", s.core);
    out.member("cpus", s.cpus);
    out.member("start_s", s.start_s);
    out.member("end_s", s.end_s);
    out.member("open", s.open);
    out.member("flavor", s.flavor);
    out.member("grace_period", s.grace_period);
    out.member("events", s.events);
    out.member("detected_by", s.detected_by);
    out.key("doing");
    write_doing(out, s);
    out.key("start_window");
    if (s.start_s) {
        write_window(out, s.start_window);
    } else {
        out.null();
    }
    out.member("start_basis", s.start_basis);
    out.key("end_window");
    write_window(out, s.end_window);
    out.member("end_basis", s.end_basis);
    write_list(out, "views", s.views, [&](const StallView& view) { write_view(out, view); });
    out.member("views_agree", s.views_agree);
    out.member("held_up", s.held_up);
    out.member("caused_by", s.caused_by);
    out.member("tie", s.tie);
    if (s.starved_jiffies) write_starved(out, s);
    out.end_object();
}

}  // namespace stallsight
