// libkdumpfile in a process of its own: what a hostile dump makes of it - a crash, a hang, a heap overwritten -
// ends that process, and is an error here.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "parsers/vmcore/kdump_file.h"

namespace stallsight {

class DumpReader {
public:
    // The descriptors may be closed once it runs.
    static Result<std::unique_ptr<DumpReader>> start(const std::string& name, std::vector<int> descriptors,
                                                     const DumpLayout& layout);

    DumpReader(const DumpReader&) = delete;
    DumpReader& operator=(const DumpReader&) = delete;
    ~DumpReader();

    [[nodiscard]] const DumpFacts& facts() const { return facts_; }

    // As KdumpFile's.
    bool read(AddressSpace space, std::uint64_t address, std::span<std::byte> out);
    [[nodiscard]] const std::string& failure() const { return failure_; }
    std::string find_vmcoreinfo(std::optional<std::uint64_t>& page, std::uint64_t count);
    void use_vmcoreinfo(const std::string& text);

    static constexpr std::size_t most_bytes = 1U << 20U;  // of one read

private:
    DumpReader(pid_t process, int socket) : process_(process), socket_(socket) {}

    // What the process answers; none: it is no more, and failure() says why.
    std::optional<std::string> ask(const std::string& request);
    std::optional<std::string> receive();
    void give_up(const std::string& why);

    pid_t process_;
    int socket_;
    DumpFacts facts_;
    std::string failure_;
};

}  // namespace stallsight
