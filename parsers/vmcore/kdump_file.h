// libkdumpfile and what 0.5.1 of it needs to be told. It may crash on damaged dumps, and its objects cannot be
// freed without harm; so it lives in a process of its own (dump_reader.h).
#pragma once

#include <libkdumpfile/kdumpfile.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parsers/vmcore/dump_facts.h"
#include "parsers/vmcore/dump_header.h"
#include "parsers/vmcore/ppc64_pages.h"
#include "parsers/vmcore/vmcoreinfo.h"

namespace stallsight {

enum class AddressSpace : std::uint32_t { kernel_virtual, physical };

class KdumpFile {
public:
    // Reads through the descriptors, which stay open. Where `layout` says that the files end before memory of it,
    // that is not read: the library would make zeroes of it. Fails with the library's words.
    static tl::expected<KdumpFile, std::string> open(std::span<const int> descriptors, const DumpLayout& layout);

    [[nodiscard]] DumpFacts facts() const;
    // Whether all of `out` was read; failure() says why not.
    bool read(AddressSpace space, std::uint64_t address, std::span<std::byte> out);
    [[nodiscard]] std::string failure() const;

    // A page (of the kernel's) among the next `count` ones (of the file's) from `page` on that begins with
    // vmcoreinfo's first line: its text. `page` becomes the one to go on with, or nothing when there are no more.
    std::string find_vmcoreinfo(std::optional<std::uint64_t>& page, std::uint64_t count);
    // Translates by this text from now on.
    void use_vmcoreinfo(const std::string& text);

private:
    explicit KdumpFile(kdump_ctx_t* context) : context_(context) {}

    // By this text, which may be the file's own.
    void translate_by(const Vmcoreinfo& info);
    bool read_by_page(std::uint64_t address, std::span<std::byte> out);
    std::optional<std::uint64_t> physical(std::uint64_t address);
    bool read_all(int space, std::uint64_t address, std::span<std::byte> out);
    bool is_missing(int space, std::uint64_t address, std::uint64_t size);

    kdump_ctx_t* context_;  // not freed: kdump_free() of 0.5.1 writes to what it freed before
    std::vector<PhysicalRange> missing_;
    std::string arch_;
    std::uint64_t page_size_ = 0;  // of the file's pages
    std::uint64_t kernels_page_size_ = 0;
    std::optional<Ppc64Pages> ppc64_pages_;  // of machines that have them
    std::string failure_;
};

}  // namespace stallsight
