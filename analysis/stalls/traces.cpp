#include "analysis/stalls/traces.h"

#include <algorithm>
#include <limits>

#include "analysis/diagnosis/sentences.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{256} * 1024;  // of the log on either side: a stall prints little

// "hwa_diag: ", "hwa_diag 0000:01:00.0: ": pr_fmt() and dev_printk() put the module's or driver's name first; a
// module's file may be named with a dash instead.
bool printed_by(std::string_view message, const std::string& module) {
    if (module.empty() || message.size() <= module.size()) return false;
    const auto same = [](char a, char b) { return a == b || (a == '-' && b == '_'); };
    if (!std::equal(module.begin(), module.end(), message.begin(), [&](char m, char c) { return same(c, m); }))
        return false;
    return message[module.size()] == ':' || message[module.size()] == ' ';
}

// "cpu 1", "CPU#1", "CPU1"
bool names_cpu(std::string_view message, int cpu) {
    const std::string number = std::to_string(cpu);
    for (std::size_t at = 0; at + 3 < message.size(); ++at) {
        const std::string_view word = message.substr(at, 3);
        if (word != "cpu" && word != "CPU") continue;
        std::string_view rest = message.substr(at + 3);
        if (rest.front() == ' ' || rest.front() == '#') rest.remove_prefix(1);
        if (rest.starts_with(number) && (rest.size() == number.size() || !is_digit(rest[number.size()])))
            return true;
    }
    return false;
}

class Lines {
public:
    using Spans = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

    // `cpu`: that each line must name.
    Lines(const Analysis& analysis, const EventInfo& report, const Spans& reports, std::optional<int> cpu = {})
        : analysis_(analysis), report_(report), reports_(reports), cpu_(cpu) {}

    // Calls `use` with each line that counts, in the order of the log; stops when it returns false, and at the
    // first line that is later than `until_s`.
    template <class Use>
    void between(std::uint64_t from, std::uint64_t to, double until_s, Use use) const {
        const std::string_view text = analysis_.artifacts[report_.artifact].artifact.bytes.view();
        while (from < to) {
            const std::size_t end = std::min<std::size_t>(text.find('\n', from), text.size());
            const Record record = parse_record(text.substr(from, end - from));
            if (record.time && seconds(*record.time) > until_s) return;
            const std::string why = record.time ? reason(record) : std::string();
            if (!why.empty() && !in_report(from) && !use(trace(record, from, why))) return;
            from = end + 1;
        }
    }

private:
    [[nodiscard]] std::string reason(const Record& record) const {
        if (cpu_ && !names_cpu(record.message, *cpu_)) return {};
        const auto& pid = report_.report.task.pid;
        if (pid && *pid > 0 && record.caller_tid == pid) return report_.report.task.comm;
        return printed_by(record.message, report_.guilty.module) ? report_.guilty.module : std::string();
    }

    [[nodiscard]] bool in_report(std::uint64_t offset) const {
        const auto behind = std::upper_bound(reports_.begin(), reports_.end(), std::pair(offset, UINT64_MAX));
        return behind != reports_.begin() && offset < std::prev(behind)->second;
    }

    [[nodiscard]] Trace trace(const Record& record, std::uint64_t offset, const std::string& who) const {
        const ArtifactInfo& info = analysis_.artifacts[report_.artifact];
        const std::uint64_t line = info.scan.index.line_at(info.artifact.bytes.view(), offset);
        return {seconds(*record.time), line, who + " printed then: " + evidence_place(analysis_, report_, line)};
    }

    const Analysis& analysis_;
    const EventInfo& report_;
    const Spans& reports_;  // of the same file
    std::optional<int> cpu_;
};

// Whether any line could tell: by the module's name, or by printk's caller tags.
bool can_tell(const Analysis& analysis, const EventInfo& report) {
    if (!report.guilty.module.empty()) return true;
    const std::string_view text = analysis.artifacts[report.artifact].artifact.bytes.view();
    const std::string_view line = text.substr(report.report.offset, 512);
    return report.report.task.pid && parse_record(line.substr(0, line.find('\n'))).caller_tid;
}

}  // namespace

const Traces::Spans& Traces::reports_of(std::size_t artifact) {
    const auto [it, fresh] = reports_.try_emplace(artifact);
    if (!fresh) return it->second;
    for (const EventInfo& event : analysis_.events)
        if (event.artifact == artifact) it->second.emplace_back(event.report.offset, event.report.offset_last);
    std::sort(it->second.begin(), it->second.end());
    return it->second;
}

std::optional<Trace> Traces::before(const EventInfo& report, const Window& window, std::optional<int> cpu) {
    if (!can_tell(analysis_, report)) return std::nullopt;
    const std::uint64_t to = report.report.offset;
    std::optional<Trace> found;
    Lines(analysis_, report, reports_of(report.artifact), cpu)
        .between(to > most_bytes ? to - most_bytes : 0, to, std::numeric_limits<double>::infinity(),
                 [&](Trace trace) {
                     if (window.contains(trace.at_s)) found = std::move(trace);
                     return true;
                 });
    return found;
}

std::optional<Trace> Traces::after(const EventInfo& report, const Window& window) {
    if (!can_tell(analysis_, report)) return std::nullopt;
    const std::uint64_t from = report.report.offset_last;
    const std::uint64_t size = analysis_.artifacts[report.artifact].artifact.bytes.size();
    std::optional<Trace> found;
    Lines(analysis_, report, reports_of(report.artifact))
        .between(from, std::min(size, from + most_bytes), window.to_s, [&](Trace trace) {
            if (window.contains(trace.at_s)) found = std::move(trace);
            return !found;
        });
    return found;
}

}  // namespace stallsight
