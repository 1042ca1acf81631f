#include "analysis/compare/compare.h"

#include "analysis/compare/exposure.h"
#include "analysis/compare/patched.h"
#include "analysis/compare/signatures.h"
#include "analysis/compare/verdict.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

ComparedSide side_of(const Side& runs) {
    ComparedSide side;
    std::vector<std::string> names;
    for (const Analysis* run : runs) {
        names.push_back(run->bundle_name);
        for (const ArtifactInfo& info : run->artifacts) side.artifacts.push_back(info.artifact.path);
        side.exposure_s += covered_seconds(*run);
    }
    side.name = joined(names);
    side.torture = torture_of(runs);
    return side;
}

}  // namespace

Comparison compare(const std::vector<Side>& sides) {
    Comparison out;
    for (const Side& side : sides) out.sides.push_back(side_of(side));
    std::vector<SignatureRow> rows = gather_signatures(sides);
    find_near_matches(rows);
    out.patched = find_patched(sides, rows);
    for (SignatureRow& row : rows) out.signatures.push_back(std::move(row.comparison));
    judge_signatures(out);
    out.torture = compare_torture(out.before().torture, out.after().torture);
    out.verdict = summary_of(out);
    return out;
}

}  // namespace stallsight
