// A bundle: the files a customer sent, as a folder, an archive or a single log, each with what it is and which
// board and core it is from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/progress.h"

namespace stallsight {

enum class ArtifactKind {
    kernel_log,   // dmesg, kern.log, serial capture ...
    crash_text,   // saved `crash` session: bt, ps ...
    patch,        // unified diff
    debug_info,   // .ko, vmlinux, .debug
    vmcore,       // ELF core or kdump-compressed
    source,       // C, assembler, header
    status_text,  // other text
    kernel_config,
    system_map,
    binary,  // no text, nothing known
    empty,
};
std::string_view name_of(ArtifactKind kind);

struct Artifact {
    std::string path;  // relative to the bundle, with '/'
    ArtifactKind kind = ArtifactKind::status_text;
    std::string board;       // "nt-a", or empty: not known
    std::string core;        // "core-0", or empty
    Bytes bytes;             // unpacked, except of is_packed_debug_file()
    std::string disk_path;   // where it lies as a plain file, or empty: it came out of an archive
    bool truncated = false;  // the archive ended inside this member; bytes holds what was readable
};

struct Bundle {
    std::string name;                 // "fant-h-cold-standby"
    std::string path;                 // as the user named it
    std::vector<Artifact> artifacts;  // by path; parts of a rotated log oldest first
    std::vector<Error> problems;      // what could not be read, and why; the rest is still here
};

struct BundleLimits {
    std::uint64_t member_bytes = 64ULL << 30U;  // unpacked, of one archive member
    std::uint64_t total_bytes = 128ULL << 30U;  // unpacked, of all
    std::uint64_t ratio = 2000;  // unpacked : packed beyond 1 GiB unpacked; a bomb is said and stopped
    std::size_t members = 200000;
};

// Fails only when nothing at all could be read.
Result<Bundle> open_bundle(const std::string& path, const BundleLimits& limits = {}, const Progress& progress = {});

// A kernel or module that is packed alone ("vmlinux.xz", "dm-mod.ko.zst"), by its name: it stays packed in the
// bundle until somebody asks for a place in it, since unpacking a kernel takes seconds.
bool is_packed_debug_file(std::string_view path);

// What a file is, by its bytes first and its name second.
ArtifactKind identify(std::string_view path, std::string_view bytes);

}  // namespace stallsight
