#include "parsers/reports/frame.h"

#include <algorithm>
#include <array>

#include "parsers/text.h"

namespace stallsight {

namespace {

constexpr std::size_t longest_symbol = 512;  // KSYM_NAME_LEN, since 6.1

// Length of the name at the front of `s`. Rust's demangled names hold blanks, colons and brackets.
std::size_t name_length(std::string_view s) {
    if (s.starts_with('<')) {
        const std::size_t plus = s.substr(0, longest_symbol).find("+0x");
        const bool path = plus != std::string_view::npos && contains(s.substr(0, plus), "::");
        return path ? plus : 0;
    }
    std::size_t n = 0;
    while (n < s.size() && n < longest_symbol) {
        if (is_symbol(s[n])) {
            ++n;
        } else if (n > 0 && s.substr(n).starts_with("::")) {
            n += 2;
        } else {
            break;
        }
    }
    return n;
}

// "[<ffffffff81234567>]", "[c0000000000d18c4]", "[...]": returns whether one was there.
bool eat_bracketed_address(std::string_view& s, std::optional<std::uint64_t>& address, bool& inlined) {
    std::string_view rest = s;
    if (!eat(rest, "[")) return false;
    const bool angle = eat(rest, "<");
    eat_blanks(rest);
    if (eat(rest, "inline")) {
        inlined = true;
        eat_blanks(rest);
    } else if (!eat(rest, "...")) {
        const std::string_view digits = rest;
        address = eat_hex(rest);
        if (!address || digits.size() - rest.size() < (angle ? 1U : 8U)) return false;
        if (*address == 0) address.reset();  // %p hides it from those who may not see it
    }
    if (angle && !eat(rest, ">")) return false;
    if (!eat(rest, "]")) return false;
    s = rest;
    return true;
}

// "file.c:12" or "file.c:12:5"
bool eat_file_line(std::string_view& s, Frame& frame) {
    std::string_view rest = s;
    const std::string_view word = eat_word(rest);
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos || colon < 3 || !contains(word.substr(0, colon), ".")) return false;
    std::string_view number = word.substr(colon + 1);
    const auto line = eat_number(number);
    if (!line || *line > 10'000'000) return false;
    frame.file = std::string(word.substr(0, colon));
    frame.source_line = static_cast<int>(*line);
    s = rest;
    return true;
}

// "(drivers/a.h:12 drivers/b.c:44 (discriminator 2)) amdgpu": scripts/decode_stacktrace.sh puts the inlined places
// in front of the function's own, and the module behind it.
bool eat_decoded_places(std::string_view& s, Frame& frame) {
    std::string_view rest = s;
    if (!eat(rest, "(")) return false;
    Frame found;
    while (!rest.empty() && rest.front() != ')') {
        eat_blanks(rest);
        if (rest.starts_with("(discriminator")) {
            const std::size_t close = rest.find(')');
            if (close == std::string_view::npos) return false;
            rest.remove_prefix(close + 1);
            continue;
        }
        const std::size_t end = rest.find_first_of(" )");
        std::string_view place = rest.substr(0, end);
        if (end == std::string_view::npos || !eat_file_line(place, found)) return false;
        rest.remove_prefix(end);
    }
    if (!eat(rest, ")") || found.source_line == 0) return false;
    std::string_view module = trim(rest);
    if (!module.empty() && std::all_of(module.begin(), module.end(), is_symbol)) {
        frame.module = std::string(module);
        rest = {};
    }
    frame.file = std::move(found.file);
    frame.source_line = found.source_line;
    s = rest;
    return true;
}

// "[module]" or "[module 0123abcd...]" (STACKTRACE_BUILD_ID)
bool eat_module(std::string_view& s, Frame& frame) {
    std::string_view rest = s;
    if (!eat(rest, "[")) return false;
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos || end == 0) return false;
    const auto words = split_blanks(rest.substr(0, end));
    if (words.empty() || words.size() > 2) return false;
    if (!std::all_of(words[0].begin(), words[0].end(), [](char c) { return is_symbol(c) || c == '-'; }))
        return false;
    if (words[0] == "inline") {
        frame.inlined = true;
    } else {
        frame.module = std::string(words[0]);
        if (words.size() == 2) frame.build_id = std::string(words[1]);
    }
    s = rest.substr(end + 1);
    return true;
}

void eat_tail(std::string_view& s, Frame& frame) {
    eat(s, "()");
    for (;;) {
        eat_blanks(s);
        if (eat(s, "(unreliable)")) {
            frame.reliable = false;
        } else if (s.starts_with("(discriminator")) {
            s.remove_prefix(std::min(s.find(')') + 1, s.size()));
        } else if (!eat_module(s, frame) && !eat_decoded_places(s, frame) && !eat_file_line(s, frame)) {
            return;
        }
    }
}

// "func from caller+0x1/0x2", "(func) from [<c0105678>] (caller+0x1/0x2)"
std::optional<Frame> eat_from(std::string_view& s) {
    std::string_view rest = s;
    eat(rest, ")");
    eat_blanks(rest);
    if (!eat(rest, "from ")) return std::nullopt;
    std::optional<std::uint64_t> address;
    bool inlined = false;
    eat_bracketed_address(rest, address, inlined);
    eat_blanks(rest);
    eat(rest, "(");
    auto frame = eat_symbol(rest);
    if (!frame) return std::nullopt;
    frame->address = address;
    return frame;
}

Frame address_only(std::uint64_t address) {
    Frame frame;
    frame.address = address;
    return frame;
}

}  // namespace

std::optional<Frame> eat_symbol(std::string_view& s) {
    std::string_view rest = s;
    Frame frame;
    frame.dotted = eat(rest, ".");
    const std::size_t length = name_length(rest);
    if (length == 0 || is_digit(rest.front())) return std::nullopt;
    frame.function = std::string(rest.substr(0, length));
    rest.remove_prefix(length);
    if (rest.starts_with("+0x")) {
        rest.remove_prefix(1);
        frame.offset = eat_hex(rest);
        if (rest.starts_with("/0x")) {
            rest.remove_prefix(1);
            frame.size = eat_hex(rest);
        }
    }
    eat_tail(rest, frame);
    s = rest;
    return frame;
}

namespace {

// Up to 4.9 x86 put the first entry of a stack behind its mark: " <IRQ>  [<ffffffff8150b4c5>] func+0x1/0x2",
// " <<EOE>>  [<...", " <#DF>  [<...".
void eat_stack_mark(std::string_view& s) {
    eat_blanks(s);
    if (!s.starts_with('<')) return;
    std::string_view rest = s.substr(std::min(s.find_last_of('>', s.find("[<")) + 1, s.size()));
    eat_blanks(rest);
    if (rest.starts_with("[<")) s = rest;
}

// What a register dump says of a register that holds an address: "[<c0101234>] func+0x1/0x2" or
// "801234 func+0x1/0x2".
std::optional<Frame> place_in_register(std::string_view s) {
    std::optional<std::uint64_t> address;
    bool inlined = false;
    eat_blanks(s);
    while (eat_bracketed_address(s, address, inlined)) eat_blanks(s);
    if (!s.starts_with('.') && !s.empty() && is_hex(s[0]) && !contains(s.substr(0, s.find(' ')), "+0x")) {
        address = eat_hex(s);  // mips: "epc   : 801234 func+0x1/0x2"
        eat(s, ":");           // xmon: "pc: c000000000022148: func+0x1/0x2"
        eat_blanks(s);
    }
    auto frame = eat_symbol(s);
    if (!frame || (!frame->size && (frame->source_line == 0 || frame->inlined))) return std::nullopt;
    if (address) frame->address = address;
    return frame;
}

}  // namespace

std::optional<FrameLine> parse_frame_line(std::string_view message) {
    std::string_view s = message;
    const bool indented = !s.empty() && is_blank(s.front());
    eat_stack_mark(s);
    eat(s, "(");  // s390 marks the first entry
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> second;
    bool inlined = false;
    const bool bracketed = eat_bracketed_address(s, first, inlined);
    eat_blanks(s);
    const bool two = bracketed && eat_bracketed_address(s, second, inlined);
    eat_blanks(s);
    eat(s, "(");
    const bool stale = eat(s, "? ");
    eat_blanks(s);
    std::string_view raw = s;
    if (bracketed && raw.starts_with("0x")) {
        if (const auto address = eat_hex(raw)) {
            FrameLine line{address_only(*address), std::nullopt};
            line.frame.reliable = !stale && !contains(raw, "(unreliable)");
            if (two) line.frame.stack = first;
            return line;
        }
    }
    auto frame = eat_symbol(s);
    if (!frame) return std::nullopt;
    FrameLine line{std::move(*frame), eat_from(s)};
    Frame& f = line.frame;
    f.inlined = f.inlined || inlined;
    // A bare word is a frame only where something else shows it: a source place, or arm's "from".
    const bool decoded = !f.size && f.source_line > 0 && s.empty() && contains(message, " (");
    if (!f.size && !line.caller && !(f.inlined && !f.file.empty()) && !(bracketed && f.source_line > 0) && !decoded)
        return std::nullopt;
    if (!f.size && line.caller && !line.caller->size) return std::nullopt;
    if (!indented && !bracketed && !f.size && !f.inlined && !decoded) return std::nullopt;
    f.address = two ? second : first;
    if (two) f.stack = first;
    if (stale) f.reliable = false;
    return line;
}

std::optional<Frame> parse_ip_line(std::string_view message) {
    static constexpr std::array<std::string_view, 18> keys = {
        "RIP: 0010:", "RIP: e030:", "RIP: ",  "RIP ",   "EIP is at ", "EIP: 0060:",  "EIP: ", "NIP [", "pc : ",
        "pc: ",       "PC is at ",  "PC at ", "epc : ", "epc   : ",   "Krnl PSW : ", "era: ", "IP: ",  "pc "};
    std::string_view s = trim_left(message);
    const auto key = std::find_if(keys.begin(), keys.end(), [&](std::string_view k) { return begins(s, k); });
    if (key == keys.end()) return std::nullopt;
    s.remove_prefix(key->size() - (key->ends_with('[') ? 1 : 0));
    if (*key == "RIP: " && s.size() > 5 && is_hex(s[0]) && s[4] == ':') s.remove_prefix(5);
    if (*key == "Krnl PSW : ") {
        const std::size_t open = s.find('(');
        if (open == std::string_view::npos) return std::nullopt;
        s.remove_prefix(open + 1);
    }
    auto frame = place_in_register(s);
    if (frame) frame->return_address = false;
    return frame;
}

std::optional<Frame> parse_link_line(std::string_view message) {
    static constexpr std::array<std::string_view, 7> keys = {
        "LR is at ", "LR [", "lr : ", "lr: ", "ra    : ", "ra : ", "ra: "};
    std::string_view s = trim_left(message);
    const auto key = std::find_if(keys.begin(), keys.end(), [&](std::string_view k) { return begins(s, k); });
    if (key == keys.end()) return std::nullopt;
    s.remove_prefix(key->size() - (key->ends_with('[') ? 1 : 0));
    return place_in_register(s);
}

bool same_place(const Frame& a, const Frame& b) {
    return a.function == b.function && a.offset == b.offset;
}

}  // namespace stallsight
