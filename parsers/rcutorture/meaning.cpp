// What rcutorture's counters mean, as Documentation/RCU/torture.rst, kernel/rcu/rcutorture.c and
// tools/testing/selftests/rcutorture/bin/console-badness.sh define it (6.1).
#include <array>
#include <nlohmann/json.hpp>

#include "parsers/rcutorture/torture.h"
#include "parsers/text.h"

namespace stallsight {

namespace {

struct Counter {
    std::string_view name;
    std::string_view words;
    bool failure;
};

constexpr std::array counters = {
    Counter{"rtaf", "allocations of a test element found none free: not an error, the test ran short of elements",
            false},
    Counter{"rtmbe",
            "a reader saw an element without its initialization: memory ordering of RCU publication failed", true},
    Counter{"rtbe", "rcu_barrier() returned before all callbacks had run", true},
    Counter{"rtbke", "the kthread that tests priority boosting could not be created", true},
    Counter{"rtbre", "the boost test could not set real-time priority", true},
    Counter{"rtbf", "RCU priority boosting did not end a grace period in time", true},
};

void say(TortureSample& sample, std::string words, bool failure) {
    sample.words.push_back(std::move(words));
    sample.failed = sample.failed || failure;
}

// The third bin and beyond: a reader still held an element after a whole grace period.
void judge_bins(TortureSample& sample, const char* name) {
    const auto found = sample.counters.find(name);
    if (found == sample.counters.end() || !found->is_array()) return;
    for (std::size_t i = 2; i < found->size(); ++i) {
        if ((*found)[i].get<std::int64_t>() == 0) continue;
        const bool pipe = std::string_view(name) == "Reader Pipe";
        say(sample,
            std::string(name) + " bin " + std::to_string(i + 1) + " is not zero: " +
                (pipe ? "a grace period ended while a reader was still inside (too short a grace period)"
                      : "a close call, a reader spanned more than one grace period by the batch count"),
            pipe);
        return;
    }
}

void judge_forward_progress(TortureSample& sample) {
    const auto gps = sample.counters.find("gps");
    const auto cver = sample.counters.find("cver");
    if (gps != sample.counters.end() && cver != sample.counters.end() && *gps == 0 && *cver == 0) {
        say(sample, "no grace period ended during the test: RCU made no forward progress", true);
    }
}

// kernel/locking/locktorture.c: "Fail: n" counts two holders at once; "!!!" says so too.
void judge_lock(TortureSample& sample) {
    const auto fail = sample.counters.find("Fail");
    if (fail != sample.counters.end() && fail->is_number() && *fail != 0) {
        say(sample, "a lock was held by two at once", true);
    }
}

}  // namespace

void judge_torture_sample(TortureSample& sample) {
    using Kind = TortureSample::Kind;
    const auto number = [&](std::string_view name) -> std::int64_t {
        const auto found = sample.counters.find(std::string(name));
        return found != sample.counters.end() && found->is_number() ? found->get<std::int64_t>() : 0;
    };
    for (const Counter& counter : counters) {
        if (number(counter.name) != 0) {
            say(sample,
                std::string(counter.name) + "=" + std::to_string(number(counter.name)) + ": " +
                    std::string(counter.words),
                counter.failure);
        }
    }
    if (const auto found = sample.counters.find("rtmbkf"); found != sample.counters.end() && found->is_string()) {
        if (!found->get<std::string>().starts_with("0/"))
            say(sample, "rtmbkf: an explicit memory-ordering check failed", true);
    }
    judge_bins(sample, "Reader Pipe");
    judge_bins(sample, "Reader Batch");
    if (sample.kind == Kind::fwd_prog_nr) judge_forward_progress(sample);
    if (sample.counters.contains("Fail")) judge_lock(sample);
    if (contains(sample.flags, "!!!")) say(sample, "!!!: the kernel itself counts an error in this sample", true);
    if (contains(sample.flags, "???")) say(sample, "???: the writer made no progress since the last sample", true);
    if (sample.kind == Kind::end) {
        const std::string result = sample.counters.value("result", "");
        if (result == "FAILURE") say(sample, "the run failed: an error was counted", true);
        if (result == "RCU_HOTPLUG")
            say(sample, "no RCU error, but CPU hotplug operations failed during the run", true);
        if (result == "SUCCESS") say(sample, "the run ended without an error", false);
    }
}

}  // namespace stallsight
