#include "analysis/symbols.h"

#include <algorithm>
#include <tuple>

namespace stallsight {

namespace {

CodePlace place_of(const Frame& frame, const std::string& callee) {
    CodePlace place;
    place.function = frame.function;
    place.offset = frame.offset.value_or(0);
    place.size = frame.size;
    place.module = frame.module;
    place.address = frame.address;
    place.return_address = frame.return_address;
    place.build_id = frame.build_id;
    place.callee = callee;
    return place;
}

bool can_resolve(const Frame& frame) {
    return !frame.function.empty() && frame.offset.has_value();
}

// Reports repeat: the same few hundred frames come back in thousands of stacks.
class Resolver {
public:
    explicit Resolver(const Symbolizer& symbolizer) : symbolizer_(symbolizer) {}

    std::optional<Resolution> resolve(const Frame& frame, const std::string& callee) {
        const Key key{
            frame.module,   frame.function, frame.offset.value_or(0), frame.size.value_or(0), frame.return_address,
            frame.build_id, callee};
        const auto [it, fresh] = known_.try_emplace(key);
        if (fresh) it->second = symbolizer_.resolve(place_of(frame, callee));
        return it->second;
    }

private:
    using Key = std::tuple<std::string, std::string, std::uint64_t, std::uint64_t, bool, std::string, std::string>;
    const Symbolizer& symbolizer_;
    std::map<Key, std::optional<Resolution>> known_;
};

Symbolizer load_debug_files(Analysis& analysis, const AnalysisOptions& options) {
    Symbolizer symbolizer;
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (info.artifact.kind != ArtifactKind::debug_info) continue;
        if (auto added = symbolizer.add(info.artifact.path, info.artifact.bytes); !added)
            analysis.problems.push_back(added.error());
    }
    for (const std::string& dir : options.debug_dirs)
        for (Error& error : symbolizer.add_directory(dir)) analysis.problems.push_back(std::move(error));
    analysis.debug_files = symbolizer.files();
    return symbolizer;
}

void list_missing(Analysis& analysis, const Symbolizer& symbolizer) {
    std::map<std::string, std::size_t> frames;
    for (const EventInfo& event : analysis.events)
        for (const Frame& frame : event.report.frames)
            if (can_resolve(frame) && frame.reliable && !symbolizer.has_module(frame.module))
                ++frames[frame.module];
    for (const auto& [module, count] : frames) {
        Missing missing{module.empty() ? "vmlinux" : module, count, ""};
        missing.how = module.empty() ? "vmlinux with debug info of that kernel"
                                     : module + ".ko with debug info, of the same build";
        analysis.missing.push_back(std::move(missing));
    }
    // Out-of-tree modules first: that is where the defect usually is, and whose debug info one has.
    std::stable_partition(analysis.missing.begin(), analysis.missing.end(),
                          [](const Missing& m) { return m.module != "vmlinux"; });
}

}  // namespace

void symbolize_events(Analysis& analysis, const AnalysisOptions& options, const Progress& progress) {
    const Symbolizer symbolizer = load_debug_files(analysis, options);
    Resolver resolver(symbolizer);
    std::size_t done = 0;
    for (EventInfo& event : analysis.events) {
        if (progress.cancelled) break;
        progress.at("resolving frames", static_cast<double>(done++) / static_cast<double>(analysis.events.size()));
        event.symbols.resize(event.report.frames.size());
        if (symbolizer.files().empty()) continue;
        std::string callee;  // what the frame must have called: the next reliable one further in
        for (std::size_t i = 0; i < event.report.frames.size(); ++i) {
            const Frame& frame = event.report.frames[i];
            if (can_resolve(frame)) event.symbols[i] = resolver.resolve(frame, callee);
            if (frame.reliable || i == 0) callee = frame.function;
        }
    }
    list_missing(analysis, symbolizer);
}

}  // namespace stallsight
