#include "parsers/vmcore/crash_frame.h"

#include "parsers/vmcore/crash_words.h"

namespace stallsight {
namespace {

using crash::address;
using crash::number;
using crash::take_word;
using crash::trimmed;

// ".schedule+61" -> function, dotted, offset. crash prints decimal offsets, or 0x with `set radix 16`.
void set_symbol(Frame& frame, std::string_view symbol) {
    frame.dotted = symbol.size() > 1 && symbol.front() == '.';
    if (frame.dotted) symbol.remove_prefix(1);
    if (const std::size_t plus = symbol.rfind('+'); plus != std::string_view::npos) {
        const std::string_view digits = symbol.substr(plus + 1);
        frame.offset =
            digits.starts_with("0x") ? number<std::uint64_t>(digits.substr(2), 16) : number<std::uint64_t>(digits);
        symbol = symbol.substr(0, plus);
    }
    frame.function = symbol;
}

std::string_view take_bracketed(std::string_view& text) {
    text = trimmed(text);
    const std::size_t close = text.find(']');
    if (!text.starts_with('[') || close == std::string_view::npos) return {};
    const std::string_view inside = text.substr(1, close - 1);
    text = trimmed(text.substr(close + 1));
    return inside;
}

// An entry's return address is as long as its place on the stack, and a module's name has its bracket.
bool is_whole_entry(std::string_view line) {
    std::string_view rest = trimmed(line);
    take_word(rest);  // "#3"
    const std::string_view stack = take_bracketed(rest);
    take_word(rest);  // the function
    if (take_word(rest) != "at") return false;
    return take_word(rest).size() == stack.size() && (rest.find('[') == rest.npos || rest.find(']') != rest.npos);
}

// "hwa_poll_hw_ready at ffffffffc029414d [hwa_diag]", with "(unreliable)" or "(via ...)" behind it
bool set_place(Frame& frame, std::string_view text) {
    set_symbol(frame, take_word(text));
    if (take_word(text) != "at") return false;
    frame.address = address(take_word(text));
    frame.module = take_bracketed(text);
    if (text.starts_with("(unreliable)")) frame.reliable = false;
    return frame.address.has_value() && !frame.function.empty();
}

}  // namespace

std::optional<Frame> crash_stack_entry(std::string_view line) {
    Frame frame;
    std::string_view rest = trimmed(line);
    if (rest.starts_with('#')) {
        rest.remove_prefix(1);
        if (!number<unsigned>(take_word(rest))) return std::nullopt;
    } else if (rest.starts_with("[Link Register]")) {
        rest.remove_prefix(15);
    } else {
        frame.reliable = false;  // bt -t: whatever text address was on the stack
    }
    frame.stack = address(take_bracketed(rest));
    if (!frame.stack || !set_place(frame, rest)) return std::nullopt;
    return frame;
}

std::optional<std::string> joined_stack_entry(std::string_view line, std::string_view next) {
    if (!trimmed(line).starts_with('#') || line.find(" [") == line.npos) return std::nullopt;
    if (next.starts_with(' ')) next.remove_prefix(1);  // what belongs to an entry otherwise is indented more
    if (next.empty() || next.front() == ' ' || next.front() == '#') return std::nullopt;
    const bool only_module = next.front() == '[' && next.find(']') == next.size() - 1;
    if (is_whole_entry(line) && !only_module) return std::nullopt;
    for (const char* blank : {"", " "}) {  // a blank at the edge is lost
        std::string whole = std::string(line).append(blank).append(next);
        if (is_whole_entry(whole) && crash_stack_entry(whole)) return whole;
    }
    return std::nullopt;
}

std::optional<Frame> crash_exception_place(std::string_view line) {
    Frame frame;
    frame.return_address = false;
    std::string_view rest = trimmed(line);
    if (rest.starts_with("PC: ")) {
        rest.remove_prefix(4);
        frame.address = address(take_word(rest));
        if (!frame.address || !rest.starts_with('[')) return std::nullopt;
    }
    std::string_view inside = take_bracketed(rest);
    if (!frame.address) {
        const bool known = inside.starts_with("exception RIP: ") || inside.starts_with("NIP  :") ||
                           inside.starts_with("exception EIP: ");
        if (!known) return std::nullopt;
        inside.remove_prefix(inside.find(':') + 1);
    }
    inside = trimmed(inside);
    if (inside.find(' ') != std::string_view::npos) {  // "unknown or invalid address"
        frame.reliable = false;
        return frame;
    }
    set_symbol(frame, inside);
    return frame;
}

std::optional<std::uint64_t> crash_register_pc(std::string_view line) {
    std::string_view rest = trimmed(line);
    const std::string_view label = take_word(rest);
    if (label != "RIP:" && label != "NIP:" && label != "EIP:") return std::nullopt;
    return address(take_word(rest));
}

}  // namespace stallsight
