// Memory and types of a kernel that no dump is of.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "base/memory.h"
#include "symbolizer/elf_file.h"
#include "symbolizer/kernel/types.h"
#include "tests/support/process.h"

namespace stallsight::test {

// Words of eight bytes, wherever a test puts them; nothing else can be read.
class MadeMemory {
public:
    explicit MadeMemory(bool big_endian) : big_endian_(big_endian) {}

    void put(std::uint64_t address, std::uint64_t value, std::size_t size = 8) {
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t place = big_endian_ ? size - 1 - i : i;
            bytes_[address + place] = static_cast<std::byte>(value >> (8 * i));
        }
    }
    [[nodiscard]] Memory memory() const {
        return {[this](std::uint64_t address, std::span<std::byte> out) {
                    for (std::size_t i = 0; i < out.size(); ++i) {
                        const auto known = bytes_.find(address + i);
                        if (known == bytes_.end()) return false;
                        out[i] = known->second;
                    }
                    return true;
                },
                big_endian_};
    }

private:
    bool big_endian_;
    std::map<std::uint64_t, std::byte> bytes_;
};

// The types of kernel_structures.h, from the debug info that this machine's compiler writes.
class MadeTypes {
public:
    // Null, or what failed.
    static std::unique_ptr<MadeTypes> make(const std::string& flags = "-g") {
        auto made = std::make_unique<MadeTypes>();
        const std::string object = (made->folder_.path() / "types.o").string();
        const std::string command =
            "cc " + flags + " -fno-eliminate-unused-debug-types -x c -c -o " + quoted(object) + " " +
            quoted(STALLSIGHT_SOURCE_DIR "/tests/support/kernel_structures.h") + " 2>/dev/null";
        if (std::system(command.c_str()) != 0) return nullptr;
        const auto bytes = Bytes::map_file(object);
        if (!bytes) return nullptr;
        auto file = ElfFile::open("types.o", *bytes, object);
        if (!file) return nullptr;
        made->file_ = std::move(*file);
        Dwarf_Addr bias = 0;
        made->types_ = std::make_unique<KernelTypes>(made->file_->dwarf(bias), std::vector<Dwarf_Addr>());
        return made;
    }
    [[nodiscard]] const KernelTypes& types() const { return *types_; }

private:
    TemporaryFolder folder_;
    std::unique_ptr<ElfFile> file_;
    std::unique_ptr<KernelTypes> types_;
};

}  // namespace stallsight::test
