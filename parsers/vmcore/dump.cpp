#include "parsers/vmcore/dump.h"

#include <fcntl.h>
#include <libkdumpfile/kdumpfile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/endian.h"
#include "base/private_file.h"
#include "parsers/vmcore/dump_header.h"
#include "parsers/vmcore/flattened.h"

namespace stallsight {

namespace {

constexpr std::uint64_t cached_pages = 1024;
constexpr std::uint64_t usual_page_size = 4096;
constexpr std::uint64_t ppc64_linear = 0xc;       // the first hexadecimal digit of PAGE_OFFSET
constexpr std::uint64_t least_bytes_a_page = 24;  // in a file: a page's descriptor in a kdump-compressed dump

// Given up, not freed: kdump_free() of 0.5.1 writes to memory that it has freed before (kdump-compressed dumps).
struct ContextFree {
    void operator()(kdump_ctx_t* context) const { ::kdump_set_number_attr(context, "cache.size", 1); }
};
using Context = std::unique_ptr<kdump_ctx_t, ContextFree>;

// An open descriptor of a plain file.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int number() const { return fd_; }

private:
    int fd_;
};

std::string last_error(kdump_ctx_t* context) {
    const char* text = ::kdump_get_err(context);
    return text != nullptr && *text != '\0' ? text : "not readable";
}

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

}  // namespace

struct Dump::State {
    Context context;
    std::vector<Descriptor> plain;
    std::vector<PrivateFile> copies;  // rearranged, or out of an archive
    std::string name, format, arch;
    bool big_endian = false;
    std::size_t page_size = 0;
    std::size_t pointer_size = 0;
    Vmcoreinfo vmcoreinfo;
    std::vector<CpuRegisters> cpus;
    std::vector<Error> problems;

    std::vector<int> descriptors;  // what the library reads: of `plain` and `copies`
    std::vector<SplitPart> parts;
    std::uint64_t file_bytes = 0;
    std::string machine;  // as the header names it

    Result<void> add(const DumpFile& file, const Progress& progress) {
        auto descriptor = descriptor_of(file, progress);
        if (!descriptor) return tl::unexpected<Error>(descriptor.error());
        const auto bytes = Bytes::map_descriptor(*descriptor, file.name);
        if (!bytes) return tl::unexpected<Error>(bytes.error());
        auto header = read_dump_header(file.name, bytes->view());
        if (!header) return tl::unexpected<Error>(header.error());
        machine = header->machine;
        if (header->split) parts.push_back(*header->split);
        file_bytes += bytes->size();
        if (header->bytes_missing != 0)
            problems.push_back({"ends early: " + std::to_string(header->bytes_missing) + " bytes of it are missing",
                                file.name, ""});
        descriptors.push_back(*descriptor);
        return {};
    }

    // The file itself where it lies on disk as the library wants it, else a copy.
    Result<int> descriptor_of(const DumpFile& file, const Progress& progress) {
        if (is_flattened(file.bytes.view())) {
            auto made = rearrange(file.name, file.bytes.view(), progress);
            if (!made) return tl::unexpected<Error>(made.error());
            if (!made->damage.empty()) problems.push_back({made->damage, file.name, ""});
            copies.push_back(std::move(made->file));
            return copies.back().descriptor();
        }
        if (!file.disk_path.empty()) {
            plain.emplace_back(::open(file.disk_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
            if (plain.back().number() < 0) return fail(std::generic_category().message(errno), file.name);
            return plain.back().number();
        }
        auto copy = PrivateFile::create();
        if (!copy) return tl::unexpected<Error>(copy.error());
        if (!copy->append(file.bytes.view()))
            return fail("cannot write a temporary file: " + std::generic_category().message(errno), file.name);
        copies.push_back(std::move(*copy));
        return copies.back().descriptor();
    }

    Result<void> start() {
        kdump_ctx_t* c = context.get();
        // QEMU's kdump header has the machine but no kernel's name; the library then believes neither.
        if (!machine.empty()) ::kdump_set_string_attr(c, "arch.name", machine.c_str());
        ::kdump_set_number_attr(c, "cache.size", cached_pages);
        // Mapped, a file that ends early is a SIGBUS.
        ::kdump_set_number_attr(c, "file.mmap_policy", KDUMP_MMAP_NEVER);
        if (::kdump_open_fdset(c, static_cast<unsigned>(descriptors.size()), descriptors.data()) != KDUMP_OK)
            return fail(last_error(c), name);
        ::kdump_set_string_attr(c, "addrxlat.ostype", "linux");
        format = text_attribute(c, "file.description");
        arch = text_attribute(c, "arch.name");
        big_endian = number_attribute(c, "arch.byte_order", KDUMP_LITTLE_ENDIAN) == KDUMP_BIG_ENDIAN;
        page_size = number_attribute(c, "arch.page_size", usual_page_size);
        pointer_size = number_attribute(c, "arch.ptr_size", 8);
        vmcoreinfo = Vmcoreinfo(blob_attribute(c, "linux.vmcoreinfo.raw"));
        cpus = read_cpus(c);
        return {};
    }

    void tell_missing_parts() {
        std::sort(parts.begin(), parts.end(),
                  [](const SplitPart& a, const SplitPart& b) { return a.first_page < b.first_page; });
        if (!parts.empty()) parts.push_back({parts.front().all_pages, 0, 0});  // where the last one must end
        std::uint64_t next = 0;
        for (const SplitPart& part : parts) {
            if (part.first_page > next)
                problems.push_back(
                    {"a part of the split dump is missing: the one with page " + std::to_string(next), name, ""});
            next = std::max(next, part.end_page);
        }
    }

    // A hypervisor's dump may come without vmcoreinfo, but the kernel's own copy is in its memory: a page that
    // begins with the first line. The only thing for which all of a dump is read.
    void search_vmcoreinfo(const Progress& progress) {
        static constexpr std::string_view first_line = "OSRELEASE=";
        kdump_attr_t map{};
        map.type = KDUMP_BITMAP;
        if (::kdump_get_typed_attr(context.get(), "file.pagemap", &map) != KDUMP_OK) return;
        const std::uint64_t most_pages = file_bytes / least_bytes_a_page;
        std::string page(page_size, '\0');
        kdump_addr_t pfn = 0;
        for (std::uint64_t i = 0; i < most_pages && !progress.cancelled; ++i, ++pfn) {
            if (::kdump_bmp_find_set(map.val.bitmap, &pfn) != KDUMP_OK) break;
            if (i % 65536 == 0)
                progress.at("searching " + name + " for vmcoreinfo",
                            static_cast<double>(i) / static_cast<double>(most_pages));
            if (!read(KDUMP_MACHPHYSADDR, pfn * page_size, std::as_writable_bytes(std::span(page)))) continue;
            if (!page.starts_with(first_line)) continue;
            take_vmcoreinfo(page.substr(0, page.find('\0')));
            return;
        }
        problems.push_back({"has no vmcoreinfo, and none was found in its memory", name, ""});
    }

    void take_vmcoreinfo(const std::string& text) {
        vmcoreinfo = Vmcoreinfo(text);
        void* copy = std::malloc(text.size());  // the blob frees it
        if (copy == nullptr) return;
        std::memcpy(copy, text.data(), text.size());
        kdump_attr_t attribute{};
        attribute.type = KDUMP_BLOB;
        attribute.val.blob = ::kdump_blob_new(copy, text.size());
        ::kdump_set_attr(context.get(), "linux.vmcoreinfo.raw", &attribute);  // takes the reference over
        ::kdump_set_string_attr(context.get(), "addrxlat.ostype", "linux");   // translates anew
    }

    bool read(kdump_addrspace_t space, std::uint64_t address, std::span<std::byte> out) const {
        std::size_t length = out.size();
        return ::kdump_read(context.get(), space, address, out.data(), &length) == KDUMP_OK && length == out.size();
    }

    // libkdumpfile 0.5.1 translates ppc64's addresses only for pages of 64 KiB; the linear mapping is the same for
    // all.
    [[nodiscard]] bool is_linear(std::uint64_t address) const {
        return arch.starts_with("ppc64") && address >> 60U == ppc64_linear;
    }
};

std::optional<std::uint64_t> CpuRegisters::value(std::string_view name) const {
    const auto found = values.find(name);
    if (found == values.end()) return {};
    return found->second;
}

Result<Dump> Dump::open(std::vector<DumpFile> files, const Progress& progress) {
    if (files.empty()) return fail("no file of a dump");
    auto state = std::make_unique<State>();
    state->name = files.front().name;
    state->context.reset(::kdump_new());
    if (!state->context) return fail("out of memory", state->name);
    for (const DumpFile& file : files)
        if (auto added = state->add(file, progress); !added) return tl::unexpected<Error>(added.error());
    if (auto started = state->start(); !started) return tl::unexpected<Error>(started.error());
    state->tell_missing_parts();
    if (state->vmcoreinfo.empty()) state->search_vmcoreinfo(progress);
    return Dump(std::move(state));
}

Dump::Dump(std::unique_ptr<State> state) : state_(std::move(state)) {}
Dump::Dump(Dump&&) noexcept = default;
Dump& Dump::operator=(Dump&&) noexcept = default;
Dump::~Dump() = default;

const std::string& Dump::name() const {
    return state_->name;
}
const std::string& Dump::format() const {
    return state_->format;
}
const std::string& Dump::arch() const {
    return state_->arch;
}
bool Dump::big_endian() const {
    return state_->big_endian;
}
std::size_t Dump::page_size() const {
    return state_->page_size;
}
std::size_t Dump::pointer_size() const {
    return state_->pointer_size;
}
const Vmcoreinfo& Dump::vmcoreinfo() const {
    return state_->vmcoreinfo;
}
const std::vector<CpuRegisters>& Dump::cpus() const {
    return state_->cpus;
}
const std::vector<Error>& Dump::problems() const {
    return state_->problems;
}

bool Dump::read(std::uint64_t address, std::span<std::byte> out) const {
    return state_->read(KDUMP_KVADDR, address, out) ||
           (state_->is_linear(address) && state_->read(KDUMP_MACHPHYSADDR, address & ~(ppc64_linear << 60U), out));
}

bool Dump::read_physical(std::uint64_t address, std::span<std::byte> out) const {
    return state_->read(KDUMP_MACHPHYSADDR, address, out);
}

std::string Dump::failure() const {
    return last_error(state_->context.get());
}

std::optional<std::uint64_t> Dump::read_number(std::uint64_t address, std::size_t bytes) const {
    std::array<std::byte, 8> buffer{};
    const auto part = std::span(buffer).first(std::min(bytes, buffer.size()));
    if (!read(address, part)) return {};
    return stallsight::read_number({reinterpret_cast<const char*>(part.data()), part.size()}, big_endian());
}

std::optional<std::uint64_t> Dump::read_pointer(std::uint64_t address) const {
    return read_number(address, pointer_size());
}

}  // namespace stallsight
