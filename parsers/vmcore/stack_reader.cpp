#include "parsers/vmcore/stack_reader.h"

#include <utility>

#include "parsers/vmcore/crash_frame.h"
#include "parsers/vmcore/crash_words.h"
#include "parsers/vmcore/debugger_text.h"

namespace stallsight {

using crash::trimmed;

namespace {

std::optional<unsigned> entry_number(std::string_view line) {
    line = trimmed(line);
    if (!line.starts_with('#')) return std::nullopt;
    line.remove_prefix(1);
    return crash::number<unsigned>(crash::take_word(line));
}

}  // namespace

bool StackReader::begins_stack(std::string_view line) {
    return entry_number(line) == 0u && (crash_stack_entry(line).has_value() || debugger_frame(line).has_value());
}

bool StackReader::read(std::string_view line, std::uint64_t number) {
    if (!read_entry(line, number)) {
        if (frames_.empty()) return false;
        read_more(frames_.back(), line);
    }
    last_line_ = number;
    return true;
}

bool StackReader::read_entry(std::string_view line, std::uint64_t number) {
    const auto entry = entry_number(line);
    if (entry && number_ && *entry <= *number_) return false;  // gdb's `frame 1` behind a `bt`
    auto frame = crash_stack_entry(line);
    const bool stack_entry = frame.has_value();
    if (!frame) frame = crash_exception_place(line);
    pc_wanted_ = frame ? !stack_entry && !frame->address : pc_wanted_;
    if (!frame) {
        auto printed = debugger_frame(line);
        if (!printed) return false;
        of_debugger_ = true;
        frame = std::move(printed->frame);
    }
    if (entry) number_ = entry;
    frame->line = number;
    frames_.push_back(std::move(*frame));
    return true;
}

// Behind an entry: its registers, `bt -l`'s "    /src/kernel/sched/core.c: 6500", crash's own doubts.
void StackReader::read_more(Frame& frame, std::string_view line) {
    if (const auto pc = crash_register_pc(line); pc && pc_wanted_) {
        frame.address = pc;
        pc_wanted_ = false;
    } else if (line.find("possibly bogus exception frame") != std::string_view::npos) {
        frame.reliable = false;
    } else if (const std::size_t colon = line.rfind(": "); trimmed(line).starts_with('/') && colon != line.npos) {
        const auto source_line = crash::number<int>(trimmed(line.substr(colon + 2)));
        if (!source_line) return;
        frame.file = trimmed(line.substr(0, colon));
        frame.source_line = *source_line;
    }
}

std::vector<Frame> StackReader::take() {
    if (of_debugger_) mark_inlined(frames_);
    pc_wanted_ = of_debugger_ = false;
    number_.reset();
    return std::exchange(frames_, {});
}

}  // namespace stallsight
