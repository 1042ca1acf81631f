#include <nlohmann/json.hpp>

#include "analysis/report/sections.h"
#include "analysis/report/svg.h"
#include "analysis/torture.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Style = Span::Style;

// The first ones as links, the others counted.
Line reports_of(const StallEpisode& stall) {
    constexpr std::size_t most = 3;
    Line out;
    for (const std::string& id : stall.events) {
        if (out.size() == 2 * most - 1) {
            out.push_back({" and " + std::to_string(stall.events.size() - most) + " more", Style::plain, {}});
            break;
        }
        if (!out.empty()) out.push_back({", ", Style::plain, {}});
        out.push_back({id, Style::plain, "#" + id});
    }
    return out;
}

Line where_of(const StallEpisode& stall) {
    std::string where = core_words(stall.board, stall.core);
    if (!stall.cpus.empty()) where += (where.empty() ? "" : " ") + cpus_words(stall.cpus);
    return plain(where);
}

Line held_up_by(const ReportInput& in, const StallEpisode& stall) {
    Line out = plain(joined(stall.held_up));
    const EventInfo* first = stall.events.empty() ? nullptr : in.analysis.event(stall.events.front());
    if (first == nullptr) return out;
    for (Span& note : notes_behind(in, first->artifact, first->report.line, first->report.line, false))
        out.push_back(std::move(note));
    return out;
}

Table stalls_table(const ReportInput& in) {
    Table table{{"Stall", "Where", "From", "Until", "How that is known", "Held up", "Reports"}, {}};
    for (const StallEpisode& stall : in.analysis.stalls) {
        const std::string from = stall.start_s ? fixed(*stall.start_s, 3) + " s" : "not known";
        const std::string until = fixed(stall.end_s, 3) + " s" + (stall.open ? ", still open" : "");
        const std::string basis =
            stall.start_basis + (stall.end_basis.empty() ? "" : "; until: " + stall.end_basis);
        table.rows.push_back({"",
                              {plain(stall.flavor), where_of(stall), plain(from), plain(until), plain(basis),
                               held_up_by(in, stall), reports_of(stall)}});
    }
    return table;
}

Points notes_on_times(const ReportInput& in) {
    Points points;
    for (const Note& note : in.notes) {
        if (note.target.kind != Target::Kind::time) continue;
        Line line = styled(Style::note, "✎ " + place_words(note.target) + ": ");
        for (Span& span : note_line(note)) line.push_back(std::move(span));
        points.items.push_back(std::move(line));
    }
    return points;
}

// As printed; the zeros at the end of an array, which healthy runs have many of, as one.
std::string counter_words(const Fields& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array() || value.empty() || !value.front().is_number()) return value.dump();
    std::size_t shown = value.size();
    while (shown > 0 && value[shown - 1] == 0) --shown;
    std::string out;
    for (std::size_t i = 0; i < shown; ++i) out += (i == 0 ? "" : " ") + value[i].dump();
    const std::size_t zeros = value.size() - shown;
    if (zeros > 0)
        out += (out.empty() ? "" : " ") + std::string("0") + (zeros > 1 ? " ×" + std::to_string(zeros) : "");
    return out;
}

// {"bucket":"1s/10","callbacks":57683,"grace_periods":11}: "1s/10 57683:11", as rcu_torture_fwd_cb_hist prints it.
std::string histogram_words(const Fields& rows) {
    std::string out;
    for (const Fields& row : rows)
        out += (out.empty() ? "" : " ") + row.value("bucket", "") + " " +
               std::to_string(row.value("callbacks", std::int64_t{0})) + ":" +
               std::to_string(row.value("grace_periods", std::int64_t{0}));
    return out;
}

std::string counters_words(const TortureSample& sample) {
    std::string out = sample.flags;
    for (const auto& [name, value] : sample.counters.items())
        out += (out.empty() ? "" : " · ") + name + " " +
               (name == "histogram" ? histogram_words(value) : counter_words(value));
    return out;
}

}  // namespace

std::vector<Block> timeline_section(const ReportInput& in) {
    if (in.analysis.cores.empty() || in.analysis.events.empty()) return {};
    std::vector<Block> out = {
        Figure{timeline_svg(in.analysis),
               "Each core on its own clock (seconds since its boot). Bars: stalls. Square: sleep in atomic "
               "context or another fault. Triangle: warning. Diamond: RCU stall report."}};
    if (Table stalls = stalls_table(in); !stalls.rows.empty()) out.emplace_back(std::move(stalls));
    if (Points notes = notes_on_times(in); !notes.items.empty()) out.emplace_back(std::move(notes));
    return out;
}

std::vector<Block> torture_section(const ReportInput& in) {
    Table table{{"Time", "Core", "What", "Evidence", "Counters"}, {}};
    for (const TortureInfo& info : in.analysis.torture) {
        const TortureSample& sample = info.sample;
        const std::string& path = in.analysis.artifacts[info.artifact].artifact.path;
        Line counters = plain(counters_words(sample));
        if (sample.failed)
            counters.insert(counters.begin(), Span{"failed: " + joined(sample.words) + " ", Style::bad, {}});
        table.rows.push_back(
            {"",
             {plain(sample.time ? fixed(seconds(*sample.time), 6) : ""),
              plain(core_words(info.board, info.core)),
              plain(std::string(name_of(sample.kind))),
              {{path + ":" + std::to_string(sample.line), Style::plain, "#a" + std::to_string(info.artifact)}},
              std::move(counters)}});
    }
    if (table.rows.empty()) return {};
    return {std::move(table)};
}

}  // namespace stallsight
