#include "parsers/vmcore/vmcoreinfo.h"

#include <charconv>

namespace stallsight {

namespace {

template <class Number>
std::optional<Number> parse(std::optional<std::string_view> text, int base) {
    if (!text) return {};
    Number number{};
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number, base);
    if (error != std::errc() || end != text->data() + text->size()) return {};
    return number;
}

std::string keyed(std::string_view what, std::string_view name) {
    return std::string(what).append("(").append(name).append(")");
}

}  // namespace

Vmcoreinfo::Vmcoreinfo(std::string_view text) {
    text = text.substr(0, text.find('\0'));
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos)
            values_.insert_or_assign(std::string(line.substr(0, equals)), std::string(line.substr(equals + 1)));
    }
}

std::optional<std::string_view> Vmcoreinfo::value(std::string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) return {};
    return found->second;
}

std::optional<std::uint64_t> Vmcoreinfo::symbol(std::string_view name) const {
    return parse<std::uint64_t>(value(keyed("SYMBOL", name)), 16);
}

std::optional<std::uint64_t> Vmcoreinfo::size(std::string_view name) const {
    return parse<std::uint64_t>(value(keyed("SIZE", name)), 10);
}

std::optional<std::uint64_t> Vmcoreinfo::offset(std::string_view name) const {
    return parse<std::uint64_t>(value(keyed("OFFSET", name)), 10);
}

std::optional<std::uint64_t> Vmcoreinfo::length(std::string_view name) const {
    return parse<std::uint64_t>(value(keyed("LENGTH", name)), 10);
}

std::optional<std::int64_t> Vmcoreinfo::number(std::string_view name) const {
    return parse<std::int64_t>(value(keyed("NUMBER", name)), 10);
}

std::optional<std::uint64_t> Vmcoreinfo::kernel_offset() const {
    return parse<std::uint64_t>(value("KERNELOFFSET"), 16);
}

std::optional<std::uint64_t> Vmcoreinfo::page_size() const {
    return parse<std::uint64_t>(value("PAGESIZE"), 10);
}

std::optional<std::int64_t> Vmcoreinfo::crash_time() const {
    return parse<std::int64_t>(value("CRASHTIME"), 10);
}

}  // namespace stallsight
