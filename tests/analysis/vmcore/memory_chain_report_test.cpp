// A task that ran when the kernel was stopped has its chain in the report, too, unless a report's chain is the
// same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/chain/chains.h"
#include "analysis/report/document.h"

namespace stallsight {
namespace {

using testing::HasSubstr;

Chain spinning(const std::string& event) {
    Chain chain;
    chain.event = event;
    chain.ending = Chain::Ending::runs;
    chain.count_of_memory = true;
    chain.count.emplace().raw = 1;
    for (const char* function : {"hwa_spin_thread", "hwa_poll_hw_ready"})
        chain.links.emplace_back().function = function;
    chain.end_link = 1;
    chain.sentence = "hwa_spin (pid 312) ran in hwa_poll_hw_ready with preemption off";
    return chain;
}

Analysis dump_of_a_spinning_task() {
    Analysis analysis;
    analysis.artifacts.emplace_back().artifact.path = "vmcore";
    CrashInfo crash;
    crash.state.tasks.emplace_back().task = {"hwa_spin", 312};
    crash.chains.push_back({0, spinning("")});
    analysis.crashes.push_back(std::move(crash));
    return analysis;
}

TEST(MemoryChain, StandsInTheReport) {
    ReportOptions options;
    options.sections = {"chain"};
    const std::string text = to_markdown(make_document(dump_of_a_spinning_task(), {}, options));
    EXPECT_THAT(text, HasSubstr("hwa\\_spin (pid 312) in the memory of vmcore"));
    EXPECT_THAT(text, HasSubstr("hwa\\_poll\\_hw\\_ready"));
}

TEST(MemoryChain, IsToldOnce) {
    const Analysis analysis = dump_of_a_spinning_task();
    const Chain of_report = spinning("e1");
    EXPECT_EQ(chains_of_memory_alone(analysis, {}).size(), 1u);
    EXPECT_TRUE(chains_of_memory_alone(analysis, {&of_report}).empty());
}

}  // namespace
}  // namespace stallsight
