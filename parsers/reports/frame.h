// Stack entries of every architecture.
//
//   x86       " func+0x1/0x2 [mod]", " ? func+0x1/0x2", " [<ffffffff81234567>] ? func+0x1/0x2" (before 4.9)
//   ppc       "[c0000000b022f9f0] [c0000000000d18c4] .func+0x138/0x150 (unreliable)"
//   arm       "[<c0101234>] (func) from [<c0105678>] (caller+0x1/0x2)", " func from caller+0x1/0x2" (since 5.18)
//   arm64, mips, riscv, s390, loongarch   as x86, with or without "[<address>]"
//   symbolized logs   " func+0x1/0x2 file.c:12", " func file.c:12 [inline]"
#pragma once

#include <optional>
#include <string_view>

#include "parsers/reports/event.h"

namespace stallsight {

struct FrameLine {
    Frame frame;
    std::optional<Frame> caller;  // arm's "from": the frame outside
};

// `message` is a record's message; its line number is left to the caller.
std::optional<FrameLine> parse_frame_line(std::string_view message);

// A symbol "func+0x1/0x2 [module]" at the front of `s`, as %pS prints it, or "func (file.c:12)", as
// scripts/decode_stacktrace.sh rewrites it, or a bare name; takes it off.
std::optional<Frame> eat_symbol(std::string_view& s);

// "RIP: 0010:func+0x1/0x2", "NIP [c0..] .func+0x..", "pc : func+0x..", "PC is at func+0x..", "epc : func..":
// the instruction itself.
std::optional<Frame> parse_ip_line(std::string_view message);

// "LR is at func+0x1/0x2", "LR [c0..] func+0x..", "lr : func+0x..", "ra    : 801234 func+..", " ra : func+0x..":
// the link register, that is who called the instruction's function.
std::optional<Frame> parse_link_line(std::string_view message);

// The same function and offset.
bool same_place(const Frame& a, const Frame& b);

}  // namespace stallsight
