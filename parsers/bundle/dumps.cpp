#include "parsers/bundle/dumps.h"

#include <algorithm>
#include <iterator>

#include "parsers/vmcore/dump_header.h"
#include "parsers/vmcore/log_facts.h"
#include "parsers/vmcore/printk.h"

namespace stallsight {

namespace {

// The dump's files among the artifacts: itself, and the other parts of it where it is split.
std::vector<std::size_t> files_of(const std::vector<Artifact>& artifacts, std::size_t first) {
    std::vector<std::size_t> files = {first};
    const auto part = read_dump_header({}, artifacts[first].bytes.view());
    if (!part || !part->split) return files;
    for (std::size_t i = first + 1; i < artifacts.size(); ++i) {
        if (artifacts[i].kind != ArtifactKind::vmcore) continue;
        const auto other = read_dump_header({}, artifacts[i].bytes.view());
        if (other && other->split && other->common == part->common) files.push_back(i);
    }
    return files;
}

Artifact log_artifact(const Artifact& dump, std::string text) {
    Artifact log;
    log.path = dump.path + "/log";
    log.kind = ArtifactKind::kernel_log;
    log.board = dump.board;
    log.core = dump.core;
    log.bytes = Bytes::own(std::move(text));
    return log;
}

class Opener {
public:
    Opener(Bundle& bundle, const Progress& progress) : bundle_(bundle), progress_(progress) {}

    std::vector<BundleDump> run() {
        std::vector<std::size_t> taken;  // parts of a split dump that was opened with an earlier one
        std::vector<Artifact> given = std::move(bundle_.artifacts);
        bundle_.artifacts.clear();
        for (std::size_t i = 0; i < given.size(); ++i) {
            const bool open = given[i].kind == ArtifactKind::vmcore && !progress_.cancelled &&
                              std::find(taken.begin(), taken.end(), i) == taken.end();
            const std::vector<std::size_t> files = open ? files_of(given, i) : std::vector<std::size_t>();
            std::vector<DumpFile> parts;
            for (const std::size_t f : files) parts.push_back({given[f].path, given[f].bytes, given[f].disk_path});
            taken.insert(taken.end(), files.begin(), files.end());
            bundle_.artifacts.push_back(std::move(given[i]));
            if (open) add(std::move(parts));
        }
        return std::move(out_);
    }

private:
    void add(std::vector<DumpFile> files) {
        const Artifact& artifact = bundle_.artifacts.back();
        progress_.at("reading the log of " + artifact.path, 0);
        auto dump = Dump::open(std::move(files), progress_);
        if (!dump) {
            bundle_.problems.push_back(dump.error());
            return;
        }
        bundle_.problems.insert(bundle_.problems.end(), dump->problems().begin(), dump->problems().end());
        BundleDump opened{bundle_.artifacts.size() - 1, std::move(*dump), {}};
        if (auto log = read_printk(opened.dump)) {
            for (const std::string& problem : log->problems)
                bundle_.problems.push_back({problem, artifact.path, ""});
            opened.state = facts_of(opened.dump, *log);
            if (!log->records.empty()) bundle_.artifacts.push_back(log_artifact(artifact, text_of(*log)));
        } else {
            bundle_.problems.push_back(log.error());
            opened.state = facts_of(opened.dump, {});
        }
        out_.push_back(std::move(opened));
    }

    Bundle& bundle_;
    const Progress& progress_;
    std::vector<BundleDump> out_;
};

}  // namespace

std::vector<BundleDump> open_dumps(Bundle& bundle, const Progress& progress) {
    return Opener(bundle, progress).run();
}

}  // namespace stallsight
