#include "parsers/reports/body.h"

#include <algorithm>

#include "parsers/reports/frame.h"
#include "parsers/reports/machine_line.h"
#include "parsers/reports/sections.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// A hostile log must not make one report arbitrarily large.
constexpr std::size_t most_frames = 20'000;
constexpr std::size_t most_sections = 2'000;

Section section_of(Section::Kind kind) {
    Section section;
    section.kind = kind;
    return section;
}

bool holds_stack(Section::Kind kind) {
    return kind == Section::Kind::call_trace || kind == Section::Kind::task_dump ||
           kind == Section::Kind::nmi_backtrace || kind == Section::Kind::kthread_stack;
}

// kernel/workqueue.c, print_worker_info(): "Workqueue: events_unbound wb_workfn", "Workqueue: wq work_fn [module]"
// and in brackets what the work says of itself
void note_work(std::string_view message, Event& event) {
    std::string_view s = trim(message);
    eat(s, "Workqueue: ");
    const std::string_view queue = eat_word(s);
    eat_blanks(s);
    const auto work = eat_symbol(s);
    if (!work || event.fields.contains("work") || work->function.starts_with("0x")) return;
    event.fields["workqueue"] = queue;
    event.fields["work"] = work->function;
    if (!work->module.empty()) event.fields["work_module"] = work->module;
}

// A call trace that follows a task's or a CPU's own headline is that section's stack.
bool names_owner(const Section& section) {
    return section.frames.empty() &&
           (section.kind == Section::Kind::task_dump || section.kind == Section::Kind::nmi_backtrace ||
            section.kind == Section::Kind::kthread_stack);
}

}  // namespace

bool Body::has_stack() const {
    return std::any_of(event_.sections.begin(), event_.sections.end(),
                       [](const Section& s) { return holds_stack(s.kind) && !s.frames.empty(); });
}

Section& Body::start(Section section) {
    if (event_.sections.size() >= most_sections) event_.sections.pop_back();
    section.line = section.line_last = line_;
    event_.sections.push_back(std::move(section));
    open_ = event_.sections.size() - 1;
    return event_.sections.back();
}

void Body::add_frame(Frame frame) {
    frame.line = line_;
    if (open() == nullptr || open()->kind == Section::Kind::registers) start(section_of(Section::Kind::call_trace));
    Section& section = *open();
    section.line_last = line_;
    if (++frames_ > most_frames) return;
    if (section.frames.empty() && ip_ && holds_stack(section.kind)) {
        const bool again = same_place(*ip_, frame);  // arm64's trace begins with the instruction itself
        section.frames.push_back(*ip_);
        ip_.reset();
        if (again) return;
    }
    section.frames.push_back(std::move(frame));
}

bool Body::take_frame(std::string_view message) {
    if (auto ip = parse_ip_line(message)) {
        ip->line = line_;
        Section* section = open();
        const bool inside = section != nullptr && holds_stack(section->kind) && !section->frames.empty();
        if (inside) {
            section->frames.push_back(*ip);  // where the interrupt came in
            section->line_last = line_;
        } else if (!ip_) {
            ip_ = *ip;
        }
        return true;
    }
    if (!link_) {
        link_ = parse_link_line(message);
        if (link_) link_->line = line_;
    }
    auto line = parse_frame_line(message);
    if (!line) return false;
    const Frame& outer = line->caller ? *line->caller : line->frame;
    last_entry_ = {outer.function, outer.reliable, line->frame.stack};
    if (disabled_at_) {
        disabled_at_ = false;
        line->frame.line = line_;
        event_.preempt_disabled_at = std::move(line->frame);
        return true;
    }
    const Section* section = open();
    const bool first = section == nullptr || section->frames.empty();
    if (first || !line->caller) add_frame(std::move(line->frame));
    if (line->caller) add_frame(std::move(*line->caller));
    return true;
}

bool Body::take_section(std::string_view message) {
    auto section = open_section(message);
    if (!section) return false;
    Section* current = open();
    if (section->kind == Section::Kind::call_trace && current != nullptr && names_owner(*current)) return true;
    start(std::move(*section));
    return true;
}

bool Body::take_cpu_line(std::string_view message) {
    if (!is_cpu_line(message)) return false;
    const auto where = parse_cpu_line(message);
    if (!where) return false;
    Section* section = open();
    if (section != nullptr && names_owner(*section)) {
        if (!section->cpu) section->cpu = where->cpu;
        section->task = where->task;
    } else {
        close();
        if (!event_.cpu) event_.cpu = where->cpu;
        if (!event_.task.pid) event_.task.pid = where->task.pid;
        if (event_.task.comm.empty()) event_.task.comm = where->task.comm;
    }
    if (event_.machine.release.empty()) event_.machine.release = where->release;
    if (event_.machine.taint.empty()) event_.machine.taint = where->taint;
    return true;
}

bool Body::take_task_line(std::string_view message) {
    const auto line = parse_task_line(message);
    if (!line) return false;
    Section* section = open();
    if (section != nullptr && names_owner(*section)) {
        section->task = line->task;
    } else {
        Section dump;
        dump.kind = Section::Kind::task_dump;
        dump.title = std::string(trim(message));
        dump.task = line->task;
        start(std::move(dump));
    }
    return true;
}

bool Body::take_machine(std::string_view message) {
    switch (classify_machine_line(message)) {
        case MachineLine::none:
            return false;
        case MachineLine::modules:
            if (event_.machine.modules.empty()) event_.machine.modules = parse_modules(trim(message).substr(18));
            break;
        case MachineLine::hardware:
            if (event_.machine.hardware.empty())
                event_.machine.hardware = std::string(trim(trim(message).substr(14)));
            break;
        case MachineLine::registers: {
            Section* section = open();
            if (section == nullptr || section->kind == Section::Kind::registers) {
                if (section == nullptr) start(section_of(Section::Kind::registers)).title = "Registers";
                open()->line_last = line_;
            }
            break;
        }
        case MachineLine::work:
            note_work(message, event_);
            break;
        case MachineLine::code:
        case MachineLine::marker:
            break;
    }
    return true;
}

bool Body::take(std::string_view message, std::uint64_t line) {
    line_ = line;
    const std::string_view s = trim(message);
    if (s.empty()) return true;
    last_entry_.reset();
    const std::size_t end = s.find("---[ end ");
    if (end != s.npos && (contains(s.substr(end), "trace") || contains(s.substr(end), "Kernel panic"))) {
        ended_ = true;
        return true;
    }
    if (s.starts_with("Preemption disabled at:")) {
        // 3.x prints the place on the same line.
        std::string_view rest = s.substr(23);
        if (auto frame = parse_frame_line(rest)) {
            frame->frame.line = line_;
            event_.preempt_disabled_at = std::move(frame->frame);
        } else {
            disabled_at_ = true;
        }
        return true;
    }
    if (s.starts_with("Kernel panic - not syncing: ")) {
        event_.fields["panic"] = s.substr(28);
        return true;
    }
    if (kind_.line != nullptr && kind_.line(message, event_, *this)) return true;
    if (take_frame(message)) return true;
    disabled_at_ = false;
    return take_section(message) || take_cpu_line(message) || take_task_line(message) || take_machine(message);
}

void Body::finish() {
    for (Section& section : event_.sections) section.frames.shrink_to_fit();
    event_.sections.shrink_to_fit();  // a log may hold tens of thousands of reports
    if (const Section* own = kind_.main_stack == nullptr ? nullptr : kind_.main_stack(event_); own != nullptr) {
        event_.frames = own->frames;
        return;
    }
    const auto stack = std::find_if(event_.sections.begin(), event_.sections.end(), [](const Section& s) {
        return s.kind == Section::Kind::call_trace && !s.frames.empty();
    });
    if (stack != event_.sections.end()) {
        event_.frames = stack->frames;
    } else {
        const auto other = std::find_if(event_.sections.begin(), event_.sections.end(), [](const Section& s) {
            return holds_stack(s.kind) && s.kind != Section::Kind::kthread_stack && !s.frames.empty();
        });
        if (other != event_.sections.end()) event_.frames = other->frames;
    }
    if (!event_.frames.empty()) return;
    if (ip_) event_.frames.push_back(*ip_);
    if (link_ && (!ip_ || link_->function != ip_->function)) event_.frames.push_back(*link_);
}

}  // namespace stallsight
