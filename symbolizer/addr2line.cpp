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

std::string answer(std::uint64_t asked, const std::vector<SourcePlace>& places, const Addr2lineOptions& options) {
    std::string text;
    if (options.addresses) {
        std::array<char, 20> digits;
        std::snprintf(digits.data(), digits.size(), "0x%016" PRIx64, asked);
        text = std::string(digits.data()) + '\n';
    }
    // Without -i addr2line shows the innermost place alone.
    const std::size_t shown = options.inlines ? places.size() : 1;
    for (std::size_t i = 0; i < shown; ++i) add_place(text, places[i], places.front().discriminator, options);
    return text;
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
    std::uint64_t base = 0;  // of .text, for a module

    explicit Impl(std::unique_ptr<ElfFile> elf) : file(std::move(elf)) {
        const ElfSection* text = file.elf().section_named(".text");
        if (file.elf().relocatable() && text) base = text->address;
    }

    std::vector<SourcePlace> places(std::uint64_t address) {
        std::vector<SourcePlace> found;
        if (file.elf().section_of(address)) found = file.debug_info().places(address);
        if (found.empty()) found.emplace_back();
        return found;
    }

    // The symbol table names functions that the debug info does not.
    void add_names(const std::vector<std::uint64_t>& addresses, std::vector<std::vector<SourcePlace>>& found) {
        std::vector<std::uint64_t> nameless;
        for (std::size_t i = 0; i < addresses.size(); ++i)
            if (found[i].back().function.empty()) nameless.push_back(addresses[i]);
        if (nameless.empty()) return;
        std::sort(nameless.begin(), nameless.end());
        const std::vector<Symbol> symbols = symbols_at(file.elf(), nameless);
        for (std::size_t i = 0; i < addresses.size(); ++i) {
            if (!found[i].back().function.empty()) continue;
            const auto at = std::lower_bound(nameless.begin(), nameless.end(), addresses[i]);
            found[i].back().function =
                name_at(addresses[i], symbols[static_cast<std::size_t>(at - nameless.begin())]);
        }
    }

    std::string_view name_at(std::uint64_t address, const Symbol& symbol) const {
        const ElfSection* section = file.elf().section_of(address);
        const bool inside = section && !symbol.name.empty() && section->contains(symbol.address) &&
                            (symbol.size == 0 || address - symbol.address < symbol.size);
        return inside ? symbol.name : std::string_view();
    }
};

Addr2line::Addr2line(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Addr2line::~Addr2line() = default;
Addr2line::Addr2line(Addr2line&&) noexcept = default;
Addr2line& Addr2line::operator=(Addr2line&&) noexcept = default;

Result<Addr2line> Addr2line::open(const std::string& name, const Bytes& bytes) {
    const auto unpacked = decompressed(name, bytes);
    if (!unpacked) return tl::unexpected(unpacked.error());
    const bool packed = unpacked->view().data() != bytes.view().data();
    auto elf = ElfFile::open(name, *unpacked, packed ? std::string() : name);
    if (!elf) return tl::unexpected(elf.error());
    return Addr2line(std::make_unique<Impl>(std::move(*elf)));
}

std::vector<std::string> Addr2line::answers(const std::vector<std::uint64_t>& asked,
                                            const Addr2lineOptions& options) {
    std::vector<std::uint64_t> addresses;
    addresses.reserve(asked.size());
    for (const std::uint64_t offset : asked) addresses.push_back(offset + impl_->base);
    impl_->file.debug_info().prepare(addresses);
    std::vector<std::vector<SourcePlace>> places;
    places.reserve(asked.size());
    for (const std::uint64_t address : addresses) places.push_back(impl_->places(address));
    impl_->add_names(addresses, places);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < asked.size(); ++i) texts.push_back(answer(asked[i], places[i], options));
    return texts;
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
