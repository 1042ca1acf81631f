#include "symbolizer/addr2line.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <ostream>
#include <thread>

#include "symbolizer/decompress.h"
#include "symbolizer/loaded_file.h"

namespace stallsight {
namespace {

std::string_view shown_path(const std::string& path, const Addr2lineOptions& options) {
    const std::string_view whole(path);
    return options.basenames ? whole.substr(whole.rfind('/') + 1) : whole;
}

void add_place(std::string& text, const SourcePlace& place, int discriminator, const Addr2lineOptions& options) {
    if (options.functions) text += (place.function.empty() ? "??" : place.function) + '\n';
    text += place.file.empty() ? "??" : shown_path(place.file, options);
    text += ':';
    text += place.line ? std::to_string(place.line) : "?";
    if (place.line && discriminator) text += " (discriminator " + std::to_string(discriminator) + ")";
    text += '\n';
}

// addr2line takes "0x1a" and "1a", and anything else for 0.
std::uint64_t address_in(std::string_view line) {
    while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
    if (line.starts_with("0x") || line.starts_with("0X")) line.remove_prefix(2);
    std::uint64_t address = 0;
    std::from_chars(line.data(), line.data() + line.size(), address, 16);
    return address;
}

// Takes the whole lines off `text`.
std::vector<std::uint64_t> take_addresses(std::string& text, bool at_end) {
    std::vector<std::uint64_t> addresses;
    std::size_t start = 0;
    for (std::size_t end; (end = text.find('\n', start)) != std::string::npos; start = end + 1)
        addresses.push_back(address_in(std::string_view(text).substr(start, end - start)));
    if (at_end && start < text.size()) addresses.push_back(address_in(std::string_view(text).substr(start)));
    text.erase(0, at_end ? text.size() : start);
    return addresses;
}

}  // namespace

struct Addr2line::Impl {
    LoadedFile file;
    unsigned threads;
    std::uint64_t base = 0;  // of .text, for a module

    Impl(std::unique_ptr<ElfFile> elf, unsigned thread_count) : file(std::move(elf)), threads(thread_count) {
        const ElfSection* text = file.elf().section_named(".text");
        if (file.elf().relocatable() && text) base = text->address;
    }

    std::string answer(std::uint64_t asked, const Addr2lineOptions& options) {
        std::string text;
        if (options.addresses) {
            std::array<char, 20> digits;
            std::snprintf(digits.data(), digits.size(), "0x%016" PRIx64, asked);
            text = std::string(digits.data()) + '\n';
        }
        const std::uint64_t address = asked + base;
        const ElfSection* section = file.elf().section_of(address);
        std::vector<SourcePlace> places;
        if (section) places = file.debug_info().places(address);
        if (places.empty()) places.emplace_back();
        if (places.back().function.empty() && section) {
            const Symbol* symbol = file.symbols().at(address);
            const bool inside = symbol && section->contains(symbol->address) &&
                                (symbol->size == 0 || address - symbol->address < symbol->size);
            if (inside) places.back().function = symbol->name;
        }
        // Without -i addr2line shows the innermost place alone.
        const int discriminator = places.front().discriminator;
        if (!options.inlines) places.resize(1);
        for (const SourcePlace& place : places) add_place(text, place, discriminator, options);
        return text;
    }
};

Addr2line::Addr2line(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Addr2line::~Addr2line() = default;
Addr2line::Addr2line(Addr2line&&) noexcept = default;
Addr2line& Addr2line::operator=(Addr2line&&) noexcept = default;

Result<Addr2line> Addr2line::open(const std::string& name, const Bytes& bytes, unsigned threads) {
    const auto unpacked = decompressed(name, bytes);
    if (!unpacked) return tl::unexpected(unpacked.error());
    const bool packed = unpacked->view().data() != bytes.view().data();
    auto elf = ElfFile::open(name, *unpacked, packed ? std::string() : name);
    if (!elf) return tl::unexpected(elf.error());
    if (threads == 0) threads = std::clamp(std::thread::hardware_concurrency(), 1u, 16u);
    return Addr2line(std::make_unique<Impl>(std::move(*elf), threads));
}

std::vector<std::string> Addr2line::answers(const std::vector<std::uint64_t>& addresses,
                                            const Addr2lineOptions& options) {
    std::vector<std::uint64_t> places;
    for (const std::uint64_t asked : addresses) places.push_back(asked + impl_->base);
    impl_->file.debug_info().prepare(places, impl_->threads);
    std::vector<std::string> found;
    for (const std::uint64_t asked : addresses) found.push_back(impl_->answer(asked, options));
    return found;
}

Result<void> Addr2line::filter(int descriptor, std::ostream& out, const Addr2lineOptions& options) {
    std::array<char, 1 << 18> buffer;
    std::string pending;
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(std::strerror(errno), "standard input");
        pending.append(buffer.data(), static_cast<std::size_t>(count));
        for (const std::string& text : answers(take_addresses(pending, count == 0), options)) out << text;
        out.flush();
        if (count == 0 || !out) break;
    }
    impl_->file.debug_info().keep();
    if (auto lack = impl_->file.lack()) return tl::unexpected(std::move(*lack));
    return {};
}

}  // namespace stallsight
