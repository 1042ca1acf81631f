#include "parsers/modules/module_text.h"

#include <algorithm>
#include <array>

#include "parsers/text.h"

namespace stallsight {
namespace {

using Member = std::string ModuleText::*;

// By the words of modinfo and of /sys/module/NAME.
Member member_named(std::string_view key) {
    static constexpr std::array<std::pair<std::string_view, Member>, 5> members = {
        {{"version", &ModuleText::version},
         {"srcversion", &ModuleText::srcversion},
         {"vermagic", &ModuleText::vermagic},
         {"name", &ModuleText::name},
         {"taint", &ModuleText::taint}}};
    const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.first == key; });
    return found == members.end() ? nullptr : found->second;
}

bool is_name(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return is_symbol(c) || c == '-'; });
}

bool is_number(std::string_view word) {
    return eat_number(word) && word.empty();
}

// "dm-mod.ko.xz" -> "dm_mod", the name that the kernel prints.
std::string name_of_file(std::string_view path) {
    const std::string_view file = path.substr(path.rfind('/') + 1);
    std::string name(file.substr(0, file.find(".ko")));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

class Reader {
public:
    void read(std::string_view line) {
        ++number_;
        line = trim(line);
        if (read_heading(line) || read_modinfo(line) || read_sysfs(line)) return;
        if (in_lsmod_) {
            read_lsmod(line);
        } else {
            read_proc(line);
        }
    }

    // The whole file is one value of a module's.
    void read_value(std::string_view path, std::string_view text) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end + 1 < text.size()) return;
        number_ = 1;
        read_sysfs(std::string(path) + ":" + std::string(text.substr(0, end)));
    }

    std::vector<ModuleText> take() { return std::move(found_); }

private:
    ModuleText& add(std::string_view name) {
        in_modinfo_ = false;
        found_.emplace_back();
        found_.back().name = name;
        found_.back().line = number_;
        return found_.back();
    }

    bool read_heading(std::string_view line) {
        const auto words = split_blanks(line);
        if (words.empty()) in_lsmod_ = in_modinfo_ = false;
        const bool heading = words.size() > 2 && words[0] == "Module" && words[1] == "Size" && words[2] == "Used";
        in_lsmod_ |= heading;
        return heading || words.empty();
    }

    // kmod, tools/modinfo.c: "filename:" comes first.
    bool read_modinfo(std::string_view line) {
        const std::size_t colon = line.find(':');
        const std::string_view key = line.substr(0, colon);
        if (colon == std::string_view::npos || colon + 1 >= line.size() || !is_blank(line[colon + 1])) return false;
        const std::string_view value = trim(line.substr(colon + 1));
        if (key == "filename") {
            const bool of_module = value.find(".ko") != std::string_view::npos;
            if (of_module) add(name_of_file(value));
            return in_modinfo_ = of_module;
        }
        const Member member = in_modinfo_ && key != "taint" ? member_named(key) : nullptr;
        if (member) found_.back().*member = value;
        return member != nullptr;
    }

    // "/sys/module/rpmsg_ifc/srcversion:5D1E..."
    bool read_sysfs(std::string_view line) {
        constexpr std::string_view folder = "sys/module/";
        const std::size_t at = line.find(folder);
        if (at == std::string_view::npos || (at > 0 && line[at - 1] != '/')) return false;
        std::string_view rest = line.substr(at + folder.size());
        const std::size_t slash = rest.find('/'), colon = rest.find(':');
        if (slash == std::string_view::npos || colon == std::string_view::npos || colon < slash) return false;
        const Member member = member_named(rest.substr(slash + 1, colon - slash - 1));
        if (!member || member == &ModuleText::name || !is_name(rest.substr(0, slash))) return false;
        add(rest.substr(0, slash)).*member = trim(rest.substr(colon + 1));
        return true;
    }

    // kmod, tools/lsmod.c: "virtio_ring            40960  2 virtio,virtio_rpmsg_bus"
    void read_lsmod(std::string_view line) {
        const auto words = split_blanks(line);
        if (words.size() >= 3 && is_name(words[0]) && is_number(words[1]) && is_number(words[2])) {
            add(words[0]);
        } else {
            in_lsmod_ = false;
        }
    }

    // kernel/module/procfs.c, m_show(): "hwa_diag 16384 0 - Live 0xffffffffc0297000 (O)"
    void read_proc(std::string_view line) {
        const auto words = split_blanks(line);
        if (words.size() < 6 || !is_name(words[0]) || !is_number(words[1]) || !words[5].starts_with("0x")) return;
        if (words[4] != "Live" && words[4] != "Loading" && words[4] != "Unloading") return;
        ModuleText& module = add(words[0]);
        if (words.size() > 6 && words[6].starts_with('(') && words[6].ends_with(')'))
            module.taint = words[6].substr(1, words[6].size() - 2);
    }

    std::vector<ModuleText> found_;
    bool in_modinfo_ = false, in_lsmod_ = false;
    std::uint64_t number_ = 0;
};

}  // namespace

std::vector<ModuleText> parse_module_text(std::string_view path, std::string_view text) {
    Reader reader;
    reader.read_value(path, text);
    if (auto found = reader.take(); !found.empty()) return found;
    Reader lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines.read(text.substr(start, end - start));
        start = end + 1;
    }
    return lines.take();
}

}  // namespace stallsight
