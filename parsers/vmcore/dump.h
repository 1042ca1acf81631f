// A kernel's memory in a file: ELF core or kdump-compressed (zlib, lzo, snappy, zstd), split, filtered or
// flattened. Pages are read on demand through caches of fixed size; nothing here depends on how large the dump is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/progress.h"
#include "parsers/vmcore/dump_facts.h"
#include "parsers/vmcore/vmcoreinfo.h"

namespace stallsight {

struct DumpFile {
    std::string name;       // as the user knows it
    Bytes bytes;            // the whole file, mapped
    std::string disk_path;  // where it lies as a plain file, or empty: it came out of an archive
};

class Dump {
public:
    // `files` is one file, or all of a split dump in any order. Fails where no memory can be read; what else is
    // wrong with it is in problems().
    static Result<Dump> open(std::vector<DumpFile> files, const Progress& progress = {});

    Dump(Dump&&) noexcept;
    Dump& operator=(Dump&&) noexcept;
    Dump(const Dump&) = delete;
    Dump& operator=(const Dump&) = delete;
    ~Dump();

    [[nodiscard]] const std::string& name() const;    // of the first file
    [[nodiscard]] const std::string& format() const;  // "Compressed KDUMP", "ELF dump"
    [[nodiscard]] const std::string& arch() const;  // "x86_64", "ppc64", "ppc64le", "aarch64" ...; empty: not known
    [[nodiscard]] bool big_endian() const;
    [[nodiscard]] std::size_t page_size() const;
    [[nodiscard]] std::size_t pointer_size() const;
    [[nodiscard]] const Vmcoreinfo& vmcoreinfo() const;  // empty where the dump has none
    [[nodiscard]] const std::vector<CpuRegisters>& cpus() const;
    [[nodiscard]] const std::vector<Error>& problems() const;  // "the flattened stream ends inside a piece" ...

    // Whether all of `out` was read; failure() says why not: filtered out, cut off, not mapped, damaged.
    // Not for several threads at once.
    bool read(std::uint64_t address, std::span<std::byte> out) const;  // kernel virtual
    bool read_physical(std::uint64_t address, std::span<std::byte> out) const;
    [[nodiscard]] std::string failure() const;

    // An unsigned number of 1 to 8 bytes in the dump's byte order.
    [[nodiscard]] std::optional<std::uint64_t> read_number(std::uint64_t address, std::size_t bytes) const;
    [[nodiscard]] std::optional<std::uint64_t> read_pointer(std::uint64_t address) const;

private:
    struct State;
    explicit Dump(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace stallsight
