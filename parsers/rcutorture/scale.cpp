#include "parsers/rcutorture/scale.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "parsers/text.h"

namespace stallsight {

namespace {

using Kind = TortureSample::Kind;

// "resched: 12 single: 3/4 ..." -> {"resched": 12, "single": "3/4"}
void read_named(std::string_view s, Fields& counters) {
    std::string_view name;
    for (const std::string_view word : split_blanks(s)) {
        if (word.ends_with(':')) {
            name = word.substr(0, word.size() - 1);
        } else if (!name.empty()) {
            std::string_view rest = word;
            const auto number = eat_signed(rest);
            if (number && rest.empty()) {
                counters[std::string(name)] = *number;
            } else {
                counters[std::string(name)] = word;
            }
            name = {};
        }
    }
}

// "--- Start of test: a=1 b=2", "--- End of test: SUCCESS:  a=1"
bool read_bounds(std::string_view s, TortureSample& sample) {
    eat_blanks(s);
    if (!eat(s, "--- ")) return false;
    const bool start = eat(s, "Start of test");
    if (!start && !eat(s, "End of test")) return false;
    sample.kind = start ? Kind::start : Kind::end;
    eat(s, ":");
    eat_blanks(s);
    if (!start) sample.counters["result"] = s.substr(0, s.find_first_of(": "));
    for (const std::string_view word : split_blanks(s)) {
        const std::size_t equals = word.find('=');
        if (equals != std::string_view::npos && equals > 0)
            sample.counters[std::string(word.substr(0, equals))] = word.substr(equals + 1);
    }
    return true;
}

bool read_scf(std::string_view s, TortureSample& sample) {
    sample.torture_type = "scf";
    if (read_bounds(s, sample)) return true;
    eat_blanks(s);
    if (eat(s, "!!!")) sample.flags = "!!!";
    eat_blanks(s);
    if (!eat(s, "scf_invoked_count ")) return false;
    sample.kind = Kind::other;
    sample.counters["what"] = "scftorture";
    sample.counters["final"] = s.starts_with("VER:");
    if (const auto count = number_after(s, "ver: ")) sample.version = count;
    if (const auto count = number_after(s, "VER: ")) sample.version = count;
    read_named(s.substr(s.find(": ") + 2), sample.counters);
    return true;
}

bool read_rcuscale(std::string_view type, std::string_view s, TortureSample& sample) {
    sample.torture_type = std::string(type) + "-scale";
    if (read_bounds(s, sample)) return true;
    if (eat(s, "!!!")) sample.flags = "!!!";
    eat_blanks(s);
    if (!s.starts_with("start: ") || !contains(s, " duration: ")) return false;
    sample.kind = Kind::other;
    sample.counters["what"] = "rcuscale";
    read_named(s, sample.counters);
    return true;
}

}  // namespace

bool read_scale(std::string_view message, TortureSample& sample) {
    const std::string_view s = trim(message);
    TortureSample read = sample;
    if (s == "Runs\tTime(ns)") {
        read.kind = Kind::other;
        read.torture_type = "ref-scale";
        read.counters["what"] = "refscale";
        read.counters["runs_ns"] = Fields::array();
        sample = std::move(read);
        return true;
    }
    bool found = false;
    if (s.starts_with("scftorture: ")) {
        found = read_scf(s.substr(12), read);
    } else if (const std::size_t ref = s.find("-ref-scale: "); ref != std::string_view::npos && ref < 24) {
        read.torture_type = std::string(s.substr(0, ref)) + "-ref-scale";
        found = read_bounds(s.substr(ref + 12), read);
    } else if (const std::size_t at = s.find("-scale:"); at != std::string_view::npos && at > 0 && at < 24) {
        found = read_rcuscale(s.substr(0, at), s.substr(at + 7), read);
    }
    if (found) sample = std::move(read);
    return found;
}

bool continue_scale(std::string_view message, TortureSample& sample) {
    if (sample.counters.value("what", "") != "refscale") return false;
    std::string_view s = trim(message);
    const auto run = eat_number(s);
    if (!run || *run != sample.counters["runs_ns"].size() + 1 || s.empty() || !is_blank(s.front())) return false;
    const double ns = std::strtod(std::string(trim(s)).c_str(), nullptr);
    sample.counters["runs_ns"].push_back(ns);
    return true;
}

}  // namespace stallsight
