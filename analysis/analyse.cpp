// The flow: open bundle -> scan logs -> name the guilty -> symbolize -> stalls, chains, causes -> sentences.
#include <algorithm>

#include "analysis/analysis.h"
#include "analysis/case/decisions.h"
#include "analysis/chain/chains.h"
#include "analysis/cores.h"
#include "analysis/diagnosis/consequences.h"
#include "analysis/diagnosis/diagnosis.h"
#include "analysis/diagnosis/victims.h"
#include "analysis/guilty/guilty.h"
#include "analysis/join.h"
#include "analysis/modules.h"
#include "analysis/patches.h"
#include "analysis/signature.h"
#include "analysis/stalls/offsets.h"
#include "analysis/stalls/stalls.h"
#include "analysis/symbols.h"
#include "analysis/vmcore/read_dump.h"
#include "base/parallel.h"
#include "parsers/bundle/dumps.h"
#include "parsers/vmcore/crash_text.h"

namespace stallsight {

namespace {

Result<LogScan> scan_session(const KernelState& state, std::string_view text, const Progress& progress) {
    const auto log = log_of_crash_text(state, text);
    if (!log) return tl::unexpected(log.error());
    return scan_log(*log, text, progress);
}

void scan_artifact(Analysis& analysis, std::size_t index, const Progress& progress) {
    ArtifactInfo& info = analysis.artifacts[index];
    const Artifact& artifact = info.artifact;
    const std::string_view text = artifact.bytes.view();
    Result<LogScan> scan;
    if (artifact.kind == ArtifactKind::crash_text) {
        const KernelState& state = analysis.crashes.emplace_back(index, parse_crash_text(text)).state;
        scan = scan_session(state, text, progress);
    } else if (artifact.kind == ArtifactKind::kernel_log) {
        scan = read_log(text, progress);
    }
    if (!scan) {
        analysis.problems.push_back({"not read: " + scan.error().text(), artifact.path, ""});
        return;
    }
    info.scan = std::move(*scan);
    info.events = info.scan.events.size();
    analysis.events.reserve(analysis.events.size() + info.scan.events.size());
    for (Event& report : info.scan.events) {
        EventInfo event;
        event.artifact = index;
        event.report = std::move(report);
        analysis.events.push_back(std::move(event));
    }
    std::vector<Event>().swap(info.scan.events);
    for (TortureSample& sample : info.scan.torture) {
        info.torture_samples += sample.kind == TortureSample::Kind::statistics ? 1 : 0;
        analysis.torture.push_back({index, artifact.board, artifact.core, std::move(sample)});
    }
    std::vector<TortureSample>().swap(info.scan.torture);
    if (info.scan.torture_thinned)
        analysis.problems.push_back(
            {"more rcutorture lines than are kept: the samples are spread evenly over them", artifact.path, ""});
}

void name_the_guilty(Analysis& analysis) {
    constexpr std::size_t batch = 64;
    const std::size_t count = analysis.events.size();
    parallel_for(count, batch, [&](std::size_t i) {
        EventInfo& event = analysis.events[i];
        event.id = "e" + std::to_string(i + 1);
        event.guilty = find_guilty(event.report);
        event.title = canonical_title(event.report, event.guilty);
        event.signature = signature_of(event);
    });
}

void take_artifacts(Analysis& analysis, Bundle& bundle, const AnalysisOptions& options, const Progress& progress) {
    for (std::size_t i = 0; i < bundle.artifacts.size() && !progress.cancelled; ++i) {
        progress.at("reading " + bundle.artifacts[i].path,
                    static_cast<double>(i) / static_cast<double>(bundle.artifacts.size()));
        ArtifactInfo info;
        info.artifact = std::move(bundle.artifacts[i]);
        if (info.artifact.bytes.size() <= options.hash_up_to) info.sha256 = sha256_hex(info.artifact.bytes.view());
        analysis.artifacts.push_back(std::move(info));
        scan_artifact(analysis, i, progress);
    }
}

void add_patches(Bundle& bundle, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        auto given = open_bundle(path);
        if (!given) {
            bundle.problems.push_back(given.error());
            continue;
        }
        const auto is_other = [](const Artifact& artifact) { return artifact.kind != ArtifactKind::patch; };
        std::erase_if(given->artifacts, is_other);
        if (given->artifacts.empty()) bundle.problems.push_back({"no patch in it", path, ""});
        std::move(given->artifacts.begin(), given->artifacts.end(), std::back_inserter(bundle.artifacts));
    }
}

// The engineer's decisions; without a case there are none, and a case that cannot be read is said.
CaseFile decisions_for(const std::string& bundle_path, const AnalysisOptions& options,
                       std::vector<Error>& problems) {
    auto file = load_case(options.case_file.empty() ? default_case_path(bundle_path) : options.case_file);
    if (file) return std::move(*file);
    problems.push_back(file.error());
    return {};
}

}  // namespace

Analysis analyse_bundle(Bundle bundle, const AnalysisOptions& options, const Progress& progress) {
    Analysis analysis;
    analysis.bundle_name = bundle.name;
    analysis.bundle_path = bundle.path;
    analysis.sources = options.sources;
    const std::vector<BundleDump> dumps = open_dumps(bundle, progress);
    analysis.problems = std::move(bundle.problems);
    take_artifacts(analysis, bundle, options, progress);
    Symbolizer symbolizer(&progress);
    add_debug_files(analysis, options, symbolizer);
    read_dumps(analysis, dumps, symbolizer, progress);
    join_rotated_logs(analysis);
    fold_copies_across_files(analysis);
    name_the_guilty(analysis);
    const CaseFile decisions =
        analysis.bundle_path.empty() ? CaseFile{} : decisions_for(analysis.bundle_path, options, analysis.problems);
    apply_decisions(analysis, decisions);
    analysis.modules = find_modules(analysis);
    symbolize_events(analysis, symbolizer, progress);
    link_consequences(analysis.events);
    analysis.cores = find_cores(analysis);
    analysis.clocks = find_clocks(analysis);
    analysis.offsets = find_offsets(analysis, clock_hints(analysis, decisions, options.same_moments));
    analysis.stalls = find_stalls(analysis);
    analysis.chains = build_chains(analysis);
    tie_victims(analysis);
    tie_patches(analysis);
    analysis.diagnoses = diagnose(analysis);
    return analysis;
}

Result<Analysis> analyse(const std::string& path, const AnalysisOptions& options, const Progress& progress) {
    auto bundle = open_bundle(path, {}, progress);
    if (!bundle) return tl::unexpected<Error>(bundle.error());
    add_patches(*bundle, options.patches);
    return analyse_bundle(std::move(*bundle), options, progress);
}

}  // namespace stallsight
