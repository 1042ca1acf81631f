#include "symbolizer/symbolizer.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "symbolizer/candidates.h"
#include "symbolizer/debug_files.h"
#include "symbolizer/identity.h"
#include "symbolizer/path_calls.h"
#include "symbolizer/tail_path.h"

namespace stallsight {
namespace {

// A return address belongs to the call before it, which may be the last instruction of the function. Offset 0 has
// none before it: a task that has not run yet returns to the start of ret_from_fork.
std::uint64_t looked_up(std::uint64_t address, std::uint64_t offset, const CodePlace& place) {
    return place.return_address && offset > 0 ? address - 1 : address;
}

std::string hexadecimal(std::uint64_t value) {
    char text[19];
    std::snprintf(text, sizeof text, "0x%" PRIx64, value);
    return text;
}

std::string doubt_of_size(std::string_view function, std::uint64_t log, const std::string& file,
                          std::uint64_t size) {
    return "the log says " + std::string(function) + " has " + hexadecimal(log) + " bytes, " + file + " says " +
           hexadecimal(size) + ": another build";
}

// Why the file is another build's, or empty.
std::string other_build(const Candidate& best, const CodePlace& place) {
    const DebugFile& file = best.file->about();
    if (!(best.fit & build_may_be)) return other_build(file, place);
    if (best.fit & (size_fits | size_unknown)) return {};
    return doubt_of_size(best.symbol->name, *place.size, file.name, best.symbol->extent());
}

}  // namespace

struct Symbolizer::Impl {
    mutable DebugFiles files;

    explicit Impl(const Progress* progress) : files(progress) {}
    [[nodiscard]] std::optional<Resolution> by_address(const CodePlace& place) const;
    [[nodiscard]] std::optional<Resolution> by_map(const CodePlace& place) const;
    [[nodiscard]] Resolution answer(const Candidate& best, const CodePlace& place, Call& call) const;
    [[nodiscard]] std::string doubt_of_equals(const std::vector<Candidate>& candidates, const Resolution& answer,
                                              const CodePlace& place) const;
    void add_places(Resolution& answer, const std::vector<Candidate>& candidates, const CodePlace& place) const;
    void prove(Resolution& answer, LoadedFile& file, const Call& call, const std::string& callee) const;
};

Symbolizer::Symbolizer(const Progress* progress) : impl_(std::make_unique<Impl>(progress)) {}
Symbolizer::~Symbolizer() = default;
Symbolizer::Symbolizer(Symbolizer&&) noexcept = default;
Symbolizer& Symbolizer::operator=(Symbolizer&&) noexcept = default;

Result<DebugFile> Symbolizer::add(const std::string& name, const Bytes& bytes) {
    return impl_->files.add(name, bytes);
}

void Symbolizer::add_lazily(const std::string& name, const Bytes& bytes) {
    impl_->files.add_lazily(name, bytes);
}

std::vector<Error> Symbolizer::add_directory(const std::string& path) {
    return impl_->files.add_directory(path);
}

std::vector<DebugFile> Symbolizer::files() const {
    return impl_->files.about();
}

std::vector<Error> Symbolizer::take_errors() {
    return impl_->files.take_errors();
}

bool Symbolizer::has_module(std::string_view module) const {
    return impl_->files.has(module.empty() ? "vmlinux" : module);
}

std::vector<LoadedFile*> Symbolizer::debug_files(std::string_view module, const std::string& build_id) {
    return impl_->files.of(module, build_id);
}

void Symbolizer::keep_indexes() const {
    impl_->files.keep_indexes();
}

std::optional<Resolution> Symbolizer::Impl::by_address(const CodePlace& place) const {
    if (!place.address || !place.module.empty()) return std::nullopt;
    const std::uint64_t linked = *place.address - place.kernel_offset;
    const std::uint64_t address = linked - (place.return_address ? 1 : 0);
    Resolution answer;
    answer.link_address = linked;
    for (LoadedFile* file : files.of("vmlinux", place.build_id)) {
        const std::lock_guard lock(file->mutex());
        const Symbol* symbol = file->elf().section_of(address) ? file->symbols().at(address) : nullptr;
        if (!symbol) continue;
        answer.places = file->debug_info().places(address);
        const bool padding = symbol->size > 0 && address - symbol->address >= symbol->size;
        if (padding && answer.places.empty()) continue;
        if (answer.places.empty()) answer.places.emplace_back();
        if (answer.places.back().function.empty() && !padding) answer.places.back().function = symbol->name;
        answer.debug_file = file->about().name;
        answer.offset = linked - symbol->address;
        answer.doubt = other_build(file->about(), place);
        answer.other_build = !answer.doubt.empty();
        return answer;
    }
    for (const SystemMap* map : files.maps()) {
        const SystemMap::Function* function = map->at(address);
        if (!function) continue;
        answer.places.emplace_back().function = function->name;
        answer.debug_file = map->name();
        answer.offset = linked - function->address;
        return answer;
    }
    return std::nullopt;
}

// No debug info: a list of names tells at least whether the log's function and its size are of this kernel.
std::optional<Resolution> Symbolizer::Impl::by_map(const CodePlace& place) const {
    for (const SystemMap* map : files.maps()) {
        const auto named = map->named(place.function, place.module);
        if (named.empty() || !place.offset_known) continue;
        const auto fits = [&](const auto& each) { return !place.size || each.span == *place.size; };
        const auto found = std::find_if(named.begin(), named.end(), fits);
        const SystemMap::Function& best = found == named.end() ? named.front() : *found;
        Resolution answer;
        answer.places.emplace_back().function = best.name;
        answer.debug_file = map->name();
        answer.link_address = best.address + place.offset;
        answer.offset = place.offset;
        answer.other_build = found == named.end();
        if (answer.other_build) answer.doubt = doubt_of_size(best.name, *place.size, map->name(), best.span);
        const auto count = std::count_if(named.begin(), named.end(), fits);
        if (count > 1) answer.doubt = std::to_string(count) + " functions of this name fit";
        return answer;
    }
    return std::nullopt;
}

std::optional<Resolution> Symbolizer::resolve(const CodePlace& place) const {
    if (place.function.empty()) return impl_->by_address(place);
    const std::vector<Candidate> candidates = find_candidates(impl_->files, place);
    if (candidates.empty()) return impl_->by_map(place);
    const Candidate& best = candidates.front();
    Call call;
    Resolution answer = impl_->answer(best, place, call);
    answer.doubt = other_build(best, place);
    answer.other_build = !answer.doubt.empty();
    const std::string name(best.symbol->name);
    if (answer.doubt.empty() && name != without_dot(place.function))
        answer.doubt = answer.debug_file + " has no " + place.function + ", but " + name;
    if (answer.doubt.empty()) answer.doubt = impl_->doubt_of_equals(candidates, answer, place);
    if (answer.places[0].file.empty()) impl_->add_places(answer, candidates, place);
    // Of another build nothing is proved, and that a call leads elsewhere is no news.
    if (!place.callee.empty() && place.return_address && !answer.other_build)
        impl_->prove(answer, *best.file, call, place.callee);
    if (answer.link == CallLink::contradicted && answer.doubt.empty())
        answer.doubt = answer.debug_file + " does not fit this log: " +
                       (call.site == CallSite::direct ? "the call there is of " + call.target : "no call is there");
    return answer;
}

Resolution Symbolizer::Impl::answer(const Candidate& best, const CodePlace& place, Call& call) const {
    const std::lock_guard lock(best.file->mutex());
    const std::uint64_t offset = *offset_in(*best.file, *best.symbol, place);
    const std::uint64_t address = best.symbol->address + offset;
    Resolution answer;
    answer.debug_file = best.file->about().name;
    answer.link_address = address;
    answer.offset = offset;
    const bool inside = best.symbol->extent() == 0 || offset <= best.symbol->extent();
    if (inside) {
        answer.places = best.file->debug_info().places(looked_up(address, offset, place));
        call = call_before(best, offset, place);
        answer.call_site = call.site;
        answer.call_target = call.target;
    }
    if (answer.places.empty()) answer.places.emplace_back();
    if (answer.places.back().function.empty()) answer.places.back().function = best.symbol->name;
    return answer;
}

// Functions of one name and size that nothing tells apart are all named: those of one file, and those of several
// builds of a module unless they say the same.
std::string Symbolizer::Impl::doubt_of_equals(const std::vector<Candidate>& candidates, const Resolution& answer,
                                              const CodePlace& place) const {
    constexpr std::size_t shown = 4;
    const Candidate& best = candidates.front();
    const auto is_another = [&](const Candidate& other) {
        if (other.file == best.file) return other.symbol->address != best.symbol->address;
        return other.file->about().build_id != best.file->about().build_id;
    };
    std::size_t count = 1;
    std::string others;
    for (const Candidate& other : candidates) {
        if (other.fit != best.fit || !is_another(other)) continue;
        Call call;
        const SourcePlace at = this->answer(other, place, call).places.back();
        const SourcePlace& known = answer.places.back();
        if (other.file != best.file && at.file == known.file && at.line == known.line) continue;
        if (++count > shown || at.file.empty()) continue;
        others += (others.empty() ? ": also " : ", ") + at.file + ":" + std::to_string(at.line) +
                  (other.file == best.file ? "" : " of " + other.file->about().name);
    }
    return count > 1 ? std::to_string(count) + " functions of this name fit" + others : std::string();
}

// The best file is stripped: another one of the same build has the debug info.
void Symbolizer::Impl::add_places(Resolution& answer, const std::vector<Candidate>& candidates,
                                  const CodePlace& place) const {
    const std::string& build = candidates.front().file->about().build_id;
    for (const Candidate& other : candidates) {
        if (other.file == candidates.front().file || other.file->about().build_id != build) continue;
        Call call;
        Resolution found = this->answer(other, place, call);
        if (found.places[0].file.empty()) continue;
        answer.places = std::move(found.places);
        answer.debug_file = std::move(found.debug_file);
        return;
    }
}

void Symbolizer::Impl::prove(Resolution& answer, LoadedFile& file, const Call& call,
                             const std::string& callee) const {
    switch (call.site) {
        case CallSite::unknown:
            return;
        case CallSite::not_a_call:
            answer.link = CallLink::contradicted;
            return;
        case CallSite::indirect:
            answer.link = CallLink::indirect;
            return;
        case CallSite::direct:
            break;
    }
    if (call.target == callee) {
        answer.link = CallLink::proved;
        return;
    }
    TailPath path = tail_path(files, file, call, callee);
    answer.tail_path = std::move(path.functions);
    if (path.found) {
        answer.link = CallLink::tail_call;
    } else if (path.indirect) {
        answer.link = CallLink::indirect;
        answer.tail_path = {call.target};
    } else if (path.complete) {
        answer.link = CallLink::contradicted;
    }
}

std::vector<CallPath> Symbolizer::paths_to(const CodePlace& place,
                                           const std::function<bool(std::string_view)>& matters) const {
    const std::vector<Candidate> candidates = find_candidates(impl_->files, place);
    if (candidates.empty() || !other_build(candidates.front(), place).empty()) return {};
    const Candidate& best = candidates.front();
    const std::lock_guard lock(best.file->mutex());
    const auto offset = offset_in(*best.file, *best.symbol, place);
    if (!offset) return {};
    return call_paths(best.file->call_sites(), *best.symbol, {best.symbol->address + *offset, place.return_address},
                      matters);
}

std::optional<std::uint64_t> kernel_offset(const CodePlace& place, const Resolution& answer) {
    const bool of_kernel = place.address && place.module.empty() && !place.function.empty();
    if (!of_kernel || !answer.doubt.empty()) return std::nullopt;
    return *place.address - answer.link_address;
}

}  // namespace stallsight
