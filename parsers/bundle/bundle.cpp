#include "parsers/bundle/bundle.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "parsers/bundle/archive.h"
#include "parsers/bundle/location.h"
#include "parsers/bundle/rotation.h"

namespace stallsight {

namespace fs = std::filesystem;

namespace {

constexpr int nested_archives = 3;

class Opener {
public:
    Opener(Bundle& bundle, const BundleLimits& limits, const Progress& progress)
        : bundle_(bundle), limits_(limits), progress_(progress) {}

    void add_folder(const fs::path& root) {
        std::error_code error;
        fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, error);
        if (error) bundle_.problems.push_back({error.message(), root.string(), ""});
        for (; it != fs::recursive_directory_iterator() && !progress_.cancelled; it.increment(error)) {
            if (error) {
                bundle_.problems.push_back({error.message(), root.string(), ""});
                return;
            }
            add_entry(root, *it);
        }
    }

    void add_file(const fs::path& file, const std::string& path) {
        auto bytes = Bytes::map_file(file.string());
        if (!bytes) {
            bundle_.problems.push_back({bytes.error().what, path, ""});
            return;
        }
        add_bytes(path, *bytes, file.string(), 0, false);
    }

private:
    void add_entry(const fs::path& root, const fs::directory_entry& entry) {
        const std::string path = entry.path().lexically_relative(root).generic_string();
        std::error_code error;
        if (entry.is_symlink(error)) {
            // A link in a stranger's folder may lead anywhere on this machine.
            if (!stays_inside(root, entry.path()))
                bundle_.problems.push_back({"symbolic link leads out of the bundle: not followed", path, ""});
            else if (fs::is_regular_file(entry.path(), error))
                add_file(entry.path(), path);
            return;
        }
        if (entry.is_directory(error)) {
            fs::directory_iterator probe(entry.path(), error);
            if (error) bundle_.problems.push_back({error.message(), path, ""});
            return;
        }
        if (!entry.is_regular_file(error)) {
            bundle_.problems.push_back({"not a regular file: skipped", path, ""});
            return;
        }
        add_file(entry.path(), path);
    }

    static bool stays_inside(const fs::path& root, const fs::path& link) {
        std::error_code error;
        const fs::path target = fs::canonical(link, error);
        if (error) return false;
        const fs::path base = fs::canonical(root, error);
        const std::string relative = target.lexically_relative(base).generic_string();
        return !error && !relative.empty() && !relative.starts_with("..");
    }

    void add_bytes(const std::string& path, const Bytes& bytes, const std::string& disk_path, int depth,
                   bool truncated) {
        if (depth < nested_archives && is_packed(bytes.view()) && !is_packed_debug_file(path)) {
            add_archive(path, bytes, depth);
            return;
        }
        Artifact artifact;
        artifact.path = path;
        artifact.bytes = bytes;
        artifact.kind = identify(path, bytes.view());
        artifact.disk_path = disk_path;
        artifact.truncated = truncated;
        const Location location = location_of(path);
        artifact.board = location.board;
        artifact.core = location.core;
        bundle_.artifacts.push_back(std::move(artifact));
    }

    void add_archive(const std::string& path, const Bytes& bytes, int depth) {
        progress_.at("unpacking " + path, 0);
        // The opened archive is the bundle itself: its members need no prefix.
        const bool is_bundle = depth == 0 && path == bundle_.name;
        auto take = [&](const ArchiveMember& member) {
            std::string inner = member.path;
            if (inner.empty())
                inner = path;  // a single packed file keeps its name
            else if (!is_bundle)
                inner = path + "/" + inner;
            add_bytes(inner, member.bytes, "", depth + 1, member.truncated);
        };
        read_archive(path, bytes.view(), limits_, unpacked_, progress_, take, bundle_.problems);
    }

    Bundle& bundle_;
    const BundleLimits& limits_;
    const Progress& progress_;
    std::uint64_t unpacked_ = 0;
};

// Everything in an archive often lies in one folder; its name says nothing on each of the paths.
void strip_common_folder(std::vector<Artifact>& artifacts) {
    if (artifacts.empty()) return;
    const std::size_t slash = artifacts.front().path.find('/');
    if (slash == std::string::npos) return;
    const std::string folder = artifacts.front().path.substr(0, slash + 1);
    const bool common = std::all_of(artifacts.begin(), artifacts.end(), [&](const Artifact& a) {
        return a.path.starts_with(folder) && location_of(a.path.substr(folder.size())).board == a.board;
    });
    if (!common) return;
    for (Artifact& a : artifacts) a.path.erase(0, folder.size());
}

// By path; the parts of a rotated log oldest first.
void sort_artifacts(std::vector<Artifact>& artifacts) {
    std::vector<std::pair<Rotation, Artifact>> keyed;
    for (Artifact& a : artifacts) {
        Rotation rotation = rotation_of(a.path);
        keyed.emplace_back(std::move(rotation), std::move(a));
    }
    std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first.log, a.first.order, a.second.path) <
               std::tie(b.first.log, b.first.order, b.second.path);
    });
    artifacts.clear();
    for (auto& [rotation, a] : keyed) artifacts.push_back(std::move(a));
}

}  // namespace

Result<Bundle> open_bundle(const std::string& path, const BundleLimits& limits, const Progress& progress) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return fail(error ? error.message() : "No such file or directory", path);

    Bundle bundle;
    bundle.path = path;
    const fs::path clean = fs::absolute(path, error).lexically_normal();
    bundle.name = (clean.has_filename() ? clean.filename() : clean.parent_path().filename()).string();

    Opener opener(bundle, limits, progress);
    if (fs::is_directory(status)) {
        opener.add_folder(path);
    } else {
        opener.add_file(path, bundle.name);
        // A single text file that was opened on purpose is a log, whatever it looks like.
        if (bundle.artifacts.size() == 1 && bundle.artifacts[0].path == bundle.name &&
            bundle.artifacts[0].kind == ArtifactKind::status_text)
            bundle.artifacts[0].kind = ArtifactKind::kernel_log;
        strip_common_folder(bundle.artifacts);
    }
    sort_artifacts(bundle.artifacts);
    if (bundle.artifacts.empty()) {
        if (!bundle.problems.empty()) return tl::unexpected<Error>(bundle.problems.front());
        return fail(fs::is_directory(status) ? "empty folder" : "nothing in it could be read", path);
    }
    return bundle;
}

}  // namespace stallsight
