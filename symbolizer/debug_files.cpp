#include "symbolizer/debug_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "symbolizer/debuginfod.h"
#include "symbolizer/decompress.h"

namespace stallsight {
namespace {

namespace fs = std::filesystem;

std::string without_compression(std::string name) {
    for (const std::string_view packed : {".xz", ".zst", ".gz", ".bz2", ".lz4"})
        if (name.ends_with(packed)) name.resize(name.size() - packed.size());
    return name;
}

bool is_kernel(std::string_view name) {
    return name == "vmlinux" || name.starts_with("vmlinux-") || name.starts_with("vmlinux.");
}

bool is_debug_file(std::string_view name) {
    return name.ends_with(".ko") || name.ends_with(".debug") || is_kernel(name) || is_system_map_name(name);
}

// "/usr/lib/debug/.build-id/ab/cdef.debug" -> "abcdef"
std::string build_id_of_path(const fs::path& path) {
    const fs::path folder = path.parent_path();
    if (folder.parent_path().filename() != ".build-id") return {};
    const std::string file = path.filename().string();
    return folder.filename().string() + file.substr(0, file.find('.'));
}

// Only a kernel is linked: of a file named by its build-id that is all that can be told without reading it.
bool is_linked(const std::string& path) {
    const auto bytes = Bytes::map_file(path);
    return bytes && is_linked_elf(bytes->view());
}

}  // namespace

bool same_build(std::string_view file, std::string_view log) {
    return !log.empty() && !file.empty() && (file.starts_with(log) || log.starts_with(file));
}

Result<DebugFile> DebugFiles::add(const std::string& name, const Bytes& bytes) {
    const std::lock_guard lock(mutex_);
    return read(name, bytes, {});
}

Result<DebugFile> DebugFiles::read(const std::string& name, const Bytes& bytes, const std::string& path) {
    const auto unpacked = decompressed(name, bytes);
    if (!unpacked) return tl::unexpected(unpacked.error());
    if (is_system_map_name(fs::path(name).filename().string()) || SystemMap::is_list(unpacked->view())) {
        auto map = SystemMap::read(name, unpacked->view());
        if (!map) return tl::unexpected(map.error());
        maps_.push_back(std::move(*map));
        DebugFile about;
        about.name = name;
        return about;
    }
    const bool packed = unpacked->view().data() != bytes.view().data();
    auto elf = ElfFile::open(name, *unpacked, packed ? std::string() : path, progress_);
    if (!elf) return tl::unexpected(elf.error());
    files_.push_back(std::make_unique<LoadedFile>(std::move(*elf)));
    name_by_build_id();
    return files_.back()->about();
}

void DebugFiles::add_lazily(const std::string& name, const Bytes& bytes) {
    const std::lock_guard lock(mutex_);
    const std::string file = without_compression(fs::path(name).filename().string());
    Listed listed{name, is_kernel(file) ? "vmlinux" : module_of_path(file), {}, bytes, false};
    if (is_compressed(bytes.view())) {
        listed_.push_back(std::move(listed));
    } else {
        read(listed);
    }
}

std::vector<Error> DebugFiles::add_directory(const std::string& path) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
        list(path);
        return {};
    }
    fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error), end;
    for (; !error && at != end; at.increment(error)) {
        std::error_code unreadable;
        const bool file = at->is_regular_file(unreadable);
        if (file && is_debug_file(without_compression(at->path().filename().string())))
            found.push_back(at->path().string());
    }
    std::sort(found.begin(), found.end());
    for (const std::string& file : found) list(file);
    return error ? std::vector<Error>{{error.message(), path, {}}} : std::vector<Error>();
}

void DebugFiles::list(const std::string& path) {
    const std::string name = without_compression(fs::path(path).filename().string());
    Listed listed{path, {}, build_id_of_path(path), {}, false};
    if (is_system_map_name(name)) {
        read(listed);
        return;
    }
    if (is_kernel(name) || (!listed.build_id.empty() && is_linked(path))) {
        listed.module = "vmlinux";
    } else if (listed.build_id.empty()) {
        listed.module = module_of_path(name);
    }
    listed_.push_back(std::move(listed));
}

void DebugFiles::read(Listed& listed) {
    listed.read = true;
    const Result<Bytes> bytes = listed.bytes ? *listed.bytes : Bytes::map_file(listed.path);
    const std::string path = listed.bytes ? std::string() : listed.path;
    const auto done = bytes ? read(listed.path, *bytes, path) : tl::unexpected(bytes.error());
    if (!done) errors_.push_back(done.error());
    listed.bytes.reset();
}

std::vector<LoadedFile*> DebugFiles::of(std::string_view module, const std::string& build_id) {
    const std::lock_guard lock(mutex_);
    const auto read_listed = [&](const auto& wanted) {
        for (Listed& listed : listed_)
            if (!listed.read && wanted(listed)) read(listed);
    };
    read_listed([&](const Listed& listed) {
        return same_module(listed.module, module) || same_build(listed.build_id, build_id);
    });
    const auto fits = [&](const auto& file) { return same_build(file->about().build_id, build_id); };
    if (!build_id.empty() && std::none_of(files_.begin(), files_.end(), fits)) download(module, build_id);
    std::vector<LoadedFile*> found;
    for (std::size_t i = 0; i < files_.size(); ++i) {  // grows meanwhile
        if (!same_module(files_[i]->about().module, module)) continue;
        found.push_back(files_[i].get());
        // A stripped file's debug info may be under its build-id.
        const std::string id = files_[i]->about().build_id;
        read_listed([&](const Listed& listed) { return same_build(listed.build_id, id); });
    }
    return found;
}

void DebugFiles::download(std::string_view module, const std::string& build_id) {
    if (std::find(asked_.begin(), asked_.end(), build_id) != asked_.end()) return;
    asked_.push_back(build_id);
    std::optional<Error> lack;
    bool found = false;
    for (const Debuginfod::What what : {Debuginfod::What::debuginfo, Debuginfod::What::executable}) {
        const auto path = Debuginfod(progress_).find(build_id, what);
        const auto bytes = path ? Bytes::map_file(*path) : tl::unexpected(path.error());
        const auto done = bytes ? read(*path, *bytes, *path) : tl::unexpected(bytes.error());
        if (done) {
            files_.back()->set_module(std::string(module));
            found = true;
        } else if (!done.error().what.empty()) {
            lack = done.error();
        }
    }
    if (!found && lack)
        errors_.push_back(*lack);  // a module with debug info is both, and lies there as one of them
}

bool DebugFiles::has(std::string_view module) const {
    const std::lock_guard lock(mutex_);
    const auto loaded = [&](const auto& file) { return same_module(file->about().module, module); };
    const auto listed = [&](const Listed& file) { return !file.read && same_module(file.module, module); };
    return std::any_of(files_.begin(), files_.end(), loaded) || std::any_of(listed_.begin(), listed_.end(), listed);
}

std::vector<const SystemMap*> DebugFiles::maps() const {
    const std::lock_guard lock(mutex_);
    std::vector<const SystemMap*> found;
    for (const SystemMap& map : maps_) found.push_back(&map);
    return found;
}

std::vector<DebugFile> DebugFiles::about() const {
    const std::lock_guard lock(mutex_);
    std::vector<DebugFile> found;
    for (const auto& file : files_) found.push_back(file->about());
    return found;
}

std::vector<Error> DebugFiles::take_errors() {
    const std::lock_guard lock(mutex_);
    std::vector<Error> errors = std::exchange(errors_, {});
    for (const auto& file : files_) {
        const std::lock_guard file_lock(file->mutex());
        if (auto lack = file->lack()) errors.push_back(std::move(*lack));
    }
    return errors;
}

void DebugFiles::keep_indexes() {
    const std::lock_guard lock(mutex_);
    for (const auto& file : files_) {
        const std::lock_guard file_lock(file->mutex());
        file->debug_info().keep();
    }
}

// A separate debug file has lost .modinfo, and may be named by its build-id: the module tells its name.
void DebugFiles::name_by_build_id() {
    for (const auto& file : files_) {
        if (file->elf().says_its_name() || file->about().build_id.empty()) continue;
        for (const auto& other : files_)
            if (other->elf().says_its_name() && other->about().build_id == file->about().build_id)
                file->set_module(other->about().module);
    }
}

}  // namespace stallsight
