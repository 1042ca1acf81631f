#include "analysis/case/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/case/anchor.h"
#include "analysis/case/changes.h"
#include "analysis/compare/compare.h"
#include "tests/support/process.h"

namespace stallsight {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string sample = STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby";

class Decisions : public testing::Test {
protected:
    [[nodiscard]] Analysis read() const {
        AnalysisOptions options;
        options.case_file = case_path();
        return analyse(sample, options).value();
    }
    [[nodiscard]] std::string case_path() const { return (folder_.path() / "case.json").string(); }
    void decide(Target target, Decision decision, const std::string& text) {
        CaseFile file;
        file.path = case_path();
        Note note;
        note.target = std::move(target);
        note.decision = decision;
        note.text = text;
        Change change{std::nullopt, note};
        ASSERT_TRUE(apply(file, change));
    }
    static const EventInfo& sleep_of(const Analysis& analysis) {
        for (const EventInfo& event : analysis.events)
            if (event.report.kind == EventKind::atomic_sleep) return event;
        throw std::logic_error("no sleep");
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(Decisions, TheGuiltyFrameIsTheUsers) {
    const Analysis before = read();
    const EventInfo& event = sleep_of(before);
    std::size_t frame = 0;
    while (event.report.frames[frame].function != "virtqueue_notify") ++frame;
    decide(frame_target(before, event, frame).value(), Decision::guilty, "it must not call a callback that sleeps");

    const Analysis after = read();
    const EventInfo& decided = sleep_of(after);
    EXPECT_EQ(decided.guilty.function, "virtqueue_notify");
    EXPECT_TRUE(decided.guilty.by_user);
    EXPECT_THAT(decided.title, HasSubstr("in virtqueue_notify"));
    EXPECT_THAT(decided.signature, HasSubstr("virtqueue_notify"));
    const Chain* chain = after.chain_of(decided.id);
    ASSERT_NE(chain, nullptr);
    EXPECT_EQ(chain->links[chain->guilty_link].function, "virtqueue_notify");
    EXPECT_THAT(after.diagnoses.front().summary, HasSubstr("virtqueue_notify"));
    EXPECT_THAT(after.diagnoses.front().why,
                testing::Contains(HasSubstr("you said so (note n1: it must not call a callback that sleeps)")));
}

TEST_F(Decisions, WhatIsNoProblemHereIsSetAside) {
    const Analysis before = read();
    decide(event_target(before, sleep_of(before)).value(), Decision::no_problem, "");
    const Analysis after = read();
    EXPECT_EQ(sleep_of(after).set_aside, "not a problem here: you said so (note n1)");
    EXPECT_EQ(after.diagnoses.front().rule, "rcu_stall");
    EXPECT_EQ(after.diagnoses.back().summary, "1 report was set aside by you.");
    for (const SignatureComparison& row : compare({{&before}, {&after}}).signatures)
        EXPECT_THAT(row.signature, Not(HasSubstr("atomic_sleep")));
}

TEST_F(Decisions, ACaseThatCannotBeReadIsSaid) {
    std::ofstream(case_path()) << "garbage";
    const Analysis analysis = read();
    ASSERT_EQ(analysis.problems.size(), 1U);
    EXPECT_THAT(analysis.problems.front().text(), HasSubstr("not a case file"));
    EXPECT_THAT(analysis.events, Not(IsEmpty()));
}

}  // namespace
}  // namespace stallsight
