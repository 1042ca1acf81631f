#include "analysis/chain/count_calls.h"

#include <algorithm>
#include <array>
#include <set>

#include "analysis/chain/counters.h"

namespace stallsight {

namespace {

constexpr std::int64_t bh_lock = 0x201;  // SOFTIRQ_LOCK_OFFSET: include/linux/preempt.h

// Linux 5.4 to 7.2. `prefix*` stands for every function that begins so.
struct CountCall {
    std::string_view function;
    std::int64_t added;  // 1 and -1 with `argument`: its sign
    std::string_view words;
    int argument = -1;     // the argument that says how much; -1: `added` does
    bool perhaps = false;  // a trylock: only when it succeeds
};
constexpr std::array count_calls = {
    CountCall{counters[0], 1, "preemption off", 0},                      // arch/x86/include/asm/preempt.h
    CountCall{counters[1], 1, "preemption off", 0},                      // arch/x86/include/asm/preempt.h
    CountCall{"preempt_count_add", 1, "preemption off", 0},              // kernel/sched/core.c
    CountCall{"preempt_count_sub", -1, "preemption on again", 0},        // kernel/sched/core.c
    CountCall{"__local_bh_disable_ip", 1, "bottom halves off", 1},       // kernel/softirq.c
    CountCall{"__local_bh_enable_ip", -1, "bottom halves on again", 1},  // kernel/softirq.c
    CountCall{"_local_bh_enable", -0x200, "bottom halves on again"},     // kernel/softirq.c
    // kernel/locking/spinlock.c, include/linux/spinlock_api_smp.h, include/linux/rwlock_api_smp.h
    CountCall{"_raw_spin_lock_bh", bh_lock, "spin lock, bottom halves off"},
    CountCall{"_raw_read_lock_bh", bh_lock, "read lock, bottom halves off"},
    CountCall{"_raw_write_lock_bh", bh_lock, "write lock, bottom halves off"},
    CountCall{"_raw_spin_unlock_bh", -bh_lock, "spin lock released"},
    CountCall{"_raw_read_unlock_bh", -bh_lock, "read lock released"},
    CountCall{"_raw_write_unlock_bh", -bh_lock, "write lock released"},
    CountCall{"_raw_spin_trylock_bh", bh_lock, "spin lock, bottom halves off", -1, true},
    CountCall{"_raw_spin_lock*", 1, "spin lock"},
    CountCall{"_raw_read_lock*", 1, "read lock"},
    CountCall{"_raw_write_lock*", 1, "write lock"},
    CountCall{"_raw_spin_unlock*", -1, "spin lock released"},
    CountCall{"_raw_read_unlock*", -1, "read lock released"},
    CountCall{"_raw_write_unlock*", -1, "write lock released"},
    CountCall{"_raw_spin_trylock", 1, "spin lock", -1, true},
    CountCall{"_raw_read_trylock", 1, "read lock", -1, true},
    CountCall{"_raw_write_trylock", 1, "write lock", -1, true},
};

const CountCall* count_call(std::string_view function) {
    const auto* const it = std::find_if(count_calls.begin(), count_calls.end(), [&](const CountCall& call) {
        return call.function.ends_with('*')
                   ? function.starts_with(call.function.substr(0, call.function.size() - 1))
                   : function == call.function;
    });
    return it == count_calls.end() ? nullptr : it;
}

// An unlock undoes the nearest lock before it that added as much.
void apply(CountWay& way, CountChange change) {
    if (change.added < 0)
        for (std::size_t i = way.changes.size(); i-- > 0;)
            if (way.changes[i].added == -change.added) {
                way.changes.erase(way.changes.begin() + static_cast<std::ptrdiff_t>(i));
                return;
            }
    way.changes.push_back(std::move(change));
}

// The way of one path, or the ways, where a trylock may have failed; nothing where an amount is not known.
std::vector<CountWay> ways_of(const CallPath& path) {
    std::vector<CountWay> ways(1);
    for (const PathCall& call : path) {
        const CountCall* known = count_call(call.function);
        if (known == nullptr) continue;
        CountChange change{known->added, std::string(known->words), call.function, call.offset};
        if (known->argument >= 0) {
            const auto& amount = call.arguments[static_cast<std::size_t>(known->argument)];
            if (!amount || *amount == 0) return {};
            change.added *= *amount;
            if (change.added < 0 && known->added > 0) change.words = "preemption on again";
            if (*amount == 0x100 && known->added > 0) change.words = "serving softirqs";
            if (*amount == 0x200 && known->added > 0) change.words = "bottom halves off";
        }
        const std::size_t before = ways.size();
        for (std::size_t i = 0; i < before; ++i) {
            if (known->perhaps) {
                ways.push_back(ways[i]);  // it failed
                ++ways[i].guesses;
            }
            apply(ways[i], change);
        }
    }
    return ways;
}

}  // namespace

bool changes_count(std::string_view function) {
    return count_call(function) != nullptr;
}

std::int64_t CountWay::sum() const {
    std::int64_t total = 0;
    for (const CountChange& change : changes) total += change.added;
    return total;
}

std::vector<CountWay> count_ways(const std::vector<CallPath>& paths) {
    std::vector<CountWay> out;
    std::set<std::vector<std::uint64_t>> seen;
    for (const CallPath& path : paths)
        for (CountWay& way : ways_of(path)) {
            std::vector<std::uint64_t> key;
            for (const CountChange& change : way.changes) key.push_back(change.offset);
            if (seen.insert(key).second) out.push_back(std::move(way));
        }
    return out;
}

}  // namespace stallsight
