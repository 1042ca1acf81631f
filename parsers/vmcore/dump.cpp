#include "parsers/vmcore/dump.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/endian.h"
#include "base/private_file.h"
#include "parsers/vmcore/dump_header.h"
#include "parsers/vmcore/dump_reader.h"
#include "parsers/vmcore/flattened.h"
#include "parsers/vmcore/page_cache.h"

namespace stallsight {

namespace {

constexpr std::uint64_t pages_a_search = 4096;    // between two looks at progress.cancelled
constexpr std::uint64_t least_bytes_a_page = 24;  // in a file: a page's descriptor in a kdump-compressed dump

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

}  // namespace

struct Dump::State {
    std::unique_ptr<DumpReader> reader;
    std::vector<Descriptor> plain;
    std::vector<PrivateFile> copies;  // rearranged, or out of an archive
    std::vector<int> descriptors;     // what is read: of `plain` and `copies`
    std::vector<SplitPart> parts;
    DumpLayout layout;
    std::uint64_t file_bytes = 0;
    std::string name;
    Vmcoreinfo vmcoreinfo;
    bool big_endian = false;
    std::vector<Error> problems;
    PageCache cache;

    Result<void> add(const DumpFile& file, const Progress& progress) {
        auto descriptor = descriptor_of(file, progress);
        if (!descriptor) return tl::unexpected<Error>(descriptor.error());
        const auto bytes = Bytes::map_descriptor(*descriptor, file.name);
        if (!bytes) return tl::unexpected<Error>(bytes.error());
        auto header = read_dump_header(file.name, bytes->view());
        if (!header) return tl::unexpected<Error>(header.error());
        header->layout.missing.insert(header->layout.missing.end(), layout.missing.begin(), layout.missing.end());
        layout = std::move(header->layout);
        if (header->split) parts.push_back(*header->split);
        file_bytes += bytes->size();
        if (header->bytes_missing != 0)
            problems.push_back({"ends early: " + std::to_string(header->bytes_missing) + " bytes of it are missing",
                                file.name, ""});
        if (!header->mended.empty()) {
            auto mended = copy_of(file.name, bytes->view());
            if (!mended) return tl::unexpected<Error>(mended.error());
            if (!copies.back().write_at(0, header->mended)) return cannot_write(file.name);
            descriptor = mended;
        }
        descriptors.push_back(*descriptor);
        return {};
    }

    static tl::unexpected<Error> cannot_write(const std::string& name) {
        return fail("cannot write a temporary file: " + std::generic_category().message(errno), name);
    }

    Result<int> copy_of(const std::string& file, std::string_view bytes) {
        auto copy = PrivateFile::create();
        if (!copy) return tl::unexpected<Error>(copy.error());
        if (!copy->append(bytes)) return cannot_write(file);
        copies.push_back(std::move(*copy));
        return copies.back().descriptor();
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
        return copy_of(file.name, file.bytes.view());
    }

    Result<void> start() {
        auto started = DumpReader::start(name, descriptors, layout);
        if (!started) return tl::unexpected<Error>(started.error());
        reader = std::move(*started);
        plain.clear();  // the reader has them
        copies.clear();
        vmcoreinfo = Vmcoreinfo(reader->facts().vmcoreinfo);
        return {};
    }

    // QEMU 7.2 writes the dump of a little-endian ppc64 as a big-endian file. The kernel's own name for its machine
    // is text.
    void find_byte_order() {
        constexpr std::uint64_t name_length = 65, before = 4;  // struct new_utsname: machine is the fifth
        big_endian = reader->facts().big_endian;
        const auto names = vmcoreinfo.symbol("init_uts_ns"), offset = vmcoreinfo.offset("uts_namespace.name");
        std::array<char, 8> machine{};
        if (!names || !offset || !reader->facts().arch.starts_with("ppc64")) return;
        if (!reader->read(AddressSpace::kernel_virtual, *names + *offset + before * name_length,
                          std::as_writable_bytes(std::span(machine))))
            return;
        const std::string_view printed(machine.data(), machine.size());
        if (printed.starts_with("ppc64")) big_endian = !printed.starts_with("ppc64le");
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
        const std::uint64_t most_pages = file_bytes / least_bytes_a_page;
        std::optional<std::uint64_t> page = 0;
        for (std::uint64_t looked = 0; page && looked < most_pages && !progress.cancelled;
             looked += pages_a_search) {
            progress.at("searching " + name + " for vmcoreinfo",
                        static_cast<double>(looked) / static_cast<double>(most_pages));
            const std::string text = reader->find_vmcoreinfo(page, pages_a_search);
            if (text.empty()) continue;
            reader->use_vmcoreinfo(text);
            vmcoreinfo = Vmcoreinfo(text);
            return;
        }
        problems.push_back({"has no vmcoreinfo, and none was found in its memory", name, ""});
    }
};

Result<Dump> Dump::open(std::vector<DumpFile> files, const Progress& progress) {
    if (files.empty()) return fail("no file of a dump");
    auto state = std::make_unique<State>();
    state->name = files.front().name;
    for (const DumpFile& file : files)
        if (auto added = state->add(file, progress); !added) return tl::unexpected<Error>(added.error());
    if (auto started = state->start(); !started) return tl::unexpected<Error>(started.error());
    state->tell_missing_parts();
    if (state->vmcoreinfo.empty()) state->search_vmcoreinfo(progress);
    state->find_byte_order();
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
    return state_->reader->facts().format;
}
const std::string& Dump::arch() const {
    return state_->reader->facts().arch;
}
bool Dump::big_endian() const {
    return state_->big_endian;
}
std::size_t Dump::page_size() const {
    return state_->reader->facts().page_size;
}
std::size_t Dump::pointer_size() const {
    return state_->reader->facts().pointer_size;
}
const Vmcoreinfo& Dump::vmcoreinfo() const {
    return state_->vmcoreinfo;
}
const std::vector<CpuRegisters>& Dump::cpus() const {
    return state_->reader->facts().cpus;
}
const std::vector<Error>& Dump::problems() const {
    return state_->problems;
}

bool Dump::read(std::uint64_t address, std::span<std::byte> out) const {
    const auto fetch = [&](std::uint64_t from, std::span<std::byte> piece) {
        return state_->reader->read(AddressSpace::kernel_virtual, from, piece);
    };
    // What is read at one go is seldom read again.
    return out.size() > PageCache::piece_bytes ? fetch(address, out) : state_->cache.read(address, out, fetch);
}

bool Dump::read_physical(std::uint64_t address, std::span<std::byte> out) const {
    return state_->reader->read(AddressSpace::physical, address, out);
}

std::string Dump::failure() const {
    return state_->reader->failure();
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
