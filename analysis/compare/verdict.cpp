#include "analysis/compare/verdict.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/compare/words.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

constexpr double hour_s = 3600;

Observed observed(const SideCount& count, const ComparedSide& side) {
    return {count.occurrences, side.exposure_s};
}

void fill_rates(SignatureComparison& row, const Comparison& comparison) {
    for (std::size_t i = 0; i < row.sides.size(); ++i) {
        const double hours = comparison.sides[i].exposure_s / hour_s;
        if (hours <= 0) continue;
        row.sides[i].rate_per_h = static_cast<double>(row.sides[i].occurrences) / hours;
        row.sides[i].interval = rate_interval({row.sides[i].occurrences, hours});
    }
    const ComparedSide& before = comparison.before();
    const ComparedSide& after = comparison.after();
    if (before.exposure_s <= 0 || after.exposure_s <= 0) return;
    row.ratio = compare_rates(observed(row.before(), before), observed(row.after(), after));
    row.expected = static_cast<double>(row.before().occurrences) * (after.exposure_s / before.exposure_s);
}

bool is_tested(const SignatureComparison& row) {
    return row.cause.empty() && row.ratio && row.before().occurrences + row.after().occurrences > 0;
}

void correct_for_many(Comparison& comparison) {
    std::vector<SignatureComparison*> tested;
    std::vector<double> p;
    for (SignatureComparison& row : comparison.signatures) {
        if (!is_tested(row)) continue;
        tested.push_back(&row);
        p.push_back(row.ratio->p);
    }
    const auto tests = holm(p);
    for (std::size_t i = 0; i < tested.size(); ++i) {
        SignatureComparison& row = *tested[i];
        row.p_adjusted = tests[i].adjusted;
        if (row.after().occurrences > 0) continue;
        const double needed = exposure_to_show(observed(row.before(), comparison.before()), tests[i].level);
        row.hours_needed = std::max(0.0, needed - comparison.after().exposure_s) / hour_s;
    }
}

Verdict verdict_of(const SignatureComparison& row) {
    const bool proved = row.p_adjusted && *row.p_adjusted <= error_level;
    if (row.before().count == 0) return row.after().count == 0 ? Verdict::unchanged : Verdict::fresh;
    if (row.after().count == 0) return proved ? Verdict::cured : Verdict::not_shown;
    if (!proved || !row.ratio->value) return Verdict::unchanged;
    return *row.ratio->value < 1 ? Verdict::better : Verdict::worse;
}

const SignatureComparison* cause_of(const SignatureComparison& row, const Comparison& comparison) {
    const auto cause = std::find_if(comparison.signatures.begin(), comparison.signatures.end(),
                                    [&](const SignatureComparison& r) { return r.signature == row.cause; });
    return row.cause.empty() || cause == comparison.signatures.end() ? nullptr : &*cause;
}

// What follows from a cause is gone with it, and is cured when the cause is.
void judge_consequences(Comparison& comparison) {
    for (SignatureComparison& row : comparison.signatures) {
        const SignatureComparison* cause = cause_of(row, comparison);
        if (cause != nullptr && row.verdict == Verdict::not_shown && cause->verdict == Verdict::cured)
            row.verdict = Verdict::cured;
    }
}

std::string p_words(const SignatureComparison& row) {
    if (!row.p_adjusted) return {};
    return *row.p_adjusted < 1e-300 ? "p < 1e-300" : "p = " + significant(*row.p_adjusted, 2);
}

std::string gone_words(const SignatureComparison& row, const Comparison& comparison) {
    std::string out = "0 in " + duration_words(comparison.after().exposure_s) + "; at the old rate " +
                      significant(*row.expected, 3) + " expected; ratio " + ratio_words(*row.ratio) + "; " +
                      p_words(row);
    if (row.verdict == Verdict::not_shown)
        out += "; needs " + duration_words(*row.hours_needed * hour_s) + " more for 95 %";
    return out;
}

std::string sentence_of(const SignatureComparison& row, const Comparison& comparison) {
    if (const SignatureComparison* cause = cause_of(row, comparison)) {
        const std::string name = qualified_name(cause->title, cause->module);
        if (row.after().count > 0) return "follows from " + name;
        return (cause->after().count > 0 ? "no longer follows from " : "gone with its cause, ") + name;
    }
    if (row.before().count + row.after().count == 0) return "only in between";
    if (!row.ratio) return "no rate: a side's logs do not say how long they cover";
    if (row.before().count == 0)
        return "none in " + duration_words(comparison.before().exposure_s) + " before, " +
               std::to_string(row.after().occurrences) + " in " + duration_words(comparison.after().exposure_s) +
               "; " + p_words(row);
    if (row.after().count == 0) return gone_words(row, comparison);
    return "rate after to rate before " + ratio_words(*row.ratio) + "; " + p_words(row);
}

struct VerdictWords {
    Verdict verdict;
    std::string_view name, in_summary;
};
constexpr std::array verdicts = {
    VerdictWords{Verdict::cured, "cured", "cured"},
    VerdictWords{Verdict::not_shown, "not_shown", "gone, but not yet shown to be cured"},
    VerdictWords{Verdict::better, "better", "better"},
    VerdictWords{Verdict::unchanged, "unchanged", "unchanged"},
    VerdictWords{Verdict::worse, "worse", "worse"},
    VerdictWords{Verdict::fresh, "new", "new"},
};

std::string patch_sentence(const Comparison& comparison) {
    if (comparison.patched.empty()) return {};
    std::vector<std::string> unseen;
    for (const PatchedFunction& function : comparison.patched)
        if (std::all_of(function.reports.begin(), function.reports.end(), [](std::size_t n) { return n == 0; }))
            unseen.push_back(function.function);
    const auto through = static_cast<std::size_t>(
        std::count_if(comparison.signatures.begin(), comparison.signatures.end(),
                      [](const SignatureComparison& row) { return row.cause.empty() && !row.patched.empty(); }));
    std::string out = " The patch changes " + counted(comparison.patched.size(), "function") + "; the stacks of " +
                      counted(through, "signature") + (through == 1 ? " runs" : " run") + " through them";
    if (!unseen.empty()) out += "; never seen in a report: " + joined(unseen);
    return out + ".";
}

}  // namespace

std::string_view name_of(Verdict verdict) {
    for (const VerdictWords& words : verdicts)
        if (words.verdict == verdict) return words.name;
    return "?";
}

void judge_signatures(Comparison& comparison) {
    for (SignatureComparison& row : comparison.signatures) fill_rates(row, comparison);
    correct_for_many(comparison);
    for (SignatureComparison& row : comparison.signatures) row.verdict = verdict_of(row);
    judge_consequences(comparison);
    for (SignatureComparison& row : comparison.signatures) row.sentence = sentence_of(row, comparison);
}

std::string summary_of(const Comparison& comparison) {
    const std::string watched = "The logs cover " + duration_words(comparison.before().exposure_s) +
                                " before and " + duration_words(comparison.after().exposure_s) + " after.";
    if (comparison.signatures.empty()) return "Neither side has a kernel report. " + watched;
    std::vector<std::string> parts;
    for (const VerdictWords& words : verdicts) {
        const auto n = std::count_if(comparison.signatures.begin(), comparison.signatures.end(),
                                     [&](const SignatureComparison& row) { return row.verdict == words.verdict; });
        const bool always_said = words.verdict == Verdict::cured || words.verdict == Verdict::fresh;
        if (n > 0 || always_said)
            parts.push_back((n == 0 ? "nothing" : std::to_string(n)) + " " + std::string(words.in_summary));
    }
    std::string out = counted(comparison.signatures.size(), "signature") + ": " + joined(parts) + ". " + watched;
    if (!comparison.torture.sentence.empty()) out += " " + comparison.torture.sentence;
    return out + patch_sentence(comparison);
}

}  // namespace stallsight
