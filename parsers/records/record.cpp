#include "parsers/records/record.h"

#include "parsers/records/stamp.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

// How far into a line a kernel stamp is looked for when something else stands in front of it.
constexpr std::size_t stamp_window = 512;

// "host kernel: ", "host kernel[1]: ", RFC 5424's "host kernel - - - ".
void eat_host(std::string_view& s, Record& record) {
    std::string_view rest = s;
    const std::string_view host = rest.starts_with("kernel") ? std::string_view{} : eat_word(rest);
    eat_blanks(rest);
    if (!eat(rest, "kernel")) return;
    if (rest.starts_with('[')) rest.remove_prefix(std::min(rest.find(']') + 1, rest.size()));
    if (eat(rest, " - - ")) {
        eat(rest, "- ");
    } else if (!eat(rest, ":")) {
        return;
    }
    eat(rest, " ");
    eat(rest, "\xef\xbb\xbf");  // RFC 5424 allows a BOM before the message
    record.host = host;
    s = rest;
}

// netconsole's extended records behind the stamp and host of the syslog server that took them:
// "May 25 07:29:42 host 6,416,7281415,-,caller=C0;message"
bool eat_netconsole(std::string_view& s, Record& record) {
    std::string_view rest = s;
    const std::string_view host = eat_word(rest);
    eat_blanks(rest);
    if (!eat_kmsg(rest, record)) return false;
    record.host = host;
    s = rest;
    return true;
}

void eat_callers(std::string_view& s, Record& record) {
    while (eat_caller(s, record)) {
    }
}

// Everything in front of the message; returns the message.
std::string_view eat_stamps(std::string_view s, Record& record) {
    eat(s, "\xef\xbb\xbf");  // a byte-order mark in front of the file
    eat_noise(s);
    record.level = eat_level(s);
    if (record.level && s.starts_with("1 ")) s.remove_prefix(2);  // RFC 5424's version
    if (eat_kmsg(s, record)) return s;
    if (const auto level = eat_named_level(s)) record.level = level;
    eat_noise(s);
    record.time = eat_kernel_stamp(s);
    if (!record.time) {
        record.wall = eat_wall(s);
        // A terminal program's stamp may stand before syslog's own.
        if (const std::string_view inner = eat_wall(s); !inner.empty()) record.wall = inner;
        if (!record.wall.empty() && eat_netconsole(s, record)) return s;
        if (!record.wall.empty()) eat_host(s, record);
        eat_noise(s);
        if (const auto level = eat_level(s)) record.level = level;
        record.time = eat_kernel_stamp(s);
    }
    if (!record.time) {
        const std::size_t at = find_kernel_stamp(s.substr(0, stamp_window));
        if (at == std::string_view::npos) {  // printk.time=0 with PRINTK_CALLER: "[    T1] message"
            eat_callers(s, record);
            if (record.caller_cpu || record.caller_tid) eat(s, " ");
            return s;
        }
        s.remove_prefix(at);
        record.time = eat_kernel_stamp(s);
    }
    eat_noise(s);
    eat_callers(s, record);
    eat(s, " ");
    eat_noise(s);
    if (record.wall.empty()) eat_host(s, record);  // journalctl -o short-monotonic
    return s;
}

// "text   // remark": what a person wrote behind a kernel line. "http://" is none.
void split_remark(Record& record) {
    for (std::size_t at = record.message.find("//"); at != std::string_view::npos;
         at = record.message.find("//", at + 2)) {
        const bool apart = at == 0 || is_blank(record.message[at - 1]);
        const bool said = at + 2 < record.message.size() && is_blank(record.message[at + 2]);
        if (!apart || !said) continue;
        record.remark = trim(record.message.substr(at + 2));
        std::string_view rest = record.message.substr(0, at);
        while (!rest.empty() && is_blank(rest.back())) rest.remove_suffix(1);
        record.message = rest;
        return;
    }
}

// Control bytes at the end: CR, NUL, and the escape sequence that ends a colour.
void trim_noise_behind(std::string_view& s) {
    while (!s.empty() && static_cast<unsigned char>(s.back()) < 0x20 && s.back() != '\t') s.remove_suffix(1);
    if (s.ends_with("\x1b[0m")) s.remove_suffix(4);
    if (s.ends_with("\x1b[m")) s.remove_suffix(3);
}

}  // namespace

Record parse_record(std::string_view text) {
    Record record;
    record.text = text;
    trim_noise_behind(text);
    record.message = eat_stamps(text, record);
    split_remark(record);
    return record;
}

Record parse_record_at(std::string_view text, std::size_t offset) {
    // The last stamp before `offset` starts the message: what stands in front of it is another's half line.
    std::size_t start = std::string_view::npos;
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    for (std::size_t at = find_kernel_stamp(before); at != std::string_view::npos;
         at = find_kernel_stamp(before, at + 1)) {
        start = at;
    }
    Record record = parse_record(text);
    if (start == std::string_view::npos || record.message.data() >= text.data() + start) return record;
    Record later = parse_record(text.substr(start));
    later.text = record.text;
    later.wall = record.wall;
    later.host = record.host;
    if (!later.level) later.level = record.level;
    return later;
}

}  // namespace stallsight
