#include "symbolizer/elf_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <sstream>

#include "symbolizer/debuginfod.h"

namespace stallsight {
namespace {

std::string machine_name(const GElf_Ehdr& header) {
    const bool big = header.e_ident[EI_DATA] == ELFDATA2MSB;
    switch (header.e_machine) {
        case EM_X86_64:
            return "x86_64";
        case EM_386:
            return "i386";
        case EM_PPC64:
            return big ? "ppc64" : "ppc64le";
        case EM_PPC:
            return "ppc";
        case EM_AARCH64:
            return big ? "aarch64_be" : "aarch64";
        case EM_ARM:
            return big ? "armeb" : "arm";
        case EM_MIPS:
            return big ? "mips" : "mipsel";
        case EM_RISCV:
            return "riscv";
        case EM_S390:
            return "s390x";
        default:
            return "machine " + std::to_string(header.e_machine);
    }
}

// .modinfo is a row of "key=value" strings, each with its NUL (include/linux/moduleparam.h).
std::string modinfo(std::string_view info, std::string_view key) {
    while (!info.empty()) {
        const std::string_view entry = info.substr(0, info.find('\0'));
        if (entry.size() > key.size() && entry.starts_with(key) && entry[key.size()] == '=')
            return std::string(entry.substr(key.size() + 1));
        info.remove_prefix(std::min(entry.size() + 1, info.size()));
    }
    return {};
}

std::string hexadecimal(const unsigned char* bytes, int count) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (int i = 0; i < count; ++i) text += {digits[bytes[i] >> 4], digits[bytes[i] & 15]};
    return text;
}

const Dwfl_Callbacks& callbacks() {
    static const Dwfl_Callbacks found{.find_elf = dwfl_build_id_find_elf,
                                      .find_debuginfo = dwfl_standard_find_debuginfo,
                                      .section_address = dwfl_offline_section_address,
                                      .debuginfo_path = nullptr};
    return found;
}

bool looks_like_elf(std::string_view bytes) {
    return bytes.starts_with(ELFMAG) && bytes.size() >= sizeof(Elf32_Ehdr);
}

bool is_relocatable(std::string_view bytes) {
    Elf32_Half type = 0;
    std::memcpy(&type, bytes.data() + EI_NIDENT, sizeof type);
    const auto swapped = static_cast<Elf32_Half>((type >> 8) | (type << 8));
    return type == ET_REL || swapped == ET_REL;
}

// A copy whose pages are shared with the file until they are written to. Null where that is not possible.
std::shared_ptr<void> mapped_copy(const std::string& path, std::size_t size) {
    const int file = path.empty() ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    struct stat status {};
    const bool whole = ::fstat(file, &status) == 0 && static_cast<std::uint64_t>(status.st_size) == size;
    void* memory = whole ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0) : MAP_FAILED;
    ::close(file);
    if (memory == MAP_FAILED) return nullptr;
    return {memory, [size](void* mapped) { ::munmap(mapped, size); }};
}

std::shared_ptr<void> copied(std::string_view bytes) {
    void* memory = ::operator new(bytes.size());
    std::memcpy(memory, bytes.data(), bytes.size());
    return {memory, [](void* owned) { ::operator delete(owned); }};
}

// What libdwfl 0.188 takes on trust: it crashes on files whose section table it cannot read, and a section outside
// the file is found only when it is used. True: libdw writes to the file's memory, since it relocates the debug
// sections or unpacks them (libelf then puts the new size into the section header).
Result<bool> check_layout(const std::string& name, char* memory, std::size_t size) {
    elf_version(EV_CURRENT);
    const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_memory(memory, size), elf_end);
    std::size_t count = 0, names = 0;
    GElf_Ehdr header;
    if (!elf || elf_kind(elf.get()) != ELF_K_ELF || !gelf_getehdr(elf.get(), &header))
        return fail("damaged ELF header", name);
    if (elf_getshdrnum(elf.get(), &count) != 0 || elf_getshdrstrndx(elf.get(), &names) != 0 || names >= count)
        return fail("ELF section table damaged or cut off", name, "byte " + std::to_string(header.e_shoff));
    bool written = header.e_type == ET_REL;
    for (std::size_t number = 1; number < count; ++number) {
        GElf_Shdr section;
        if (!gelf_getshdr(elf_getscn(elf.get(), number), &section))
            return fail("ELF section table damaged or cut off", name, "section " + std::to_string(number));
        const bool inside = section.sh_offset <= size && section.sh_size <= size - section.sh_offset;
        if (!inside && section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL)
            return fail("section lies outside the file", name, "section " + std::to_string(number));
        const char* title = elf_strptr(elf.get(), names, section.sh_name);
        written |= section.sh_flags & SHF_COMPRESSED || (title && std::string_view(title).starts_with(".zdebug"));
    }
    return written;
}

}  // namespace

Result<std::unique_ptr<ElfFile>> ElfFile::open(const std::string& name, const Bytes& bytes, const std::string& path,
                                               const Progress* progress) {
    if (!looks_like_elf(bytes.view())) return fail("not an ELF file", name);
    std::unique_ptr<ElfFile> file(new ElfFile);
    file->path_ = path;
    file->progress_ = progress;
    file->bytes_ = bytes;
    char* memory = const_cast<char*>(bytes.view().data());
    const auto written = check_layout(name, memory, bytes.size());
    if (!written) return tl::unexpected(written.error());
    if (*written) {
        file->copy_ = mapped_copy(path, bytes.size());
        if (!file->copy_) file->copy_ = copied(bytes.view());
        memory = static_cast<char*>(file->copy_.get());
    }
    file->session_.reset(dwfl_begin(&callbacks()));
    if (!file->session_) return fail("libdwfl does not start", name);
    Debuginfod(progress).watch(file->session_.get());
    dwfl_report_begin(file->session_.get());
    file->module_ =
        dwfl_report_offline_memory(file->session_.get(), name.c_str(), name.c_str(), memory, bytes.size());
    dwfl_report_end(file->session_.get(), nullptr, nullptr);
    if (file->module_) file->elf_ = dwfl_module_getelf(file->module_, &file->elf_bias_);
    if (!file->elf_) return fail(std::string("damaged ELF file: ") + dwfl_errmsg(-1), name);
    if (auto read = file->read_sections(name); !read) return tl::unexpected(read.error());
    file->describe(name);
    return file;
}

Result<void> ElfFile::read_sections(const std::string& name) {
    std::size_t names = 0;
    if (!gelf_getehdr(elf_, &header_)) return fail("damaged ELF header", name);
    if (elf_getshdrstrndx(elf_, &names) != 0) return fail("damaged ELF section table", name);
    sections_.emplace_back();
    for (Elf_Scn* handle = nullptr; (handle = elf_nextscn(elf_, handle));) {
        GElf_Shdr header;
        if (!gelf_getshdr(handle, &header)) return fail("damaged ELF section table", name);
        const char* text = elf_strptr(elf_, names, header.sh_name);
        sections_.push_back({text ? text : "", header.sh_addr, header.sh_size, header.sh_type, header.sh_flags,
                             header.sh_info, handle});
    }
    if (sections_.size() == 1) return fail("ELF file without sections", name);
    return {};
}

void ElfFile::describe(const std::string& name) {
    about_.name = name;
    about_.machine = machine_name(header_);
    const unsigned char* id = nullptr;
    GElf_Addr where = 0;
    if (const int length = dwfl_module_build_id(module_, &id, &where); length > 0)
        about_.build_id = hexadecimal(id, length);
    about_.module = relocatable() ? module_of_path(name) : "vmlinux";
    if (!relocatable()) about_.banner = linux_banner();
    const ElfSection* info = section_named(".modinfo");
    if (!info || !relocatable()) return;
    const std::string_view text = content(*info);
    if (auto module = modinfo(text, "name"); !module.empty()) about_.module = module, says_its_name_ = true;
    about_.vermagic = modinfo(text, "vermagic");
    about_.srcversion = modinfo(text, "srcversion");
    std::istringstream depends(modinfo(text, "depends"));  // "rpmsg_core,virtio"
    for (std::string module; std::getline(depends, module, ',');) depends_.push_back(module);
}

// init/version.c, since 6.2 init/version-timestamp.c: linux_banner is in .rodata. Beside it stand
// linux_proc_banner, which is a format, and since 6.1 the banner of before the last link, whose "#" has no number
// yet.
std::string ElfFile::linux_banner() const {
    const ElfSection* data = section_named(".rodata");
    const std::string_view text = data ? content(*data) : std::string_view();
    for (std::size_t at = 0; (at = text.find("Linux version ", at)) != std::string_view::npos; ++at) {
        const std::string_view line = text.substr(at, text.substr(at).find_first_of(std::string_view("\n\0", 2)));
        const bool other = line.find('%') != std::string_view::npos || line.find(" # ") != std::string_view::npos;
        if (!other && line.size() < 1024) return std::string(line);
    }
    return {};
}

const ElfSection* ElfFile::section_of(std::uint64_t address) const {
    const auto found = std::find_if(sections_.begin(), sections_.end(), [&](const ElfSection& section) {
        return section.holds_code() && section.contains(address);
    });
    return found == sections_.end() ? nullptr : &*found;
}

const ElfSection* ElfFile::section_named(std::string_view name) const {
    const auto found = std::find_if(sections_.begin(), sections_.end(),
                                    [&](const ElfSection& section) { return section.name == name; });
    return found == sections_.end() ? nullptr : &*found;
}

std::string_view ElfFile::content(const ElfSection& section) {
    if (section.type == SHT_NOBITS || !section.handle) return {};
    const Elf_Data* raw = elf_rawdata(section.handle, nullptr);
    return raw && raw->d_buf ? std::string_view(static_cast<const char*>(raw->d_buf), raw->d_size)
                             : std::string_view();
}

Elf_Data* ElfFile::data(const ElfSection& section) {
    return section.handle && section.type != SHT_NOBITS ? elf_getdata(section.handle, nullptr) : nullptr;
}

Dwarf* ElfFile::dwarf(Dwarf_Addr& bias) const {
    Dwarf_Addr debug_bias = 0;
    Dwarf* debug = dwfl_module_getdwarf(module_, &debug_bias);
    bias = debug_bias - elf_bias_;
    return debug;
}

Dwarf_CFI* ElfFile::call_frames(bool of_memory, Dwarf_Addr& bias) const {
    Dwarf_Addr frames_bias = 0;
    Dwarf_CFI* frames =
        of_memory ? dwfl_module_eh_cfi(module_, &frames_bias) : dwfl_module_dwarf_cfi(module_, &frames_bias);
    bias = frames_bias - elf_bias_;
    return frames;
}

std::string module_of_path(std::string_view path) {
    const std::string_view file = path.substr(path.rfind('/') + 1);
    std::string module(file.substr(0, file.find(".ko")));
    if (module.size() == file.size()) module = file.substr(0, file.find('.'));
    std::replace(module.begin(), module.end(), '-', '_');
    return module;
}

bool is_linked_elf(std::string_view bytes) {
    return looks_like_elf(bytes) && !is_relocatable(bytes);
}

bool same_module(std::string_view left, std::string_view right) {
    const auto canonical = [](char c) { return c == '-' ? '_' : c; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char a, char b) { return canonical(a) == canonical(b); });
}

}  // namespace stallsight
