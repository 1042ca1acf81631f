#include "parsers/vmcore/kdump_file.h"

#include <libkdumpfile/kdumpfile.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace stallsight {

namespace {

constexpr std::uint64_t cached_pages = 64;  // beside the cache of those who ask
constexpr std::uint64_t usual_page_size = 4096;
constexpr std::uint64_t ppc64_linear = 0xc;  // the first hexadecimal digit of PAGE_OFFSET

std::string text_attribute(kdump_ctx_t* context, const char* key) {
    const char* text = nullptr;
    return ::kdump_get_string_attr(context, key, &text) == KDUMP_OK && text != nullptr ? text : "";
}

std::uint64_t number_attribute(kdump_ctx_t* context, const char* key, std::uint64_t otherwise) {
    kdump_num_t number = 0;
    return ::kdump_get_number_attr(context, key, &number) == KDUMP_OK ? number : otherwise;
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

std::string last_error(kdump_ctx_t* context) {
    const char* text = ::kdump_get_err(context);
    return text != nullptr && *text != '\0' ? text : "not readable";
}

}  // namespace

tl::expected<KdumpFile, std::string> KdumpFile::open(std::span<const int> descriptors, const std::string& machine,
                                                     std::vector<PhysicalRange> missing) {
    kdump_ctx_t* context = ::kdump_new();
    if (context == nullptr) return tl::unexpected<std::string>("out of memory");
    // QEMU's kdump header has the machine but no kernel's name; the library then believes neither.
    if (!machine.empty()) ::kdump_set_string_attr(context, "arch.name", machine.c_str());
    ::kdump_set_number_attr(context, "cache.size", cached_pages);
    // Mapped, a file that ends early is a SIGBUS.
    ::kdump_set_number_attr(context, "file.mmap_policy", KDUMP_MMAP_NEVER);
    if (::kdump_open_fdset(context, static_cast<unsigned>(descriptors.size()), descriptors.data()) != KDUMP_OK)
        return tl::unexpected<std::string>(last_error(context));
    ::kdump_set_string_attr(context, "addrxlat.ostype", "linux");
    KdumpFile file(context);
    file.missing_ = std::move(missing);
    file.arch_ = text_attribute(context, "arch.name");
    file.page_size_ = number_attribute(context, "arch.page_size", usual_page_size);
    return file;
}

DumpFacts KdumpFile::facts() const {
    DumpFacts facts;
    facts.format = text_attribute(context_, "file.description");
    facts.arch = arch_;
    facts.big_endian =
        number_attribute(context_, "arch.byte_order", KDUMP_LITTLE_ENDIAN) == static_cast<int>(KDUMP_BIG_ENDIAN);
    facts.page_size = page_size_;
    facts.pointer_size = number_attribute(context_, "arch.ptr_size", 8);
    facts.vmcoreinfo = blob_attribute(context_, "linux.vmcoreinfo.raw");
    facts.cpus = read_cpus(context_);
    return facts;
}

bool KdumpFile::read(AddressSpace space, std::uint64_t address, std::span<std::byte> out) {
    if (space == AddressSpace::physical) return read_all(KDUMP_MACHPHYSADDR, address, out);
    // 0.5.1 translates ppc64's addresses only for pages of 64 KiB; the linear mapping is the same for all.
    if (arch_.starts_with("ppc64") && address >> 60U == ppc64_linear)
        return read_all(KDUMP_MACHPHYSADDR, address & ~(ppc64_linear << 60U), out);
    return read_all(KDUMP_KVADDR, address, out);
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
    addrxlat_ctx_t* translation = nullptr;
    addrxlat_sys_t* system = nullptr;
    if (::kdump_get_addrxlat(context_, &translation, &system) != KDUMP_OK) return false;
    bool missing = false;
    for (std::uint64_t at = address; at - address < size && !missing; at = (at / page_size_ + 1) * page_size_) {
        addrxlat_fulladdr_t full{at, static_cast<addrxlat_addrspace_t>(space)};
        if (::addrxlat_fulladdr_conv(&full, ADDRXLAT_MACHPHYSADDR, translation, system) != ADDRXLAT_OK) break;
        missing = std::any_of(missing_.begin(), missing_.end(), [&](const PhysicalRange& range) {
            return full.addr >= range.first / page_size_ * page_size_ && full.addr < range.end;
        });
    }
    ::addrxlat_ctx_decref(translation);
    ::addrxlat_sys_decref(system);
    return missing;
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
        if (read_all(KDUMP_MACHPHYSADDR, pfn * page_size_, std::as_writable_bytes(std::span(text))) &&
            text.starts_with("OSRELEASE="))
            return text.substr(0, text.find('\0'));
    }
    page = pfn;
    return {};
}

void KdumpFile::use_vmcoreinfo(const std::string& text) {
    void* copy = std::malloc(text.size());  // the blob frees it
    if (copy == nullptr) return;
    std::memcpy(copy, text.data(), text.size());
    kdump_attr_t attribute{};
    attribute.type = KDUMP_BLOB;
    attribute.val.blob = ::kdump_blob_new(copy, text.size());
    ::kdump_set_attr(context_, "linux.vmcoreinfo.raw", &attribute);  // takes the reference over
    ::kdump_set_string_attr(context_, "addrxlat.ostype", "linux");   // translates anew
}

}  // namespace stallsight
