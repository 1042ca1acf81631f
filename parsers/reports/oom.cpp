// "foo invoked oom-killer: gfp_mask=0x..., order=0, oom_score_adj=0": mm/oom_kill.c, 2.6 to 6.x. The task table is
// kept as data.
#include "parsers/reports/body.h"
#include "parsers/reports/kinds.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::size_t most_rows = 4096;

bool accept(const Header& header, Event& event) {
    std::string_view lead = trim(header.lead);
    const std::string_view mask = word_after(header.text, "gfp_mask=");
    if (lead.empty() || lead.size() > 64 || mask.empty() || !is_digit(mask.front())) return false;
    event.headline = std::string(trim(header.record.message));
    event.task.comm = std::string(lead);
    const std::string_view s = header.text;
    event.fields["gfp_mask"] = mask;
    if (const auto n = number_after(s, "order=")) event.fields["order"] = *n;
    if (const auto n = number_after(s, "oom_score_adj=")) event.fields["oom_score_adj"] = *n;
    return true;
}

// "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name"
bool read_table_head(std::string_view s, Event& event, Body& body) {
    if (!s.starts_with("[") || !contains(s, "pid") || !contains(s, " name")) return false;
    Section table;
    table.kind = Section::Kind::table;
    table.title = "Tasks state (memory values in pages)";
    body.start(std::move(table));
    Fields columns = Fields::array();
    columns.push_back("pid");
    for (const std::string_view word : split_blanks(s.substr(s.find(']') + 1))) columns.push_back(word);
    event.fields["columns"] = std::move(columns);
    event.fields["tasks"] = Fields::array();
    return true;
}

// "[    411]     0   411     2210      512    61440        0         -1000 systemd-udevd"
bool read_table_row(std::string_view s, Event& event, Body& body) {
    if (!event.fields.contains("columns") || !s.starts_with("[")) return false;
    const std::size_t close = s.find(']');
    if (close == std::string_view::npos) return false;
    std::string_view pid = trim(s.substr(1, close - 1));
    const auto number = eat_number(pid);
    if (!number || !pid.empty()) return false;
    Fields& tasks = event.fields["tasks"];
    if (tasks.size() >= most_rows) return true;
    const Fields& columns = event.fields["columns"];
    Fields row = Fields::object();
    row["pid"] = *number;
    std::size_t at = 1;
    for (std::string_view word : split_blanks(s.substr(close + 1))) {
        if (at >= columns.size()) break;
        const std::string key = columns[at++].get<std::string>();
        std::string_view digits = word;
        const auto value = eat_signed(digits);
        if (value && digits.empty() && key != "name")
            row[key] = *value;
        else
            row[key] = word;
    }
    tasks.push_back(std::move(row));
    if (body.open() != nullptr) body.open()->line_last = body.line();
    return true;
}

bool line(std::string_view message, Event& event, Body& body) {
    const std::string_view s = trim(message);
    if (read_table_head(s, event, body) || read_table_row(s, event, body)) return true;
    if (s.starts_with("Out of memory") || s.starts_with("Memory cgroup out of memory") ||
        s.starts_with("Killed process ")) {
        if (const auto pid = number_after(s, "process ")) {
            Fields killed = Fields::object();
            killed["pid"] = *pid;
            killed["comm"] = between(s, "(", ")");
            event.fields["killed"] = std::move(killed);
        }
        body.close();
        return true;
    }
    if (s.starts_with("oom-kill:constraint=")) {
        event.fields["constraint"] = word_after(s, "constraint=");
        return true;
    }
    if (s.starts_with("oom_reaper: ")) {
        body.end();
        return true;
    }
    return s.starts_with("Mem-Info") || s.starts_with("active_anon:") || s.starts_with("Node ") ||
           contains(s, "lowmem_reserve[]") || contains(s, "pagecache pages") || contains(s, "swap cache") ||
           s.starts_with("Free swap") || s.starts_with("Total swap") || contains(s, "pages RAM") ||
           contains(s, "pages HighMem") || contains(s, "pages reserved") || contains(s, "pages cma") ||
           s.starts_with("Tasks state") || s.starts_with("Unreclaimable slab") || contains(s, "hugepages_total") ||
           contains(s, "pages hwpoisoned") || s.starts_with("memory: usage") || s.starts_with("swap: usage") ||
           s.starts_with("Memory cgroup stats") || s.starts_with("isolated_") || contains(s, "slab_reclaimable:") ||
           contains(s, "unevictable:") || s.starts_with("free:") || s.starts_with("mapped:") ||
           s.starts_with("kmem: usage");
}

}  // namespace

ReportKind oom_kind() {
    return {.name = "oom",
            .kind = EventKind::oom,
            .patterns = {"invoked oom-killer: "},
            .accept = accept,
            .line = line};
}

}  // namespace stallsight
