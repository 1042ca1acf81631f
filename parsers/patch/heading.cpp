#include "parsers/patch/heading.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace stallsight {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$';
}

// The identifier that ends at `end`, blanks before `end` skipped.
std::string_view word_before(std::string_view text, std::size_t end) {
    while (end > 0 && text[end - 1] == ' ') --end;
    std::size_t start = end;
    while (start > 0 && is_word(text[start - 1])) --start;
    if (start < end && std::isdigit(static_cast<unsigned char>(text[start]))) return {};
    return text.substr(start, end - start);
}

bool is_no_function(std::string_view word) {
    static constexpr std::array words{"if",     "for",    "while",    "switch", "return", "sizeof", "else",
                                      "do",     "int",    "void",     "bool",   "char",   "long",   "short",
                                      "struct", "union",  "enum",     "static", "inline", "const",  "case",
                                      "goto",   "extern", "unsigned", "signed"};
    if (std::find(words.begin(), words.end(), word) != words.end()) return true;
    // DEFINE_MUTEX(lock), EXPORT_SYMBOL(f), MODULE_LICENSE("GPL"): macros, not functions.
    return std::none_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c); });
}

// "SYSCALL_DEFINE3(read, unsigned int, fd" -> "sys_read"
std::string system_call(std::string_view macro, std::string_view behind_parenthesis) {
    if (!macro.starts_with("SYSCALL_DEFINE") && !macro.starts_with("COMPAT_SYSCALL_DEFINE")) return {};
    std::size_t length = 0;
    while (length < behind_parenthesis.size() && is_word(behind_parenthesis[length])) ++length;
    return length ? "sys_" + std::string(behind_parenthesis.substr(0, length)) : std::string();
}

std::size_t closing(std::string_view text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i;
    }
    return std::string_view::npos;
}

std::string named_before_parenthesis(std::string_view line) {
    std::size_t open = line.find('(');
    while (open != std::string_view::npos) {
        const std::string_view word = word_before(line, open);
        if (line.substr(0, open).find('=') != std::string_view::npos) return {};
        // __attribute__((noinline)), __acquires(lock), __printf(1, 2) may stand before the name.
        const bool attribute = word == "__attribute__" || word == "__acquires" || word == "__releases" ||
                               word == "__printf" || word == "__section" || word == "__aligned";
        if (!attribute) {
            if (auto call = system_call(word, line.substr(open + 1)); !call.empty()) return call;
            return word.empty() || is_no_function(word) ? std::string() : std::string(word);
        }
        const std::size_t close = closing(line, open);
        open = close == std::string_view::npos ? close : line.find('(', close);
    }
    return {};
}

}  // namespace

std::string function_of_heading(std::string_view heading) {
    while (!heading.empty() && heading.front() == ' ') heading.remove_prefix(1);
    if (heading.empty() || heading.front() == '#') return {};
    if (heading.find('(') != std::string_view::npos) return named_before_parenthesis(heading);
    const bool may_be_cut = heading.size() == 40 || heading.size() == 80;
    if (!may_be_cut || !is_word(heading.back()) || heading.find('=') != std::string_view::npos) return {};
    const std::string_view word = word_before(heading, heading.size());
    const bool has_type = word.size() < heading.size();
    return has_type && !word.empty() && !is_no_function(word) ? std::string(word) : std::string();
}

std::string function_begun_by(std::string_view source_line) {
    if (source_line.empty() || !is_word(source_line.front())) return {};
    if (source_line.back() == ';') return {};  // a declaration
    return named_before_parenthesis(source_line);
}

}  // namespace stallsight
