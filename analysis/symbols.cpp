#include "analysis/symbols.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include "analysis/chain/ending.h"
#include "analysis/modules.h"

namespace stallsight {

namespace {

// What one boot of a log says of the kernel that printed it.
struct Kernel {
    std::string release, banner, vermagic;
    std::optional<std::uint64_t> offset;  // KASLR
};

Kernel kernel_of(const ArtifactInfo& log, int boot) {
    Kernel kernel;
    for (const Fact& fact : log.scan.facts) {
        if (fact.boot != boot) continue;
        if (fact.kind == Fact::Kind::banner) kernel.banner = fact.text;
        if (fact.kind == Fact::Kind::vermagic) kernel.vermagic = fact.text;
        if (fact.kind == Fact::Kind::kernel_offset) kernel.offset = std::strtoull(fact.text.c_str(), nullptr, 16);
    }
    kernel.release = kernel.banner.substr(0, kernel.banner.find(' '));
    return kernel;
}

class Resolver {
public:
    Resolver(Analysis& analysis, const Symbolizer& symbolizer) : analysis_(analysis), symbolizer_(symbolizer) {}

    void resolve(EventInfo& event) {
        Kernel& kernel = kernel_of_event(event);
        if (!event.report.machine.release.empty()) kernel.release = event.report.machine.release;
        if (ending_of(event)) event.count_ways.resize(event.report.frames.size());
        std::string callee;  // what the frame must have called: the next reliable one further in
        for (std::size_t i = 0; i < event.report.frames.size(); ++i) {
            const Frame& frame = event.report.frames[i];
            // "? symbol" is a stale entry: it need not have called the one above.
            if (has_code_place(frame) && !frame.function.empty())
                resolve(event, i, frame.reliable ? callee : std::string(), kernel);
            if (frame.reliable || i == 0) callee = frame.function;
        }
        // The named frames may have told where the kernel is.
        for (std::size_t i = 0; i < event.report.frames.size(); ++i)
            if (event.report.frames[i].function.empty() && event.report.frames[i].address)
                resolve(event, i, {}, kernel);
    }

private:
    using Key = std::tuple<std::string, std::string, std::uint64_t, std::uint64_t, bool, std::string, std::string,
                           std::string, std::string, std::string, std::string, std::uint64_t>;

    Kernel& kernel_of_event(const EventInfo& event) {
        const auto [known, is_new] = kernels_.try_emplace({event.artifact, event.report.boot});
        if (is_new) known->second = kernel_of(analysis_.artifacts[event.artifact], event.report.boot);
        return known->second;
    }

    void resolve(EventInfo& event, std::size_t number, const std::string& callee, Kernel& kernel) {
        CodePlace place = code_place(event.report.frames[number], callee);
        place.release = kernel.release;
        place.banner = kernel.banner;
        place.kernel_offset = kernel.offset.value_or(0);
        place.vermagic = kernel.vermagic;
        if (const ModuleInfo* module =
                module_of(analysis_, analysis_.artifacts[event.artifact].artifact, place.module)) {
            place.srcversion = module->srcversion;
            if (!module->vermagic.empty()) place.vermagic = module->vermagic;
        }
        // Reports repeat: the same few hundred frames come back in thousands of stacks.
        const bool by_address = place.function.empty() || !place.offset_known;
        const Key key{place.module,         place.function,   place.offset,   place.size.value_or(0),
                      place.return_address, place.build_id,   place.callee,   place.banner,
                      place.release,        place.srcversion, place.vermagic, by_address ? *place.address : 0};
        const auto [known, is_new] = known_.try_emplace(key);
        if (is_new) known->second = symbolizer_.resolve(place);
        event.symbols[number] = known->second;
        if (!known->second) return;
        if (number < event.count_ways.size() && !by_address) event.count_ways[number] = count_ways(place, key);
        if (!kernel.offset) kernel.offset = kernel_offset(place, *known->second);
        note_doubt(*known->second);
    }

    CountWaysPtr count_ways(const CodePlace& place, const Key& key) {
        const auto [known, is_new] = ways_.try_emplace(key);
        if (!is_new) return known->second;
        auto ways = stallsight::count_ways(symbolizer_.paths_to(place, changes_count));
        if (!ways.empty()) known->second = std::make_shared<const std::vector<CountWay>>(std::move(ways));
        return known->second;
    }

    // Once a file.
    void note_doubt(const Resolution& answer) {
        const bool misfit = answer.other_build || answer.link == CallLink::contradicted;
        if (!misfit || !misfits_.insert(answer.debug_file).second) return;
        analysis_.problems.push_back(
            {"does not fit the log, nothing of it is certain: " + answer.doubt, answer.debug_file, {}});
    }

    Analysis& analysis_;
    const Symbolizer& symbolizer_;
    std::map<std::pair<std::size_t, int>, Kernel> kernels_;  // by artifact and boot
    std::map<Key, std::optional<Resolution>> known_;
    std::map<Key, CountWaysPtr> ways_;
    std::set<std::string> misfits_;
};

// The stacks of a saved session are resolved as those of a report are.
void resolve_tasks(CrashInfo& crash, Resolver& resolver) {
    for (const KernelTask& task : crash.state.tasks) {
        EventInfo stack;
        stack.artifact = crash.artifact;
        stack.report.frames = task.frames;
        stack.report.machine.release = crash.state.release;
        stack.symbols.resize(task.frames.size());
        resolver.resolve(stack);
        crash.symbols.push_back(std::move(stack.symbols));
    }
}

// Of a module whose frames are in reports.
struct Need {
    std::size_t frames = 0;
    bool met = false;     // there is a line of one of them
    std::string at_hand;  // why what is at hand does not do: "nt-a/rpmsg_ifc.ko has none"
};

void note_need(Need& need, const std::optional<Resolution>& symbols) {
    ++need.frames;
    if (!symbols) return;
    if (symbols->other_build) {
        need.at_hand = symbols->debug_file + " is of another one";
    } else if (!symbols->places.empty() && !symbols->places.front().file.empty()) {
        need.met = true;
    } else if (need.at_hand.empty()) {
        need.at_hand = symbols->debug_file + " has none";
    }
}

void list_missing(Analysis& analysis, const Symbolizer& symbolizer) {
    std::map<std::string, Need> needs;
    for (const EventInfo& event : analysis.events)
        for (std::size_t i = 0; i < event.symbols.size(); ++i) {
            const Frame& frame = event.report.frames[i];
            if (has_code_place(frame) && !frame.function.empty() && frame.reliable)
                note_need(needs[frame.module], event.symbols[i]);
        }
    for (auto& [module, need] : needs) {
        if (need.met) continue;
        if (need.at_hand.empty() && symbolizer.has_module(module))
            need.at_hand = "what is at hand does not have these functions";
        Missing missing{module.empty() ? "vmlinux" : module, need.frames, ""};
        missing.how = (module.empty() ? "vmlinux with debug info of that kernel"
                                      : module + ".ko with debug info, of the same build") +
                      (need.at_hand.empty() ? "" : "; " + need.at_hand);
        analysis.missing.push_back(std::move(missing));
    }
    // Out-of-tree modules first: that is where the defect usually is, and whose debug info one has.
    std::stable_partition(analysis.missing.begin(), analysis.missing.end(),
                          [](const Missing& m) { return m.module != "vmlinux"; });
}

}  // namespace

CodePlace code_place(const Frame& frame, const std::string& callee) {
    CodePlace place;
    place.function = frame.function;
    place.offset = frame.offset.value_or(0);
    place.offset_known = frame.offset.has_value();
    place.size = frame.size;
    place.module = frame.module;
    place.address = frame.address;
    place.return_address = frame.return_address;
    place.build_id = frame.build_id;
    place.callee = callee;
    return place;
}

bool has_code_place(const Frame& frame) {
    return frame.address || (!frame.function.empty() && frame.offset);
}

void add_debug_files(Analysis& analysis, const AnalysisOptions& options, Symbolizer& symbolizer) {
    for (const ArtifactInfo& info : analysis.artifacts) {
        const ArtifactKind kind = info.artifact.kind;
        if (kind != ArtifactKind::debug_info && kind != ArtifactKind::system_map) continue;
        symbolizer.add_lazily(info.artifact.path, info.artifact.bytes);
    }
    for (const std::string& dir : options.debug_dirs)
        for (Error& error : symbolizer.add_directory(dir)) analysis.problems.push_back(std::move(error));
}

void symbolize_events(Analysis& analysis, Symbolizer& symbolizer, const Progress& progress) {
    Resolver resolver(analysis, symbolizer);
    std::size_t done = 0;
    for (EventInfo& event : analysis.events) {
        if (progress.cancelled) break;
        progress.at("resolving frames", static_cast<double>(done++) / static_cast<double>(analysis.events.size()));
        event.symbols.resize(event.report.frames.size());
        resolver.resolve(event);
    }
    for (CrashInfo& crash : analysis.crashes)
        if (crash.symbols.empty()) resolve_tasks(crash, resolver);  // a dump's are resolved by its addresses
    for (Error& error : symbolizer.take_errors()) analysis.problems.push_back(std::move(error));
    analysis.debug_files = symbolizer.files();
    list_missing(analysis, symbolizer);
    symbolizer.keep_indexes();
}

}  // namespace stallsight
