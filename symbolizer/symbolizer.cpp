#include "symbolizer/symbolizer.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>

#include "symbolizer/decompress.h"
#include "symbolizer/loaded_file.h"
#include "symbolizer/tail_path.h"

namespace stallsight {
namespace {

// Where a place may be: a function of a file, and how well it fits.
struct Candidate {
    LoadedFile* file;
    const Symbol* symbol;
    int fit;
};

// Bits, the heavier reason first.
enum Fit { size_differs = 0, is_a_call = 1, calls_callee = 2, size_unknown = 4, size_fits = 8, build_id_fits = 16 };

int fit_of_size(const Symbol& symbol, const CodePlace& place) {
    if (!place.size) return size_unknown;
    if (symbol.span == 0) return *place.size >= symbol.size ? size_unknown : size_differs;
    return symbol.span == *place.size ? size_fits : size_differs;
}

// The place's offset into the function. A kernel moves by multiples of 2 MB (CONFIG_PHYSICAL_ALIGN), a module's
// sections by pages: below that the address is the linked one's.
std::optional<std::uint64_t> offset_in(LoadedFile& file, const Symbol& symbol, const CodePlace& place) {
    if (place.offset_known) return place.offset;
    if (!place.address) return std::nullopt;
    const ElfSection* section = file.elf().section_of(symbol.address);
    if (!section) return std::nullopt;
    const std::uint64_t base = file.elf().relocatable() ? section->address : 0;
    const std::uint64_t granule = file.elf().relocatable() ? 0x1000 : 0x200000;
    const std::uint64_t offset = (*place.address - (symbol.address - base)) % granule;
    return symbol.extent() == 0 || offset <= symbol.extent() ? std::optional(offset) : std::nullopt;
}

// A return address belongs to the call before it, which may be the last instruction of the function. Offset 0 has
// none before it: a task that has not run yet returns to the start of ret_from_fork.
std::uint64_t looked_up(std::uint64_t address, std::uint64_t offset, const CodePlace& place) {
    return place.return_address && offset > 0 ? address - 1 : address;
}

bool matching_build_id(std::string_view file, std::string_view log) {
    return !log.empty() && (file.starts_with(log) || log.starts_with(file)) && !file.empty();
}

bool is_debug_file(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    for (const char* packed : {".xz", ".zst", ".gz", ".bz2", ".lz4"})
        if (name.ends_with(packed)) name.resize(name.size() - std::string_view(packed).size());
    return name.ends_with(".ko") || name.ends_with(".debug") || name == "vmlinux" || name.starts_with("vmlinux-");
}

Call call_before(const Candidate& candidate, std::uint64_t offset, const CodePlace& place) {
    if (!place.return_address || offset == 0) return {};
    Call call = candidate.file->call_sites().before(candidate.symbol->address + offset, candidate.symbol->address);
    const bool alias = call.target_address && !place.callee.empty() &&
                       candidate.file->symbols().starts(place.callee, *call.target_address);
    if (alias) call.target = place.callee;
    return call;
}

std::string hexadecimal(std::uint64_t value) {
    char text[19];
    std::snprintf(text, sizeof text, "0x%" PRIx64, value);
    return text;
}

std::string doubt_about(const Candidate& best, const CodePlace& place) {
    const std::string& file = best.file->about().name;
    const std::string name(best.symbol->name);
    if (name != place.function && "." + name != place.function)
        return file + " has no " + place.function + ", but " + name;
    if (!(best.fit & (size_fits | size_unknown)))
        return "the log says " + name + " has " + hexadecimal(*place.size) + " bytes, " + file + " says " +
               hexadecimal(best.symbol->extent()) + ": another build";
    if (!place.build_id.empty() && !(best.fit & build_id_fits))
        return "the log says build " + place.build_id + ", " + file + " is build " + best.file->about().build_id;
    return {};
}

}  // namespace

struct Symbolizer::Impl {
    std::vector<std::unique_ptr<LoadedFile>> files;
    std::vector<DebugFile> about;

    void name_by_build_id();
    [[nodiscard]] std::vector<Candidate> candidates(const CodePlace& place) const;
    [[nodiscard]] std::optional<Resolution> by_address(const CodePlace& place) const;
    [[nodiscard]] Resolution answer(const Candidate& best, const CodePlace& place, Call& call) const;
    [[nodiscard]] std::string doubt_of_equals(const std::vector<Candidate>& candidates,
                                              const CodePlace& place) const;
    void add_places(Resolution& answer, const std::vector<Candidate>& candidates, const CodePlace& place) const;
    void prove(Resolution& answer, LoadedFile& file, const Call& call, const std::string& callee) const;
};

Symbolizer::Symbolizer() : impl_(std::make_unique<Impl>()) {}
Symbolizer::~Symbolizer() = default;
Symbolizer::Symbolizer(Symbolizer&&) noexcept = default;
Symbolizer& Symbolizer::operator=(Symbolizer&&) noexcept = default;

Result<DebugFile> Symbolizer::add(const std::string& name, const Bytes& bytes) {
    const auto unpacked = decompressed(name, bytes);
    if (!unpacked) return tl::unexpected(unpacked.error());
    auto elf = ElfFile::open(name, *unpacked);
    if (!elf) return tl::unexpected(elf.error());
    impl_->files.push_back(std::make_unique<LoadedFile>(std::move(*elf)));
    impl_->about.push_back(impl_->files.back()->about());
    impl_->name_by_build_id();
    return impl_->about.back();
}

std::vector<Error> Symbolizer::add_directory(const std::string& path) {
    namespace fs = std::filesystem;
    std::vector<Error> errors;
    std::vector<std::string> found;
    std::error_code error;
    fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error), end;
    for (; !error && at != end; at.increment(error))
        if (at->is_regular_file(error) && is_debug_file(at->path())) found.push_back(at->path().string());
    if (error) errors.push_back({error.message(), path, {}});
    std::sort(found.begin(), found.end());
    for (const std::string& name : found) {
        const auto bytes = Bytes::map_file(name);
        if (!bytes) {
            errors.push_back(bytes.error());
        } else if (const auto added = add(name, *bytes); !added) {
            errors.push_back(added.error());
        }
    }
    return errors;
}

const std::vector<DebugFile>& Symbolizer::files() const {
    return impl_->about;
}

bool Symbolizer::has_module(std::string_view module) const {
    if (module.empty()) module = "vmlinux";
    return std::any_of(impl_->about.begin(), impl_->about.end(),
                       [&](const DebugFile& file) { return same_module(file.module, module); });
}

// A separate debug file has lost .modinfo, and may be named by its build-id: the module tells its name.
void Symbolizer::Impl::name_by_build_id() {
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i]->elf().says_its_name() || about[i].build_id.empty()) continue;
        for (std::size_t j = 0; j < files.size(); ++j)
            if (files[j]->elf().says_its_name() && about[j].build_id == about[i].build_id)
                about[i].module = about[j].module;
    }
}

std::vector<Candidate> Symbolizer::Impl::candidates(const CodePlace& place) const {
    std::vector<Candidate> found;
    const std::string_view module = place.module.empty() ? "vmlinux" : std::string_view(place.module);
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto& file = files[i];
        if (!same_module(about[i].module, module)) continue;
        const std::lock_guard lock(file->mutex());
        const int build = matching_build_id(file->about().build_id, place.build_id) ? build_id_fits : 0;
        for (const Symbol* symbol : file->symbols().named(place.function)) {
            Candidate candidate{file.get(), symbol, build + fit_of_size(*symbol, place)};
            const auto offset = offset_in(*file, *symbol, place);
            if (!offset) continue;
            const Call call = call_before(candidate, *offset, place);
            if (call.site == CallSite::direct || call.site == CallSite::indirect) candidate.fit += is_a_call;
            if (!place.callee.empty() && call.target == place.callee) candidate.fit += calls_callee;
            found.push_back(candidate);
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& left, const auto& right) { return left.fit > right.fit; });
    return found;
}

std::optional<Resolution> Symbolizer::Impl::by_address(const CodePlace& place) const {
    if (!place.address || !place.module.empty()) return std::nullopt;
    for (const auto& file : files) {
        if (file->about().module != "vmlinux") continue;
        const std::lock_guard lock(file->mutex());
        const std::uint64_t address = *place.address - place.kernel_offset - (place.return_address ? 1 : 0);
        const Symbol* symbol = file->elf().section_of(address) ? file->symbols().at(address) : nullptr;
        if (!symbol) continue;
        Resolution answer;
        answer.places = file->debug_info().places(address);
        const bool padding = symbol->size > 0 && address - symbol->address >= symbol->size;
        if (padding && answer.places.empty()) continue;
        if (answer.places.empty()) answer.places.emplace_back();
        if (answer.places.back().function.empty() && !padding) answer.places.back().function = symbol->name;
        answer.debug_file = file->about().name;
        answer.link_address = *place.address - place.kernel_offset;
        return answer;
    }
    return std::nullopt;
}

std::optional<Resolution> Symbolizer::resolve(const CodePlace& place) const {
    if (place.function.empty()) return impl_->by_address(place);
    const std::vector<Candidate> candidates = impl_->candidates(place);
    if (candidates.empty()) return std::nullopt;
    const Candidate& best = candidates.front();
    Call call;
    Resolution answer = impl_->answer(best, place, call);
    answer.doubt = doubt_about(best, place);
    if (answer.doubt.empty()) answer.doubt = impl_->doubt_of_equals(candidates, place);
    if (answer.places[0].file.empty()) impl_->add_places(answer, candidates, place);
    if (!place.callee.empty() && place.return_address) impl_->prove(answer, *best.file, call, place.callee);
    return answer;
}

Resolution Symbolizer::Impl::answer(const Candidate& best, const CodePlace& place, Call& call) const {
    const std::lock_guard lock(best.file->mutex());
    const std::uint64_t offset = *offset_in(*best.file, *best.symbol, place);
    const std::uint64_t address = best.symbol->address + offset;
    Resolution answer;
    answer.debug_file = best.file->about().name;
    answer.link_address = address;
    answer.size_differs = !(best.fit & (size_fits | size_unknown));
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

// Functions of one name and size that nothing tells apart are all named.
std::string Symbolizer::Impl::doubt_of_equals(const std::vector<Candidate>& candidates,
                                              const CodePlace& place) const {
    constexpr std::size_t shown = 4;
    const Candidate& best = candidates.front();
    std::size_t count = 1;
    std::string others;
    for (const Candidate& other : candidates) {
        const bool same = other.file == best.file && other.symbol->address == best.symbol->address;
        if (other.file != best.file || other.fit != best.fit || same) continue;
        Call call;
        const SourcePlace at = count < shown ? answer(other, place, call).places.back() : SourcePlace();
        if (!at.file.empty())
            others += (others.empty() ? ": also " : ", ") + at.file + ":" + std::to_string(at.line);
        ++count;
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

std::optional<std::uint64_t> Symbolizer::kernel_offset(const CodePlace& place) const {
    if (!place.address || !place.module.empty() || place.function.empty()) return std::nullopt;
    const auto answer = resolve(place);
    if (!answer || answer->size_differs || !answer->doubt.empty()) return std::nullopt;
    return *place.address - answer->link_address;
}

}  // namespace stallsight
