#include "parsers/rcutorture/torture.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "parsers/rcutorture/scale.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

using Kind = TortureSample::Kind;

// "15628", or "8223..." where someone shortened the line.
std::optional<std::int64_t> whole_number(std::string_view word) {
    while (word.ends_with('.')) word.remove_suffix(1);
    std::string_view rest = word;
    const auto value = eat_signed(rest);
    return value && rest.empty() ? value : std::nullopt;
}

void put(Fields& counters, std::string_view key, std::string_view value) {
    value = trim(value);
    if (const auto number = whole_number(value))
        counters[std::string(key)] = *number;
    else
        counters[std::string(key)] = value;
}

bool is_key(std::string_view word) {
    return word.size() > 1 && word.back() == ':' && is_alpha(word.front());
}

// "rtc: 00000000e312d68d ver: 1952831 onoff: 0/0:0/0 -1,0:-1,0 0:0 (HZ=1000) barrier: 6/7:0": a word with a colon
// is a key, all words up to the next one are its value.
void read_statistics(std::string_view s, TortureSample& sample) {
    std::string_view key;
    std::string value;
    const auto flush = [&] {
        if (!key.empty() && !value.empty()) put(sample.counters, key, value);
        value.clear();
    };
    for (const std::string_view word : split_blanks(s)) {
        if (is_key(word)) {
            flush();
            key = word.substr(0, word.size() - 1);
        } else if (word.starts_with("(HZ=")) {
            if (const auto hz = number_after(word, "(HZ=")) sample.counters["HZ"] = *hz;
        } else {
            if (!value.empty()) value += ' ';
            value += word;
        }
    }
    flush();
    for (const char* name : {"ver", "VER"}) {
        if (const auto found = sample.counters.find(name); found != sample.counters.end() && found->is_number()) {
            sample.version = found->get<std::int64_t>();
        }
    }
}

// "Duration 39 barrier: 19 pending 15628 n_launders: 31487": names with or without a colon, each with a number.
void read_pairs(std::string_view s, Fields& counters) {
    std::string_view key;
    for (std::string_view word : split_blanks(s)) {
        if (const auto number = whole_number(word); number && !key.empty()) {
            counters[std::string(key)] = *number;
            key = {};
        } else {
            while (word.ends_with(':')) word.remove_suffix(1);
            key = word;
        }
    }
}

// "Callback-invocation histogram (duration 72 jiffies): 1s/10: 57683:11 2s/10: 3:1"
void read_histogram(std::string_view s, Fields& counters) {
    if (const auto n = number_after(s, "(duration ")) counters["duration_jiffies"] = *n;
    if (const auto n = number_after(s, "histogram ")) counters["instance"] = *n;
    Fields buckets = Fields::array();
    std::string_view bucket;
    const std::size_t start = s.find("): ");
    for (std::string_view word : split_blanks(start == std::string_view::npos ? s : s.substr(start + 3))) {
        if (word.ends_with(':')) {
            bucket = word.substr(0, word.size() - 1);
            continue;
        }
        const auto callbacks = eat_signed(word);
        if (!callbacks || bucket.empty()) continue;
        Fields row = Fields::object();
        row["bucket"] = bucket;
        row["callbacks"] = *callbacks;
        if (eat(word, ":")) {
            if (const auto gps = eat_signed(word)) row["grace_periods"] = *gps;
        }
        buckets.push_back(std::move(row));
    }
    counters["histogram"] = std::move(buckets);
}

Fields read_numbers(std::string_view s) {
    Fields numbers = Fields::array();
    for (const std::string_view word : split_blanks(s)) {
        if (const auto number = whole_number(word)) numbers.push_back(*number);
    }
    return numbers;
}

// "nreaders=15 nfakewriters=4 ...", and whatever else holds "="
void read_parameters(std::string_view s, Fields& counters) {
    for (const std::string_view word : split_blanks(s)) {
        const std::size_t equals = word.find('=');
        if (equals != std::string_view::npos && equals > 0)
            put(counters, word.substr(0, equals), word.substr(equals + 1));
    }
}

// "rcu-torture: rest", "rcu-torture:--- Start ...": takes the type off.
bool eat_type(std::string_view& s, std::string& type) {
    const std::size_t at = s.find("-torture:");
    if (at == std::string_view::npos || at == 0 || at > 32) return false;
    const std::string_view name = s.substr(0, at);
    if (!std::all_of(name.begin(), name.end(), [](char c) { return is_symbol(c) || c == '-'; })) return false;
    type = std::string(name);
    s.remove_prefix(at + 9);
    return true;
}

void eat_flags(std::string_view& s, TortureSample& sample) {
    for (eat_blanks(s); s.starts_with("!!!") || s.starts_with("???"); eat_blanks(s)) {
        if (!contains(sample.flags, s.substr(0, 3))) {
            sample.flags += s.substr(0, 3);
        }
        s.remove_prefix(3);
    }
}

bool read_start_or_end(std::string_view s, TortureSample& sample) {
    eat_blanks(s);
    if (!eat(s, "--- ") && !eat(s, "---")) return false;
    if (eat(s, "Start of test")) {
        sample.kind = Kind::start;
    } else if (eat(s, "End of test")) {
        sample.kind = Kind::end;
        eat(s, ":");
        eat_blanks(s);
        sample.counters["result"] = s.substr(0, s.find_first_of(": "));
    } else {
        return false;
    }
    read_parameters(s, sample.counters);
    return true;
}

// locktorture's "Writes:  Total: 12  Max/Min: 0/0   Fail: 0"
bool read_lock_statistics(std::string_view s, TortureSample& sample) {
    if (!s.starts_with("Writes:") && !s.starts_with("Reads :") && !s.starts_with("Reads:")) return false;
    sample.kind = Kind::other;
    sample.counters["what"] = s.starts_with("Writes") ? "locktorture writes" : "locktorture reads";
    read_statistics(s.substr(s.find(':') + 1), sample);
    return true;
}

bool read_forward_progress(std::string_view s, TortureSample& sample) {
    if (eat(s, "rcu_torture_fwd_prog_nr")) {
        sample.kind = Kind::fwd_prog_nr;
        read_pairs(s, sample.counters);
    } else if (eat(s, "rcu_torture_fwd_prog_cr")) {
        sample.kind = Kind::fwd_prog_cr;
        read_pairs(s, sample.counters);
    } else if (eat(s, "rcu_torture_fwd_cb_hist: ")) {
        sample.kind = Kind::fwd_cb_hist;
        read_histogram(s, sample.counters);
    } else {
        return false;
    }
    return true;
}

}  // namespace

const std::vector<TortureLiteral>& torture_literals() {
    static const std::vector<TortureLiteral> literals = {
        {"-torture: rtc: ", true},
        {"-torture: !!! "},
        {"-torture:--- Start of test"},
        {"-torture:--- End of test"},
        {"-torture: --- Start of test"},
        {"-torture: --- End of test"},
        {"rcu_torture_fwd_prog_nr: ", true},
        {"rcu_torture_fwd_prog_cr", true},
        {"rcu_torture_fwd_cb_hist: ", true},
        {"??? Writer stall state"},
        {"-torture: Writes:  Total: ", true},
        {"-torture: Reads :  Total: ", true},
        {"Writes:  Total: ", true},
        {"scftorture: --- "},
        {"scf_invoked_count ", true},
        {"-scale:--- "},
        {"-scale: --- "},
        {"-scale: start: ", true},
        {"Runs\tTime(ns)", true},
    };
    return literals;
}

std::optional<TortureSample> start_torture_sample(const Record& record, std::uint64_t line) {
    TortureSample sample;
    sample.line = sample.line_last = line;
    sample.time = record.time;
    std::string_view s = trim(record.message);
    if (read_forward_progress(s, sample)) return sample;
    if (read_scale(s, sample)) return sample;
    const bool typed = eat_type(s, sample.torture_type);
    eat_flags(s, sample);
    if (read_lock_statistics(s, sample)) return sample;
    if (contains(s, "Writer stall state ")) {
        sample.kind = Kind::other;
        sample.counters["what"] = "writer stall";
        sample.counters["state"] = word_after(s, "stall state ");
        sample.flags = "???";
        return sample;
    }
    if (!typed) return std::nullopt;
    if (read_start_or_end(s, sample)) return sample;
    if (s.starts_with("rtc: ")) {
        read_statistics(s, sample);
        return sample;
    }
    return std::nullopt;
}

bool continue_torture_sample(TortureSample& sample, const Record& record, std::uint64_t line) {
    if (sample.kind == Kind::other && continue_scale(record.message, sample)) {
        sample.line_last = line;
        return true;
    }
    if (sample.kind != Kind::statistics) return false;
    std::string_view s = trim(record.message);
    std::string type;
    if (!eat_type(s, type) || type != sample.torture_type) return false;
    eat_flags(s, sample);
    for (const std::string_view name : {"Reader Pipe", "Reader Batch", "Free-Block Circulation"}) {
        std::string_view rest = s;
        if (!eat(rest, name) || !eat(rest, ":")) continue;
        if (sample.counters.contains(std::string(name))) return false;
        sample.counters[std::string(name)] = read_numbers(rest);
        sample.line_last = line;
        return true;
    }
    return false;
}

}  // namespace stallsight
