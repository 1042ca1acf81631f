// What `addr2line -f -i` prints, for one file and many addresses: the engine of `stallsight symbolize --addr2line`.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace stallsight {

// GNU addr2line's options of the same letter.
struct Addr2lineOptions {
    bool addresses = false;  // -a: each address before its answer
    bool functions = true;   // -f
    bool inlines = true;     // -i
    bool basenames = false;  // -s
};

class Addr2line {
public:
    static Result<Addr2line> open(const std::string& name, const Bytes& bytes);
    ~Addr2line();
    Addr2line(Addr2line&&) noexcept;
    Addr2line& operator=(Addr2line&&) noexcept;

    // Addresses are those of a linked file, or offsets into .text of a module. One text an address, ending in '\n'.
    std::vector<std::string> answers(const std::vector<std::uint64_t>& addresses, const Addr2lineOptions& options);

    // Reads hexadecimal addresses, one a line, from a descriptor up to its end; what is there is answered before
    // more is waited for, so that a program can ask one by one.
    Result<void> filter(int descriptor, std::ostream& out, const Addr2lineOptions& options);

private:
    struct Impl;
    explicit Addr2line(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace stallsight
