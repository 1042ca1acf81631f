// The lines that tell where a report happened (lib/dump_stack.c, dump_stack_print_info(), 3.x to 6.x), and the
// other lines that come with a stack: registers, code bytes, modules.
#pragma once

#include <string_view>

#include "parsers/reports/event.h"

namespace stallsight {

// "CPU: 1 PID: 5079 Comm: clock_hwa_app Tainted: G           O      5.4.72 #2"; also "CPU: 1 UID: 0 PID: ..."
// (6.11) and "Pid: 412, comm: foo Tainted: G 2.6.32 #1".
struct Whereabouts {
    std::optional<int> cpu;
    Task task;
    std::string release, taint;
};
bool is_cpu_line(std::string_view message);
std::optional<Whereabouts> parse_cpu_line(std::string_view message);

// "Tainted: G           O      5.4.72 #2" or "Not tainted 5.4.72 #2"
void parse_taint(std::string_view text, std::string& taint, std::string& release);

// "Modules linked in: a b(O) [last unloaded: c]"
std::vector<std::string> parse_modules(std::string_view list);

enum class MachineLine { none, registers, code, modules, hardware, work, marker };
MachineLine classify_machine_line(std::string_view message);

}  // namespace stallsight
