#include "analysis/report/private_names.h"

#include <algorithm>
#include <array>

#include "parsers/records/record.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// What stands before a name, in any case. `separated`: only with one of ":=#" in between.
struct Announcement {
    std::string_view words;
    bool separated;
    std::set<std::string> PrivateNames::*names;
};
constexpr auto hosts = &PrivateNames::hosts;
constexpr auto serials = &PrivateNames::serials;
constexpr std::array announcements = {
    Announcement{"hostname set to", false, hosts},  // systemd
    Announcement{"set hostname to", false, hosts},
    Announcement{"hostname", true, hosts},
    Announcement{"nodename", true, hosts},        // crash
    Announcement{"serialnumber", true, serials},  // drivers/usb/core/hub.c
    Announcement{"serialno", true, serials},      // androidboot.serialno=
    Announcement{"serial number", false, serials},
    Announcement{"serial no", false, serials},
    Announcement{"serial", true, serials},
    Announcement{"s/n", false, serials},
    Announcement{"sn", true, serials},
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_in_any_case(std::string_view text, std::string_view words) {
    return text.size() >= words.size() &&
           std::equal(words.begin(), words.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

bool is_name(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
}

std::string_view eat_name(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && is_name(text[n])) ++n;
    std::string_view name = text.substr(0, n);
    text.remove_prefix(n);
    while (!name.empty() && !is_alpha(name.back()) && !is_digit(name.back())) name.remove_suffix(1);
    return name;
}

// Not "Serial: 8250/16550 driver", not a number that may be anything's.
bool is_serial(std::string_view name, std::string_view behind) {
    constexpr std::size_t shortest = 4, shortest_number = 6;
    const bool has_digit = std::any_of(name.begin(), name.end(), is_digit);
    const bool has_letter = std::any_of(name.begin(), name.end(), is_alpha);
    return has_digit && name.size() >= (has_letter ? shortest : shortest_number) && !behind.starts_with('/');
}

bool is_host(std::string_view name) {
    return name.size() > 1 && name != "localhost" && std::any_of(name.begin(), name.end(), is_alpha);
}

void add_host(std::string_view name, PrivateNames& names) {
    if (!is_host(name)) return;
    names.hosts.emplace(name);
    if (const std::string_view label = name.substr(0, name.find('.')); is_host(label)) names.hosts.emplace(label);
}

void read_behind(std::string_view text, const Announcement& announcement, PrivateNames& names) {
    static constexpr std::string_view gap = " \t:=#.<\"'";
    const std::string_view between = text.substr(0, std::min(text.find_first_not_of(gap), text.size()));
    if (between.empty()) return;
    if (announcement.separated && between.find_first_of(":=#") == std::string_view::npos) return;
    text.remove_prefix(between.size());
    const std::string_view name = eat_name(text);
    if (announcement.names == hosts)
        add_host(name, names);
    else if (is_serial(name, text))
        names.serials.emplace(name);
}

// linux_banner (init/version.c): "Linux version 6.1.0 (root@farm) (gcc ...)"; uname -a: "Linux gw7 6.1.0 #1 SMP".
void read_banner(std::string_view line, PrivateNames& names) {
    static constexpr std::string_view linux_word = "Linux ";
    const std::size_t at = line.find(linux_word);
    if (at == std::string_view::npos) return;
    std::string_view rest = line.substr(at + linux_word.size());
    const std::string_view name = eat_name(rest);
    if (name != "version") {
        if (rest.size() > 2 && rest[0] == ' ' && is_digit(rest[1])) add_host(name, names);
        return;
    }
    const std::string_view builder = between(rest, "(", ")");
    if (const std::size_t sign = builder.find('@'); sign != std::string_view::npos)
        add_host(builder.substr(sign + 1), names);
}

bool is_text(ArtifactKind kind) {
    return kind == ArtifactKind::kernel_log || kind == ArtifactKind::crash_text ||
           kind == ArtifactKind::status_text;
}

// Syslog lines of one machine follow one another: most are known by the name that the last one had.
void read_syslog_host(std::string_view line, std::string& last, PrivateNames& names) {
    constexpr std::size_t head = 80;
    if (!last.empty() && contains(line.substr(0, head), last)) return;
    const Record record = parse_record(line);
    if (record.host.empty()) return;
    last = record.host;
    add_host(record.host, names);
}

}  // namespace

void collect_announced(std::string_view line, PrivateNames& names) {
    read_banner(line, names);
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = lower(line[i]);
        if ((c != 'h' && c != 's' && c != 'n') || (i > 0 && (is_alpha(line[i - 1]) || is_digit(line[i - 1]))))
            continue;
        for (const Announcement& announcement : announcements)
            if (announcement.words.front() == c && begins_in_any_case(line.substr(i), announcement.words))
                read_behind(line.substr(i + announcement.words.size()), announcement, names);
    }
}

PrivateNames private_names(const Analysis& analysis) {
    PrivateNames names;
    for (const ArtifactInfo& info : analysis.artifacts) {
        if (!is_text(info.artifact.kind)) continue;
        std::string last;
        std::string_view rest = info.artifact.bytes.view();
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            if (info.artifact.kind == ArtifactKind::kernel_log) read_syslog_host(line, last, names);
            collect_announced(line, names);
        }
    }
    return names;
}

}  // namespace stallsight
