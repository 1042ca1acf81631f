#include "symbolizer/index/line_table.h"

#include <dwarf.h>
#include <gelf.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "symbolizer/index/debug_bytes.h"

namespace stallsight {
namespace {

struct Head {
    std::size_t version = 0, offset_size = 4;
    unsigned shortest = 1, operations = 1;  // bytes of an instruction, instructions of a VLIW bundle
    int line_base = 0;
    unsigned line_range = 1, first_special = 1;
    std::array<std::uint8_t, 256> operands{};  // of each standard opcode
};

class HeadReader {
public:
    HeadReader(DebugBytes& bytes, const LineSections& sections, std::string_view folder, LineTable& table)
        : bytes_(bytes), sections_(sections), folder_(folder), table_(table) {}

    std::optional<Head> run() {
        head_.offset_size = bytes_.unit_length();
        head_.version = bytes_.number(2);
        if (bytes_.failed() || head_.version < 2 || head_.version > 5) return std::nullopt;
        if (head_.version >= 5) bytes_.skip(2);  // sizes of an address and of a segment selector
        const std::uint64_t length = bytes_.number(head_.offset_size);
        const std::size_t start = bytes_.at();
        head_.shortest = bytes_.byte();
        if (head_.version >= 4) head_.operations = std::max<unsigned>(1, bytes_.byte());
        bytes_.skip(1);                  // default_is_stmt
        const int base = bytes_.byte();  // signed
        head_.line_base = base < 128 ? base : base - 256;
        head_.line_range = bytes_.byte();
        head_.first_special = bytes_.byte();
        for (unsigned opcode = 1; opcode < head_.first_special; ++opcode) head_.operands[opcode] = bytes_.byte();
        if (head_.version >= 5) {
            read_entries([this](std::string_view name, std::uint64_t) { table_.folders.push_back(name); });
            read_entries([this](std::string_view name, std::uint64_t folder) {
                table_.files.push_back({name, folder});
            });
        } else {
            read_lists();
        }
        bytes_.go_to(length > sections_.line.size() ? sections_.line.size() + 1 : start + length);
        const bool sound = !bytes_.failed() && head_.line_range > 0;
        return sound ? std::optional(head_) : std::nullopt;
    }

private:
    // Until DWARF 4: each list ends with an empty name; numbers start at 1, 0 is the folder of compilation.
    void read_lists() {
        table_.folders.push_back(folder_);
        table_.files.emplace_back();
        for (std::string_view name; !(name = bytes_.string()).empty();) table_.folders.push_back(name);
        for (std::string_view name; !(name = bytes_.string()).empty();) {
            table_.files.push_back({name, bytes_.unsigned_leb()});
            bytes_.unsigned_leb();  // time and size of the file
            bytes_.unsigned_leb();
        }
    }

    // Since DWARF 5: a description of the entries, then the entries.
    template <class Take>
    void read_entries(const Take& take) {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> fields(bytes_.byte());
        for (auto& [content, form] : fields) content = bytes_.unsigned_leb(), form = bytes_.unsigned_leb();
        const std::uint64_t count = bytes_.unsigned_leb();
        for (std::uint64_t i = 0; i < count && !fields.empty() && !bytes_.failed(); ++i) {
            std::string_view name;
            std::uint64_t folder = 0;
            for (const auto& [content, form] : fields) {
                const auto [text, number] = value(form);
                if (content == DW_LNCT_path) name = text;
                if (content == DW_LNCT_directory_index) folder = number;
            }
            take(name, folder);
        }
    }

    std::pair<std::string_view, std::uint64_t> value(std::uint64_t form) {
        switch (form) {
            case DW_FORM_string:
                return {bytes_.string(), 0};
            case DW_FORM_line_strp:
                return {string_at(sections_.line_strings, bytes_.number(head_.offset_size)), 0};
            case DW_FORM_strp:
                return {string_at(sections_.strings, bytes_.number(head_.offset_size)), 0};
            case DW_FORM_udata:
                return {{}, bytes_.unsigned_leb()};
            case DW_FORM_data1:
                return {{}, bytes_.number(1)};
            case DW_FORM_data2:
                return {{}, bytes_.number(2)};
            case DW_FORM_data4:
                return {{}, bytes_.number(4)};
            case DW_FORM_data8:
                return {{}, bytes_.number(8)};
            case DW_FORM_data16:
                bytes_.skip(16);
                return {};
            case DW_FORM_block:
                bytes_.skip(bytes_.unsigned_leb());
                return {};
            default:
                bytes_.go_to(sections_.line.size() + 1);  // of unknown length: the rest cannot be found
                return {};
        }
    }

    static std::string_view string_at(std::string_view strings, std::uint64_t offset) {
        if (offset >= strings.size()) return {};
        const std::string_view rest = strings.substr(offset);
        return rest.substr(0, rest.find('\0'));
    }

    DebugBytes& bytes_;
    const LineSections& sections_;
    std::string_view folder_;
    LineTable& table_;
    Head head_;
};

// The line number machine: a program whose "instructions" append rows.
class Machine {
public:
    Machine(const Head& head, DebugBytes& bytes, LineTable& table) : head_(head), bytes_(bytes), table_(table) {}

    void run() {
        while (!bytes_.at_end()) {
            const unsigned opcode = bytes_.byte();
            if (opcode >= head_.first_special) {
                special(opcode - head_.first_special);
            } else if (opcode == 0) {
                extended();
            } else {
                standard(opcode);
            }
        }
    }

private:
    void special(unsigned number) {
        advance(number / head_.line_range);
        row_.line += static_cast<std::uint32_t>(head_.line_base + static_cast<int>(number % head_.line_range));
        append();
    }

    void standard(unsigned opcode) {
        switch (opcode) {
            case DW_LNS_copy:
                return append();
            case DW_LNS_advance_pc:
                return advance(bytes_.unsigned_leb());
            case DW_LNS_advance_line:
                row_.line += static_cast<std::uint32_t>(bytes_.signed_leb());
                return;
            case DW_LNS_set_file:
                row_.file = static_cast<std::uint32_t>(bytes_.unsigned_leb());
                return;
            case DW_LNS_const_add_pc:
                return advance((255 - head_.first_special) / head_.line_range);
            case DW_LNS_fixed_advance_pc:
                row_.address += bytes_.number(2);
                operation_ = 0;
                return;
            default:  // columns, flags, and what later versions may add
                for (unsigned i = 0; i < head_.operands[opcode]; ++i) bytes_.unsigned_leb();
        }
    }

    void extended() {
        const std::uint64_t length = bytes_.unsigned_leb();
        const std::size_t start = bytes_.at();
        if (length == 0) return;
        switch (bytes_.byte()) {
            case DW_LNE_end_sequence:
                row_.end = true;
                append();
                row_ = first_row;
                operation_ = 0;
                break;
            case DW_LNE_set_address:
                row_.address = bytes_.number(std::min<std::uint64_t>(length - 1, 8));
                operation_ = 0;
                break;
            case DW_LNE_define_file: {
                const std::string_view name = bytes_.string();
                table_.files.push_back({name, bytes_.unsigned_leb()});
                break;
            }
            case DW_LNE_set_discriminator:
                row_.discriminator = static_cast<std::uint32_t>(bytes_.unsigned_leb());
                break;
            default:
                break;
        }
        bytes_.go_to(start);
        bytes_.skip(length);
    }

    void advance(std::uint64_t operations) {
        operations += operation_;
        row_.address += head_.shortest * (operations / head_.operations);
        operation_ = operations % head_.operations;
    }

    void append() {
        if (bytes_.failed()) return;
        table_.rows.push_back(row_);
        row_.discriminator = 0;
    }

    static constexpr LineTable::Row first_row{0, 1, 1, 0, false};
    const Head& head_;
    DebugBytes& bytes_;
    LineTable& table_;
    LineTable::Row row_ = first_row;
    std::uint64_t operation_ = 0;  // in a VLIW bundle
};

}  // namespace

LineSections::LineSections(Dwarf* debug) {
    Elf* elf = dwarf_getelf(debug);
    GElf_Ehdr header;
    std::size_t names = 0;
    if (!elf || !gelf_getehdr(elf, &header) || elf_getshdrstrndx(elf, &names) != 0) return;
    big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB;
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section));) {
        GElf_Shdr about;
        const char* text = gelf_getshdr(section, &about) ? elf_strptr(elf, names, about.sh_name) : nullptr;
        std::string_view name = text ? text : "";
        if (name.starts_with(".z")) name.remove_prefix(2);  // packed as before SHF_COMPRESSED
        if (name.starts_with(".")) name.remove_prefix(1);
        std::string_view* wanted = name == "debug_line"       ? &line
                                   : name == "debug_line_str" ? &line_strings
                                   : name == "debug_str"      ? &strings
                                                              : nullptr;
        const Elf_Data* data = wanted && about.sh_type != SHT_NOBITS ? elf_rawdata(section, nullptr) : nullptr;
        if (data && data->d_buf) *wanted = {static_cast<const char*>(data->d_buf), data->d_size};
    }
}

std::string LineTable::path(std::uint64_t number) const {
    if (number >= files.size() || files[number].name.empty()) return {};
    const File& file = files[number];
    std::string path;
    const auto enter = [&path](std::string_view folder) {
        if (!folder.empty()) path.append(folder).push_back('/');
    };
    if (!file.name.starts_with('/') && file.folder < folders.size()) {
        const std::string_view folder = folders[file.folder];
        if (!folder.starts_with('/') && file.folder != 0) enter(folders[0]);
        enter(folder);
    }
    return path.append(file.name);
}

std::optional<LineTable> read_line_table(const LineSections& sections, std::uint64_t offset,
                                         std::string_view folder) {
    if (offset >= sections.line.size()) return std::nullopt;
    LineTable table;
    DebugBytes bytes(sections.line.substr(offset), sections.big_endian);
    const auto head = HeadReader(bytes, sections, folder, table).run();
    if (!head) return std::nullopt;
    Machine(*head, bytes, table).run();
    const auto before = [](const LineTable::Row& left, const LineTable::Row& right) {
        return std::tuple(left.address, !left.end) < std::tuple(right.address, !right.end);
    };
    if (!std::is_sorted(table.rows.begin(), table.rows.end(), before))
        std::stable_sort(table.rows.begin(), table.rows.end(), before);
    return table;
}

}  // namespace stallsight
