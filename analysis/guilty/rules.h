// The rules by which frames are passed over, as one table.
#pragma once

#include <string>
#include <string_view>

namespace stallsight {

// What a function is to a report; each group is a reason to look further out.
enum class Group {
    reporting,   // prints the report itself, or is the trap that led to it
    scheduling,  // the scheduler: somebody called it
    locking,     // takes or releases a lock that its caller named
    waiting,     // sleeps for something that its caller named
    allocating,  // hands out or takes back memory
    copying,     // moves or compares bytes
    container,   // lists, trees, bitmaps, reference counts
    helper,      // other library code that does what its caller asked for
    interrupt,   // how the CPU came into an interrupt
    entry,       // how it came into the kernel
};

std::string_view words_of(Group group);  // "reporting machinery"

struct Rule {
    std::string_view pattern;  // "dump_stack*": a star stands for anything; without one the name must be equal
    Group group;
};

// The first rule that covers the function, or nothing.
const Rule* rule_for(std::string_view function);

// A function from which work of all sorts is called: who stands before it names what the CPU was doing.
bool is_dispatcher(std::string_view function);

// A CPU in it waits until the others answer.
bool waits_for_cpus(std::string_view function);

// Without what compilers append: ".isra.5", ".part.0", ".constprop.0", ".cold", ".llvm.123".
std::string_view without_suffix(std::string_view function);

}  // namespace stallsight
