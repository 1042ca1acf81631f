// What goes between DumpReader and its process: numbers and texts one behind the other, in this machine's own form.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "parsers/vmcore/dump_facts.h"

namespace stallsight {

class MessageWriter {
public:
    void number(std::uint64_t value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
    void text(std::string_view value) {
        number(value.size());
        bytes_ += value;
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

// What is not there any more reads as 0 and as an empty text.
class MessageReader {
public:
    explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        const std::string_view taken = take(sizeof value);
        if (taken.size() == sizeof value) std::memcpy(&value, taken.data(), sizeof value);
        return value;
    }
    std::string text() { return std::string(take(number())); }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::string_view take(std::uint64_t size) {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view rest_;
};

inline void write_facts(MessageWriter& out, const DumpFacts& facts) {
    out.text(facts.format);
    out.text(facts.arch);
    out.number(facts.big_endian ? 1 : 0);
    out.number(facts.page_size);
    out.number(facts.pointer_size);
    out.text(facts.vmcoreinfo);
    for (const CpuRegisters& cpu : facts.cpus) {
        out.number(static_cast<std::uint64_t>(cpu.number));
        out.number(cpu.pid);
        out.number(cpu.values.size());
        for (const auto& [name, value] : cpu.values) {
            out.text(name);
            out.number(value);
        }
    }
}

inline DumpFacts read_facts(MessageReader& in) {
    DumpFacts facts;
    facts.format = in.text();
    facts.arch = in.text();
    facts.big_endian = in.number() != 0;
    facts.page_size = in.number();
    facts.pointer_size = in.number();
    facts.vmcoreinfo = in.text();
    while (!in.at_end()) {
        CpuRegisters cpu;
        cpu.number = static_cast<int>(in.number());
        cpu.pid = in.number();
        for (std::uint64_t left = in.number(); left > 0 && !in.at_end(); --left) {
            std::string name = in.text();
            cpu.values.emplace(std::move(name), in.number());
        }
        facts.cpus.push_back(std::move(cpu));
    }
    return facts;
}

}  // namespace stallsight
