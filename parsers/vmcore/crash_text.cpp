#include "parsers/vmcore/crash_text.h"

#include <algorithm>
#include <string>

#include "parsers/records/record.h"
#include "parsers/vmcore/crash_frame.h"
#include "parsers/vmcore/crash_rows.h"
#include "parsers/vmcore/crash_words.h"
#include "parsers/vmcore/debugger_text.h"
#include "parsers/vmcore/session_lines.h"
#include "parsers/vmcore/session_log.h"
#include "parsers/vmcore/stack_reader.h"
#include "parsers/vmcore/task_table.h"

namespace stallsight {
namespace {

using crash::take_word;
using crash::trimmed;

bool is_log_command(std::string_view command) {
    const std::string_view name = take_word(command);
    return name == "log" || name == "dmesg";
}

// A line with the kernel's stamp. What `crash` prints of stacks is indented.
bool is_log_line(std::string_view line) {
    return !line.empty() && line.front() != ' ' && line.front() != '#' && parse_record(line).time.has_value();
}

class SessionReader {
public:
    KernelState read(std::string_view text) {
        SessionLines lines(text, right_edge(text));
        while (auto line = lines.take()) {
            line_ = line->place.line;
            read_line(line->text, line->place);
            before_ = std::move(line->text);
        }
        end_stack();
        state_.log = log_.take();
        for (const LogLines& lines_of_log : state_.log) state_.log_lines += lines_of_log.count;
        state_.tasks = tasks_.take();
        return std::move(state_);
    }

private:
    enum class Section { other, log, ps, run_queues, modules, stack };

    void read_line(std::string_view line, const LogLines& place) {
        if (const auto command = crash_command(line)) {
            begin(*command);
        } else if (const auto asked = debugger_command(line)) {
            end_stack();
            section_ = Section::other;
            auto task = task_of_command(*asked);
            if (task || asked->find("stack_trace(") != asked->npos) announced_ = std::move(task);
        } else if (section_ == Section::log) {
            log_.add_printed(place, line.empty());
        } else if (!begins_section(line) && !read_row(line, place)) {
            read_system(line);
        }
    }

    void begin(std::string_view command) {
        begin_section(is_log_command(command) ? Section::log : Section::other);
        if (section_ == Section::log) log_.begin();
        const std::string_view name = take_word(command);
        all_active_ = name == "bt" && take_word(command) == "-a";
        if (name == "gdb") announced_ = context_;
    }

    void begin_section(Section section) {
        end_stack();
        section_ = section;
        announced_.reset();
        all_active_ = false;
    }

    void end_stack() {
        const std::uint64_t last = stack_.last_line();
        if (!stack_.empty()) tasks_.add_stack(owner_, stack_.take(), first_line_, last);
        if (section_ == Section::stack) section_ = Section::other;
    }

    // Lines that say by themselves what follows.
    bool begins_section(std::string_view line) {
        const auto ps = ps_heading(line);
        const auto modules = module_heading(line);
        const auto cpu = run_queue_heading(line);
        if (ps) {
            begin_section(Section::ps);
            ps_columns_ = *ps;
        } else if (modules) {
            begin_section(Section::modules);
            module_columns_ = *modules;
        } else if (cpu) {
            begin_section(Section::run_queues);
            state_.run_queues.push_back({*cpu, std::nullopt, {}});
        }
        return ps || modules || cpu;
    }

    bool read_row(std::string_view line, const LogLines& place) {
        if (section_ == Section::ps && read_ps(line)) return true;
        if (section_ == Section::modules && read_module(line)) return true;
        if (auto header = crash_task_header(line)) {
            read_header(std::move(*header), line);
        } else if (is_log_line(line)) {
            end_stack();
            log_.add_loose(place);
        } else if (StackReader::begins_stack(line)) {
            begin_stack();
            stack_.read(line, line_);
        } else if (auto thread = debugger_thread(line)) {
            end_stack();
            announced_ = std::move(*thread);
        } else if (section_ == Section::stack && !line.empty()) {
            stack_.read(line, line_);
        } else {
            if (line.empty()) begin_section(Section::other);
            return false;
        }
        return true;
    }

    // ps and mod end where a line is no row of theirs.
    bool read_ps(std::string_view line) {
        auto row = ps_row(line, ps_columns_);
        if (!row) {
            section_ = Section::other;
            return false;
        }
        row->line = row->line_last = line_;
        tasks_.merge(std::move(*row));
        return true;
    }

    bool read_module(std::string_view line) {
        const auto row = module_row(line, module_columns_);
        if (!row) {
            section_ = Section::other;
            return false;
        }
        const auto known = std::find_if(state_.modules.begin(), state_.modules.end(),
                                        [&](const KernelModule& module) { return module.name == row->name; });
        if (known == state_.modules.end()) {
            state_.modules.push_back(*row);
        } else if (module_columns_.taints) {
            known->taints = row->taints;
        } else {
            known->base = row->base;
            known->size = row->size;
        }
        return true;
    }

    void read_header(KernelTask header, std::string_view line) {
        end_stack();
        const bool queued =
            section_ == Section::run_queues && line.starts_with(' ');  // bt's headers are not indented
        const bool current = queued && trimmed(line).starts_with("CURRENT:");
        header.active |= all_active_ || current;
        header.line = header.line_last = line_;
        if (queued && !header.cpu) header.cpu = state_.run_queues.back().cpu;
        owner_ = tasks_.merge(std::move(header));
        if (current) {
            state_.run_queues.back().current = owner_;
        } else if (queued) {
            state_.run_queues.back().queued.push_back(owner_);
        } else {
            section_ = Section::stack;
            first_line_ = line_;
        }
    }

    // "#0 ...", behind crash's header, behind another one, or behind none.
    void begin_stack() {
        if (section_ == Section::stack && !stack_.has_numbers()) return;
        end_stack();
        if (auto heading = task_of_heading(before_)) announced_ = std::move(heading);
        KernelTask task = announced_.value_or(KernelTask());
        announced_.reset();
        task.line = task.line_last = first_line_ = line_;
        owner_ = tasks_.merge(std::move(task));
        section_ = Section::stack;
    }

    // `sys`, the banner that crash prints at its start, and the task of which `set` makes the current one
    void read_system(std::string_view line) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) return;
        const std::string_view label = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 2));
        if (label == "RELEASE" && state_.release.empty()) state_.release = value;
        if (label == "PANIC" && state_.panic.empty())
            state_.panic = value.starts_with('"') ? crash::quoted(value) : value;
        std::string_view rest = value;
        const std::string_view word = take_word(rest);
        if (label == "CPUS" && !state_.cpus) state_.cpus = crash::number<int>(word);
        if (label == "PID") context_.emplace().task.pid = crash::number<int>(word);
        if (label == "COMMAND" && context_) context_->task.comm = crash::quoted(value);
        if (label == "TASK" && context_) context_->task_address = crash::address(word).value_or(0);
    }

    KernelState state_;
    TaskTable tasks_;
    StackReader stack_;
    SessionLog log_;
    std::uint64_t line_ = 0;
    std::string before_;  // the line before
    Section section_ = Section::other;
    PsColumns ps_columns_;
    ModuleColumns module_columns_;
    std::size_t owner_ = 0;                // of the stack that is being read
    std::uint64_t first_line_ = 0;         // of that stack
    std::optional<KernelTask> announced_;  // whose stack drgn or gdb prints next
    std::optional<KernelTask> context_;    // crash's current task
    bool all_active_ = false;
};

// `log -m` prints the level behind the stamp, "[   15.347308] <3>rcu: INFO"; the kernel and `dmesg -r` in front of
// it.
std::string level_in_front(std::string_view line) {
    const std::size_t stamp_end = line.find(']');
    if (!line.starts_with('[') || stamp_end == line.npos) return std::string(line);
    const std::string_view stamp = line.substr(0, stamp_end + 2), level = line.substr(stamp.size()).substr(0, 3);
    const bool is_level = stamp.ends_with(' ') && level.size() == 3 && level[0] == '<' && level[2] == '>';
    if (!is_level) return std::string(line);
    return std::string(level).append(stamp).append(line.substr(stamp.size() + level.size()));
}

// What stands in a piece, each line as it was printed.
void rewrite_session_lines(std::string_view text, const Piece& piece, std::optional<std::size_t> edge,
                           LineWriter& out) {
    SessionLines lines(text.substr(piece.offset, piece.size), edge);
    while (const auto line = lines.take()) {
        out.add({}, level_in_front(line->text), {out.source_lines, piece.offset + line->place.offset});
        out.source_lines += line->place.count;
    }
}

// Where a piece of a log may end: in front of a line with a stamp, which is not the rest of another one.
std::size_t next_stamped_line(std::string_view text, std::size_t at) {
    const std::size_t from = at;
    do {
        at = next_line(text, at);
    } while (at < text.size() && at - from < longest_part &&
             !is_log_line(text.substr(at, next_line(text, at) - at)));
    return at;
}

}  // namespace

KernelState parse_crash_text(std::string_view text) {
    return SessionReader().read(text);
}

Result<RewrittenLog> log_of_crash_text(const KernelState& state, std::string_view text) {
    std::vector<Piece> pieces;
    for (const LogLines& lines : state.log) {
        std::vector<Piece> of_part =
            divide(text.substr(0, lines.offset + lines.bytes), lines.offset, next_stamped_line);
        if (!of_part.empty()) of_part.front().line = lines.line;
        pieces.insert(pieces.end(), of_part.begin(), of_part.end());
    }
    const auto edge = state.log.empty() ? std::nullopt : right_edge(text);
    return RewrittenLog::write(text, std::move(pieces),
                               [edge](std::string_view source, const Piece& piece, LineWriter& out) {
                                   rewrite_session_lines(source, piece, edge, out);
                               });
}

}  // namespace stallsight
