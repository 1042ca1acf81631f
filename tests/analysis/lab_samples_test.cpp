// The rpmsg samples. What must be found was counted in their logs with plain regular expressions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "analysis/compare/compare.h"
#include "analysis/modules.h"

namespace stallsight {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class LabSamples : public testing::Test {
protected:
    static void SetUpTestSuite() {
        before_ = read("rpmsg-mutex-before-x86_64");
        after_ = read("rpmsg-spinlock-after-x86_64");
        ppc64_ = read("rpmsg-mutex-before-ppc64");
    }
    static void TearDownTestSuite() {
        before_.reset();
        after_.reset();
        ppc64_.reset();
    }
    static std::unique_ptr<Analysis> read(const std::string& name) {
        auto analysis = analyse(STALLSIGHT_SOURCE_DIR "/sample-logs/" + name);
        EXPECT_TRUE(analysis && analysis->problems.empty()) << name;
        return std::make_unique<Analysis>(std::move(analysis.value()));
    }

    // Reports of one headline, as `grep -c` counts them.
    static std::size_t reports(const Analysis& analysis, const std::string& part) {
        return static_cast<std::size_t>(std::count_if(
            analysis.events.begin(), analysis.events.end(),
            [&](const EventInfo& event) { return event.report.headline.find(part) != std::string::npos; }));
    }

    static void expect_the_chain(const Analysis& analysis) {
        const EventInfo* event = nullptr;
        for (const EventInfo& e : analysis.events)
            if (event == nullptr && e.report.preempt_count == 0x203U) event = &e;
        ASSERT_NE(event, nullptr);
        const Chain* chain = analysis.chain_of(event->id);
        ASSERT_NE(chain, nullptr);
        EXPECT_EQ(chain->links[chain->disabled_link].function, "__dev_queue_xmit");
        EXPECT_EQ(chain->links[chain->guilty_link].function, "nokia_rpmsg_notify");
        EXPECT_THAT(chain->links[chain->guilty_link].file, EndsWith("rpmsg_platform_driver.c"));
        EXPECT_EQ(chain->links[chain->guilty_link].line, 100);
        EXPECT_EQ(chain->links[chain->end_link].count_after + static_cast<unsigned>(chain->by_scheduler), 0x203U);
        EXPECT_FALSE(chain->contradictory);
        EXPECT_EQ(chain->unexplained, 0);
        EXPECT_FALSE(chain->links[chain->guilty_link].hunks.empty()) << "the patch changes it";
    }

    // Does a hunk of that patch change nokia_rpmsg_notify() where the chain runs through it?
    static const PatchHunk* hunk_on_chain(const Analysis& analysis, const std::string& patch) {
        for (const PatchHunk& hunk : analysis.patch_hunks)
            if (hunk.on_chain && analysis.artifacts[hunk.artifact].artifact.path == patch) return &hunk;
        return nullptr;
    }

    static const SignatureComparison& row_of(const Comparison& comparison, const std::string& part) {
        for (const SignatureComparison& row : comparison.signatures)
            if (row.signature.find(part) != std::string::npos) return row;
        throw std::out_of_range(part);
    }

    static std::unique_ptr<Analysis> before_, after_, ppc64_;
};
std::unique_ptr<Analysis> LabSamples::before_;
std::unique_ptr<Analysis> LabSamples::after_;
std::unique_ptr<Analysis> LabSamples::ppc64_;

TEST_F(LabSamples, EveryReportIsFound) {
    EXPECT_EQ(reports(*before_, "scheduling while atomic"), 213U + 206U + 7U + 14U);
    EXPECT_EQ(reports(*before_, "sleeping function called"), 65U);
    EXPECT_EQ(reports(*ppc64_, "scheduling while atomic"), 183U + 16U + 184U);
    EXPECT_EQ(reports(*ppc64_, "sleeping function called"), 48U);
    EXPECT_THAT(after_->events, IsEmpty());
    for (const auto* run : {before_.get(), after_.get(), ppc64_.get()}) EXPECT_THAT(run->stalls, IsEmpty());
}

TEST_F(LabSamples, TheChainIsTheSameOnBothArchitectures) {
    expect_the_chain(*before_);
    expect_the_chain(*ppc64_);
}

TEST_F(LabSamples, TheSpinlockCuresWhatTheMutexDid) {
    const Comparison comparison = compare({{before_.get()}, {after_.get()}});
    for (const SignatureComparison& row : comparison.signatures)
        EXPECT_EQ(row.verdict, Verdict::cured) << row.title;
    const SignatureComparison& slept = row_of(comparison, "scheduling_while_atomic/nokia_rpmsg_notify");
    EXPECT_EQ(slept.before().count, 213U + 14U);  // with 0x00000203 and with 0x00000002
    EXPECT_LT(*slept.p_adjusted, 1e-50);
    const SignatureComparison& might_sleep = row_of(comparison, "sleeping_function");
    EXPECT_EQ(might_sleep.before().count, 65U);
    EXPECT_LT(*might_sleep.p_adjusted, 1e-15);
    EXPECT_THAT(row_of(comparison, "warning/").cause, HasSubstr("nokia_rpmsg_notify"));
    ASSERT_FALSE(slept.patched.empty());
    EXPECT_EQ(comparison.patched[slept.patched[0]].function, "nokia_rpmsg_notify");
    EXPECT_THAT(comparison.verdict, HasSubstr("never seen in a report: nokia_rpmsg_poll_thread"));
    EXPECT_THAT(comparison.torture.sentence, HasSubstr("0 failures in 14 samples before, 0 in 15 after"));
}

TEST_F(LabSamples, NothingIsCuredAndNothingNewAgainstItself) {
    for (const auto* run : {before_.get(), ppc64_.get()})
        for (const SignatureComparison& row : compare({{run}, {run}}).signatures)
            EXPECT_EQ(row.verdict, Verdict::unchanged) << row.title;
}

TEST_F(LabSamples, SignaturesAreTheSameOnBothArchitectures) {
    const Comparison comparison = compare({{before_.get()}, {ppc64_.get()}});
    for (const SignatureComparison& row : comparison.signatures)
        EXPECT_NE(row.verdict, Verdict::fresh) << row.title;
    EXPECT_EQ(row_of(comparison, "scheduling_while_atomic/nokia_rpmsg_notify").verdict, Verdict::unchanged);
}

// Of the ppc64 kernel there is no debug info: every call on the chain's way is proved, or said not to be checked.
TEST_F(LabSamples, ChainSaysWhoseCallsAreNotChecked) {
    ASSERT_FALSE(ppc64_->chains.empty());
    for (const Chain& chain : ppc64_->chains) {
        std::size_t of_kernel = 0;
        for (std::size_t i = 0; i < chain.end_link; ++i) {
            const Link& link = chain.links[i];
            of_kernel += link.module.empty();
            EXPECT_TRUE(link.module.empty() || !link.call_site.empty()) << chain.event << " " << link.function;
        }
        EXPECT_THAT(chain.unchecked, StartsWith("calls not checked: " + std::to_string(of_kernel) + " frame"));
        EXPECT_THAT(chain.unchecked, EndsWith(" of vmlinux: no debug info here"));
    }
}

// One change, as git, Mercurial and quilt wrote it. `hg diff` names no function: there the debug info's line
// decides.
TEST_F(LabSamples, PatchesOfEachToolAreTiedToTheChain) {
    AnalysisOptions options;
    const std::string folder = STALLSIGHT_SOURCE_DIR "/tests/data/patches/";
    options.patches = {folder + "git-format-patch.patch", folder + "hg-diff.patch", folder + "hg-export.patch",
                       folder + "quilt"};
    const auto analysis = analyse(STALLSIGHT_SOURCE_DIR "/sample-logs/rpmsg-mutex-before-x86_64", options);
    ASSERT_TRUE(analysis);
    for (const char* patch :
         {"git-format-patch.patch", "hg-diff.patch", "hg-export.patch", "notify-spinlock.patch"}) {
        const PatchHunk* hunk = hunk_on_chain(*analysis, patch);
        ASSERT_NE(hunk, nullptr) << patch;
        EXPECT_EQ(hunk->hunk.old_start, 97) << patch;
        EXPECT_EQ(hunk->file, "misc/rpmsg_platform_driver.c") << patch;
        EXPECT_EQ(hunk->effect, "replaces mutex_lock() by spin_lock()") << patch;
    }
    EXPECT_EQ(hunk_on_chain(*analysis, "second.patch"), nullptr) << "it changes what stands behind the function";
}

// "Modules linked in: hwa_diag(O) rpmsg_ifc(O) rpmsg_platform_driver(O) virtio_rpmsg_bus ... virtio_ring"
TEST_F(LabSamples, EachFrameHasItsOwner) {
    ASSERT_FALSE(before_->chains.empty());
    const Chain& chain = before_->chains.front();
    std::map<std::string, Owner> owners;
    for (const Link& link : chain.links)
        owners[link.function] = owner_of(*before_, log_of(*before_, chain), link.module);
    EXPECT_EQ(owners.at("__dev_queue_xmit"), Owner::kernel);
    EXPECT_EQ(owners.at("virtqueue_notify"), Owner::module);
    EXPECT_EQ(owners.at("nokia_rpmsg_notify"), Owner::out_of_tree);
}

}  // namespace
}  // namespace stallsight
