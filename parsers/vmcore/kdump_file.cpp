#include "parsers/vmcore/kdump_file.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace stallsight {

namespace {

constexpr std::uint64_t cached_pages = 64;  // beside the cache of those who ask
constexpr std::uint64_t usual_page_size = 4096;

std::string text_attribute(kdump_ctx_t* context, const char* key) {
    const char* text = nullptr;
    return ::kdump_get_string_attr(context, key, &text) == KDUMP_OK && text != nullptr ? text : "";
}

std::uint64_t number_attribute(kdump_ctx_t* context, const char* key, std::uint64_t otherwise) {
    kdump_num_t number = 0;
    return ::kdump_get_number_attr(context, key, &number) == KDUMP_OK ? number : otherwise;
}

bool is_big_endian(kdump_ctx_t* context) {
    return number_attribute(context, "arch.byte_order", KDUMP_LITTLE_ENDIAN) == static_cast<int>(KDUMP_BIG_ENDIAN);
}

std::string blob_attribute(kdump_ctx_t* context, const char* key) {
    kdump_attr_t attribute{};
    attribute.type = KDUMP_BLOB;
    if (::kdump_get_typed_attr(context, key, &attribute) != KDUMP_OK) return {};
    kdump_blob_t* blob = attribute.val.blob;
    const auto* data = static_cast<const char*>(::kdump_blob_pin(blob));
    std::string text = data != nullptr ? std::string(data, ::kdump_blob_size(blob)) : std::string();
    ::kdump_blob_unpin(blob);
    return text;
}

std::vector<CpuRegisters> read_cpus(kdump_ctx_t* context) {
    std::vector<CpuRegisters> cpus;
    const std::uint64_t count = number_attribute(context, "cpu.number", 0);
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string base = "cpu." + std::to_string(i);
        kdump_attr_iter_t it{};
        if (::kdump_attr_iter_start(context, (base + ".reg").c_str(), &it) != KDUMP_OK) continue;
        CpuRegisters cpu;
        cpu.number = static_cast<int>(i);
        cpu.pid = number_attribute(context, (base + ".pid").c_str(), 0);
        while (it.key != nullptr) {
            kdump_attr_t attribute{};
            if (::kdump_attr_ref_get(context, &it.pos, &attribute) == KDUMP_OK && attribute.type == KDUMP_NUMBER)
                cpu.values.emplace(it.key, attribute.val.number);
            if (::kdump_attr_iter_next(context, &it) != KDUMP_OK) break;
        }
        cpus.push_back(std::move(cpu));
    }
    return cpus;
}

// Where an address lies in physical memory, or why it lies nowhere.
tl::expected<std::uint64_t, std::string> place_of(kdump_ctx_t* context, int space, std::uint64_t address) {
    addrxlat_ctx_t* translation = nullptr;
    addrxlat_sys_t* system = nullptr;
    if (::kdump_get_addrxlat(context, &translation, &system) != KDUMP_OK)
        return tl::unexpected<std::string>("not readable");
    addrxlat_fulladdr_t full{address, static_cast<addrxlat_addrspace_t>(space)};
    tl::expected<std::uint64_t, std::string> place;
    if (::addrxlat_fulladdr_conv(&full, ADDRXLAT_MACHPHYSADDR, translation, system) == ADDRXLAT_OK)
        place = full.addr;
    else
        place = tl::unexpected<std::string>(::addrxlat_ctx_get_err(translation));
    ::addrxlat_ctx_decref(translation);
    ::addrxlat_sys_decref(system);
    return place;
}

std::string last_error(kdump_ctx_t* context) {
    const char* text = ::kdump_get_err(context);
    return text != nullptr && *text != '\0' ? text : "not readable";
}

}  // namespace

tl::expected<KdumpFile, std::string> KdumpFile::open(std::span<const int> descriptors, const DumpLayout& layout) {
    kdump_ctx_t* context = ::kdump_new();
    if (context == nullptr) return tl::unexpected<std::string>("out of memory");
    // QEMU's kdump header has the machine but no kernel's name; the library then believes neither.
    if (!layout.machine.empty()) ::kdump_set_string_attr(context, "arch.name", layout.machine.c_str());
    ::kdump_set_number_attr(context, "cache.size", cached_pages);
    // Mapped, a file that ends early is a SIGBUS.
    ::kdump_set_number_attr(context, "file.mmap_policy", KDUMP_MMAP_NEVER);
    if (::kdump_open_fdset(context, static_cast<unsigned>(descriptors.size()), descriptors.data()) != KDUMP_OK)
        return tl::unexpected<std::string>(last_error(context));
    KdumpFile file(context);
    file.missing_ = layout.missing;
    file.arch_ = text_attribute(context, "arch.name");
    file.page_size_ = layout.page_size != 0 ? layout.page_size : usual_page_size;
    file.translate_by(Vmcoreinfo(blob_attribute(context, "linux.vmcoreinfo.raw")));
    return file;
}

// The library takes the kernel's pages for those of the file, and knows neither of an ELF core of arm64 without
// vmcoreinfo. QEMU's pages of arm64 are of 64 KiB, whatever the kernel's are.
void KdumpFile::translate_by(const Vmcoreinfo& info) {
    kernels_page_size_ = info.page_size().value_or(page_size_);
    if (std::has_single_bit(kernels_page_size_))
        ::kdump_set_number_attr(context_, "addrxlat.force.page_shift",
                                static_cast<kdump_num_t>(std::countr_zero(kernels_page_size_)));
    ::kdump_set_number_attr(context_, "arch.page_size", page_size_);
    ::kdump_set_string_attr(context_, "addrxlat.ostype", "linux");  // translates anew
    ppc64_pages_.reset();
    if (arch_.starts_with("ppc64")) ppc64_pages_.emplace(info, is_big_endian(context_));
}

DumpFacts KdumpFile::facts() const {
    DumpFacts facts;
    facts.format = text_attribute(context_, "file.description");
    facts.arch = arch_;
    facts.big_endian = is_big_endian(context_);
    facts.page_size = page_size_;
    facts.pointer_size = number_attribute(context_, "arch.ptr_size", 8);
    facts.vmcoreinfo = blob_attribute(context_, "linux.vmcoreinfo.raw");
    facts.cpus = read_cpus(context_);
    return facts;
}

bool KdumpFile::read(AddressSpace space, std::uint64_t address, std::span<std::byte> out) {
    if (space == AddressSpace::physical) return read_all(KDUMP_MACHPHYSADDR, address, out);
    // The library looks up the first kernel page of a page of the file, and takes the others to lie behind it.
    const bool alone = ppc64_pages_ || kernels_page_size_ < page_size_;
    return alone ? read_by_page(address, out) : read_all(KDUMP_KVADDR, address, out);
}

std::optional<std::uint64_t> KdumpFile::physical(std::uint64_t address) {
    if (ppc64_pages_) {
        const auto read_physical = [this](std::uint64_t at, std::span<std::byte> to) {
            return read_all(KDUMP_MACHPHYSADDR, at, to);
        };
        if (const auto found = ppc64_pages_->physical(address, read_physical)) return found;
    }
    const auto place = place_of(context_, KDUMP_KVADDR, address);
    if (!place) failure_ = place.error();
    return place ? std::optional(*place) : std::nullopt;
}

bool KdumpFile::read_by_page(std::uint64_t address, std::span<std::byte> out) {
    while (!out.empty()) {
        const std::size_t part = std::min<std::size_t>(out.size(), usual_page_size - address % usual_page_size);
        const auto place = physical(address);
        if (!place || !read_all(KDUMP_MACHPHYSADDR, *place, out.first(part))) return false;
        address += part;
        out = out.subspan(part);
    }
    return true;
}

std::string KdumpFile::failure() const {
    return failure_;
}

bool KdumpFile::read_all(int space, std::uint64_t address, std::span<std::byte> out) {
    if (is_missing(space, address, out.size())) {
        failure_ = "the file ends before this page";
        return false;
    }
    std::size_t length = out.size();
    const auto as = static_cast<kdump_addrspace_t>(space);
    if (::kdump_read(context_, as, address, out.data(), &length) == KDUMP_OK && length == out.size()) return true;
    failure_ = last_error(context_);
    return false;
}

bool KdumpFile::is_missing(int space, std::uint64_t address, std::uint64_t size) {
    if (missing_.empty()) return false;
    for (std::uint64_t at = address; at - address < size; at = (at / page_size_ + 1) * page_size_) {
        const auto place = place_of(context_, space, at);
        if (!place) return false;
        const auto holds = [&](const PhysicalRange& range) {
            return *place >= range.first / page_size_ * page_size_ && *place < range.end;
        };
        if (std::any_of(missing_.begin(), missing_.end(), holds)) return true;
    }
    return false;
}

std::string KdumpFile::find_vmcoreinfo(std::optional<std::uint64_t>& page, std::uint64_t count) {
    kdump_attr_t map{};
    map.type = KDUMP_BITMAP;
    std::string text(page_size_, '\0');
    kdump_addr_t pfn = page.value_or(0);
    const bool known = ::kdump_get_typed_attr(context_, "file.pagemap", &map) == KDUMP_OK;
    for (std::uint64_t i = 0; i < count; ++i, ++pfn) {
        if (!known || ::kdump_bmp_find_set(map.val.bitmap, &pfn) != KDUMP_OK) {
            page.reset();
            return {};
        }
        if (!read_all(KDUMP_MACHPHYSADDR, pfn * page_size_, std::as_writable_bytes(std::span(text)))) continue;
        for (std::uint64_t at = 0; at < page_size_; at += usual_page_size)
            if (std::string_view(text).substr(at).starts_with("OSRELEASE="))
                return text.substr(at, text.find('\0', at) - at);
    }
    page = pfn;
    return {};
}

void KdumpFile::use_vmcoreinfo(const std::string& text) {
    void* copy = std::malloc(text.size());  // the blob frees it
    if (copy == nullptr) return;
    std::copy(text.begin(), text.end(), static_cast<char*>(copy));
    kdump_attr_t attribute{};
    attribute.type = KDUMP_BLOB;
    attribute.val.blob = ::kdump_blob_new(copy, text.size());
    ::kdump_set_attr(context_, "linux.vmcoreinfo.raw", &attribute);  // takes the reference over
    translate_by(Vmcoreinfo(text));
}

}  // namespace stallsight
