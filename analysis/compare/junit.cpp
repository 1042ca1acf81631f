#include <algorithm>

#include "analysis/compare/output.h"
#include "analysis/report/markup.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

std::string test_case(const SignatureComparison& row, bool failed) {
    const std::string said = escaped(std::string(name_of(row.verdict)) + ": " + row.sentence);
    std::string out = "  <testcase classname=\"" + escaped(name_of(row.kind)) + "\" name=\"" +
                      escaped(qualified_name(row.title, row.module)) + "\">";
    if (failed)
        out += "<failure type=\"" + escaped(name_of(row.verdict)) + "\" message=\"" + said + "\"/>";
    else
        out += "<system-out>" + said + "</system-out>";
    return out + "</testcase>\n";
}

}  // namespace

std::string to_junit(const Comparison& comparison, const std::function<bool(const SignatureComparison&)>& fails) {
    std::string cases;
    std::size_t failures = 0;
    for (const SignatureComparison& row : comparison.signatures) {
        failures += fails(row) ? 1 : 0;
        cases += test_case(row, fails(row));
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"stallsight compare " +
           escaped(comparison.before().name) + " " + escaped(comparison.after().name) + "\" tests=\"" +
           std::to_string(comparison.signatures.size()) + "\" failures=\"" + std::to_string(failures) + "\">\n" +
           cases + "  <system-out>" + escaped(comparison.verdict) + "</system-out>\n</testsuite>\n";
}

}  // namespace stallsight
