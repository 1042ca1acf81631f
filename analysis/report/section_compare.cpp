#include "analysis/compare/words.h"
#include "analysis/report/sections.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Style = Span::Style;

Table sides_table(const Comparison& comparison) {
    Table table{{"Build", "Runs", "Watched for"}, {}};
    for (std::size_t i = 0; i < comparison.sides.size(); ++i) {
        const ComparedSide& side = comparison.sides[i];
        table.rows.push_back(
            {"", {plain(side_name(comparison, i)), plain(side.name), plain(exposure_words(side))}});
    }
    return table;
}

// What follows from another report has no rate of its own.
Line count_line(const SignatureComparison& row, const SideCount& count) {
    Line out = plain(grouped(static_cast<long long>(count.count)));
    if (const std::string rate = rate_words(count); row.cause.empty() && count.occurrences > 0 && !rate.empty())
        out.push_back({" · " + rate, Style::aside, {}});
    return out;
}

Line figures_line(const Comparison& comparison, const SignatureComparison& row) {
    Line out = plain(row.sentence);
    for (const std::size_t i : row.patched)
        out.push_back({"; " + patched_words(comparison.patched[i]), Style::plain, {}});
    for (const NearMatch& near : row.near) out.push_back({"; " + near_words(comparison, near), Style::plain, {}});
    return out;
}

Table signatures_table(const Comparison& comparison) {
    Table table{{"Report", "Before", "After", "Verdict", "In figures"}, {}};
    for (const SignatureComparison& row : comparison.signatures)
        table.rows.push_back({"",
                              {plain(qualified_name(row.title, row.module)), count_line(row, row.before()),
                               count_line(row, row.after()), plain(std::string(name_of(row.verdict))),
                               figures_line(comparison, row)}});
    return table;
}

Table torture_table(const TortureComparison& torture) {
    Table table{{"rcutorture", "Unit", "Before", "After", "p"}, {}};
    for (const MeasureComparison& row : torture.measures)
        table.rows.push_back({"",
                              {plain(std::string(row.measure->words)), plain(std::string(row.measure->unit)),
                               plain(sampled_words(row.before)), plain(sampled_words(row.after)),
                               plain(row.p ? significant(*row.p, 2) : "too few values")}});
    return table;
}

Table patched_table(const Comparison& comparison) {
    Table table{{"Patched function", "File", "Hunks", "Reports that run through it", "What the patch does"}, {}};
    for (const PatchedFunction& function : comparison.patched) {
        std::string reports;
        for (const std::size_t n : function.reports)
            reports += (reports.empty() ? "" : ", then ") + grouped(static_cast<long long>(n));
        table.rows.push_back({"",
                              {styled(Style::code, function.function), plain(function.file),
                               plain(std::to_string(function.hunks)), plain(reports), plain(function.effect)}});
    }
    return table;
}

}  // namespace

std::vector<Block> comparison_section(const ReportInput& in) {
    if (in.options.comparison == nullptr) return {};
    const Comparison& comparison = *in.options.comparison;
    std::vector<Block> out = {Paragraph{plain(comparison.verdict)}};
    for (Table table : {sides_table(comparison), signatures_table(comparison), torture_table(comparison.torture),
                        patched_table(comparison)})
        if (!table.rows.empty()) out.emplace_back(std::move(table));
    out.emplace_back(Paragraph{styled(Style::aside,
                                      "Rates are of occurrences, with exact 95 % intervals; ± is the standard "
                                      "deviation, behind it the number of values; p is corrected for all tests.")});
    return out;
}

std::vector<Block> patch_section(const ReportInput& in) {
    Table table{{"File", "Function", "Hunk", "On the chain"}, {}};
    for (const PatchHunk& hunk : in.analysis.patch_hunks) {
        Line on = plain("no");
        if (hunk.on_chain) on = {{"yes, in ", Style::plain, {}}, {hunk.event, Style::plain, "#" + hunk.event}};
        if (!hunk.effect.empty()) on.push_back({": " + hunk.effect, Style::plain, {}});
        const std::string& patch = in.analysis.artifacts[hunk.artifact].artifact.path;
        table.rows.push_back(
            {"",
             {plain(hunk.file),
              plain(hunk.function),
              {{patch + ":" + std::to_string(hunk.hunk.line), Style::plain, "#a" + std::to_string(hunk.artifact)}},
              std::move(on)}});
    }
    if (table.rows.empty()) return {};
    return {std::move(table)};
}

}  // namespace stallsight
