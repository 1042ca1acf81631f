#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <regex>

#include "analysis/analysis.h"
#include "base/bytes.h"

namespace stallsight {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Artifact artifact_of(const std::string& path, ArtifactKind kind, Bytes bytes) {
    Artifact artifact;
    artifact.path = path;
    artifact.kind = kind;
    artifact.bytes = std::move(bytes);
    return artifact;
}

Bytes session_bytes() {
    auto bytes = Bytes::map_file(STALLSIGHT_SOURCE_DIR "/tests/data/crash/session-variants.txt");
    EXPECT_TRUE(bytes);
    return bytes ? std::move(*bytes) : Bytes();
}

Analysis analysis_of(std::vector<Artifact> artifacts) {
    Bundle bundle;
    bundle.name = "run";
    bundle.artifacts = std::move(artifacts);
    return analyse_bundle(std::move(bundle));
}

std::vector<Artifact> one(Artifact artifact) {
    std::vector<Artifact> artifacts;
    artifacts.push_back(std::move(artifact));
    return artifacts;
}

TEST(CrashSessionInABundle, IsALogToo) {
    const Analysis analysis = analysis_of(one(artifact_of("crash.txt", ArtifactKind::crash_text, session_bytes())));
    ASSERT_THAT(analysis.crashes, SizeIs(1));
    ASSERT_GE(analysis.events.size(), 1u);
    const Event& stall = analysis.events[0].report;
    EXPECT_EQ(stall.kind, EventKind::rcu_stall);
    const ArtifactInfo& info = analysis.artifacts[0];
    EXPECT_THAT(info.scan.index.line_text(info.artifact.bytes.view(), stall.line),
                HasSubstr("rcu: INFO: rcu_preempt detected stalls"));
    EXPECT_EQ(info.events, analysis.events.size());
    EXPECT_EQ(analysis.cores.at(0).release, "6.1.192-caplab");
}

TEST(CrashSessionInABundle, ReportsThatDmesgHoldsTooAreOne) {
    const Analysis alone = analysis_of(one(artifact_of("crash.txt", ArtifactKind::crash_text, session_bytes())));
    const Bytes session = session_bytes();
    std::string dmesg(session.view());
    dmesg.erase(0, dmesg.find("\n[   15.020229]") + 1);
    dmesg.erase(dmesg.find("crash> "));
    dmesg = std::regex_replace(dmesg, std::regex("\\] <[0-7]>"), "] ");  // the levels of log -m
    std::vector<Artifact> both = one(artifact_of("crash.txt", ArtifactKind::crash_text, session_bytes()));
    both.push_back(artifact_of("dmesg.txt", ArtifactKind::kernel_log, Bytes::own(dmesg)));
    const Analysis analysis = analysis_of(std::move(both));
    ASSERT_EQ(analysis.events.size(), alone.events.size());
    for (const EventInfo& event : analysis.events) EXPECT_THAT(event.report.fields["copies_in"], SizeIs(1));
}

}  // namespace
}  // namespace stallsight
