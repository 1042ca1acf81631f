// What kernel functions are known to add to preempt_count while what they call runs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace stallsight {

struct KnownEffect {
    std::string_view function;  // the frame; a trailing '*' stands for any compiler suffix or variant
    std::string_view calls;     // holds only while this function is further in; empty: always
    std::string_view unless;    // ... and not when this one is further in and has the effect itself
    std::uint32_t added;        // SOFTIRQ_DISABLE_OFFSET stands for whatever this kernel has there
    bool conditional;           // some configurations or devices do not take it: counted only as far as the
                                // printed number leaves room
    std::string_view effect;    // in words
    std::string_view source;    // where the kernel does it (5.4 and 6.1 unless another version is named)
};

std::span<const KnownEffect> known_effects();

// Does the pattern of a row stand for this function? "f*" is f itself or a compiler's clone of it: f.part.0.
bool stands_for(std::string_view pattern, std::string_view function);

}  // namespace stallsight
