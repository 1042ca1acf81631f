#include "analysis/words.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace stallsight {

std::string fixed(double value, int digits) {
    std::array<char, 64> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, digits);
    return error == std::errc() ? std::string(buffer.data(), end) : "?";
}

std::string offset_words(double offset_s, double error_s) {
    return (offset_s < 0 ? "" : "+") + fixed(offset_s, 3) + " s ± " + fixed(error_s, 3) + " s";
}

std::string significant(double value, int digits) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, value);
    return buffer.data();
}

std::string duration_words(double seconds) {
    if (seconds < 1) return fixed(seconds * 1000, 0) + " ms";
    if (seconds < 60) return fixed(seconds, seconds < 10 ? 1 : 0) + " s";
    const auto total = static_cast<long long>(std::llround(seconds));
    std::string out;
    auto part = [&](long long n, const char* unit) {
        if (n == 0) return;
        if (!out.empty()) out += ' ';
        out += std::to_string(n) + unit;
    };
    part(total / 86400, " d");
    part(total / 3600 % 24, " h");
    part(total / 60 % 60, " min");
    part(total % 60, " s");
    return out;
}

std::string grouped(long long value) {
    std::string digits = std::to_string(value < 0 ? -value : value);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, " ");
    if (value < 0) digits.insert(0, 1, '-');
    return digits;
}

std::string counted(std::size_t n, std::string_view noun) {
    return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

std::string hex(unsigned long long value, int width) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "0x%0*llx", width, value);
    return buffer.data();
}

std::string joined(const std::vector<std::string>& items) {
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
        out += items[i];
    }
    return out;
}

std::string cpus_words(const std::vector<int>& cpus) {
    std::vector<std::string> numbers;
    numbers.reserve(cpus.size());
    for (const int cpu : cpus) numbers.push_back(std::to_string(cpu));
    std::string out = cpus.size() == 1 ? "CPU " : "CPUs ";
    return out.append(joined(numbers));
}

std::string task_words(const Task& task) {
    if (task.comm.empty()) return {};
    return task.pid ? task.comm + " (pid " + std::to_string(*task.pid) + ")" : task.comm;
}

std::string qualified_name(const std::string& function, const std::string& module) {
    return module.empty() ? function : function + " [" + module + "]";
}

}  // namespace stallsight
