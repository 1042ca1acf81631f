// function+offset or address -> function, file, line, inlined callers, by libdw from the modules' debug info.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/progress.h"

namespace stallsight {

struct SourcePlace {
    std::string function;
    std::string file;  // as the debug info says it
    int line = 0;
    int discriminator = 0;  // of the innermost place: which of a line's blocks (DWARF 4)
};

// What is asked: a place in a function of a module (empty module: vmlinux).
struct CodePlace {
    std::string function;
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> size;  // of the function, as kallsyms prints it: up to the next symbol
    std::string module;
    std::optional<std::uint64_t> address;  // run-time address, where known
    std::uint64_t kernel_offset = 0;  // KASLR: what a kernel's run-time addresses have more than its linked ones
    bool return_address = true;       // look up the call, not the line behind it
    std::string build_id;             // as STACKTRACE_BUILD_ID prints it, or empty
    // False: only `address` and `function` are known, as in the stacks of `crash`. The offset is then found from
    // the low bits of the address, which neither KASLR nor a module's load address changes.
    bool offset_known = true;
    // What the log says of the kernel that printed it, or empty: "6.1.192-caplab", and all that stands behind
    // "Linux version " in its first line.
    std::string release, banner;
    // What is known of the module that was loaded there, or empty: modinfo's words. `vermagic` may also be the
    // kernel's own, which each of its modules must have.
    std::string srcversion, vermagic;
    // Function of the next inner frame, or empty: it tells functions of one name apart, and is what `link` is
    // about.
    std::string callee;
};

// Did this frame call `callee`, the next inner one?
enum class CallLink {
    unknown,       // not asked, no such instruction decoded, or code on the way is in no debug file
    proved,        // the call goes there
    tail_call,     // the called function jumps there, over `tail_path`, which has no frames of its own
    indirect,      // by a pointer: cannot be told
    contradicted,  // no call before the return address, or it leads elsewhere: this debug info is another build's
};
std::string_view name_of(CallLink link);

enum class CallSite { unknown, direct, indirect, not_a_call };
std::string_view name_of(CallSite site);

struct Resolution {
    // Innermost first; the last one is the function itself, those before it are inlined into it.
    std::vector<SourcePlace> places;
    std::string debug_file;  // which debug file answered
    CallSite call_site = CallSite::unknown;
    std::string call_target;  // direct: the function that is called there; of its names the one asked as `callee`
    std::uint64_t link_address = 0;  // the place in the debug file: that of a kernel as linked, without KASLR
    std::uint64_t offset = 0;        // into the function
    CallLink link = CallLink::unknown;
    std::vector<std::string> tail_path;  // tail_call: the functions between, outermost first: {"mutex_lock"}
    // The debug file is not of the build that printed the log: no link is proved then.
    bool other_build = false;
    std::string doubt;  // non-empty: why this is not certain
};

struct DebugFile {
    std::string name;    // path as the user or the bundle names it
    std::string module;  // "rpmsg_platform_driver", or "vmlinux"
    std::string build_id;
    std::string machine;  // "x86_64", "ppc64" ...
    std::string vermagic, srcversion;
    std::string banner;  // of a kernel: "Linux version 6.1.192 (...) ..." as its log begins, without line end
};

// KASLR's offset, from a frame of the kernel that has an address and a name: what "Kernel Offset" in a panic says.
std::optional<std::uint64_t> kernel_offset(const CodePlace& place, const Resolution& answer);

// A call that a function makes on its way to a place in it.
struct PathCall {
    std::string function;
    std::uint64_t offset = 0;                              // of the call, in the function that makes it
    std::array<std::optional<std::int64_t>, 2> arguments;  // the first two, where they are constants
};
using CallPath = std::vector<PathCall>;

class LoadedFile;

class Symbolizer {
public:
    // Downloads (debuginfod, where the user has set DEBUGINFOD_URLS) report to `progress`, which must live as long,
    // and stop when it is cancelled; it may be null.
    explicit Symbolizer(const Progress* progress = nullptr);
    ~Symbolizer();
    Symbolizer(Symbolizer&&) noexcept;
    Symbolizer& operator=(Symbolizer&&) noexcept;

    // Adds one ELF file with debug info, or a list of names (System.map, /proc/kallsyms), from its bytes (which
    // must stay valid as long as `bytes` is held); .xz, .zst and .gz are unpacked. A stripped module and its
    // separate debug file may both be added: one answers for the other.
    Result<DebugFile> add(const std::string& name, const Bytes& bytes);
    // The same, but what is packed is listed by its name and unpacked when a place in it is asked for. What cannot
    // be read is in take_errors().
    void add_lazily(const std::string& name, const Bytes& bytes);
    // Lists every .ko, vmlinux, .debug (compressed or not, .build-id/ab/cdef.debug too) and System.map under a
    // folder, or the one file that `path` is. They are read when a place in them is asked for. What cannot be
    // listed is returned.
    std::vector<Error> add_directory(const std::string& path);

    [[nodiscard]] std::vector<DebugFile> files() const;            // that were read so far
    std::vector<Error> take_errors();                              // of files that could not be read
    [[nodiscard]] bool has_module(std::string_view module) const;  // empty: vmlinux

    // Safe to call from several threads. Empty optional: nothing is known about it.
    [[nodiscard]] std::optional<Resolution> resolve(const CodePlace& place) const;

    // Every way through the function up to its first arrival at the place, as the calls on it that matter, each way
    // once and without going round a loop. Empty: not known (no such function, another build's, a jump table, too
    // many ways, or a machine whose branches are not decoded).
    [[nodiscard]] std::vector<CallPath> paths_to(const CodePlace& place,
                                                 const std::function<bool(std::string_view)>& matters) const;

    // The debug files of a module ("vmlinux" for the kernel) and of `build_id`, where it is not empty, for those
    // who read more of them than places; they live as long as this.
    [[nodiscard]] std::vector<LoadedFile*> debug_files(std::string_view module, const std::string& build_id);

    // Keeps what was read in the user's cache, for the next time.
    void keep_indexes() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stallsight
