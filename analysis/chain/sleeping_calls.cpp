#include "analysis/chain/sleeping_calls.h"

#include <array>

namespace stallsight {

namespace {

constexpr std::array sleeping_calls = {
    SleepingCall{"mutex_lock_interruptible", "mutex_lock_interruptible"},
    SleepingCall{"mutex_lock_interruptible", "__mutex_lock_interruptible"},
    SleepingCall{"mutex_lock_killable", "mutex_lock_killable"},
    SleepingCall{"mutex_lock_killable", "__mutex_lock_killable"},
    SleepingCall{"mutex_lock", "mutex_lock"},
    SleepingCall{"mutex_lock", "__mutex_lock"},
    SleepingCall{"mutex_lock", "ww_mutex_lock"},
    SleepingCall{"down_read", "down_read"},
    SleepingCall{"down_read", "rwsem_down_read"},
    SleepingCall{"down_write", "down_write"},
    SleepingCall{"down_write", "rwsem_down_write"},
    SleepingCall{"down", "down"},
    SleepingCall{"down", "__down"},
    SleepingCall{"wait_for_completion", "wait_for_completion"},
    SleepingCall{"wait_for_completion", "wait_for_common"},
    SleepingCall{"wait_for_completion", "__wait_for_common"},
    SleepingCall{"msleep", "msleep"},
    SleepingCall{"usleep_range", "usleep_range"},
    SleepingCall{"synchronize_rcu", "synchronize_rcu"},
    SleepingCall{"synchronize_rcu", "__wait_rcu_gp"},
    SleepingCall{"flush_work", "flush_work"},
    SleepingCall{"flush_work", "__flush_work"},
    SleepingCall{"rt_spin_lock", "rt_spin_lock"},
    SleepingCall{"kmalloc", "__kmalloc"},
    SleepingCall{"kmalloc", "kmem_cache_alloc"},
    SleepingCall{"kmalloc", "kmalloc_trace"},
    SleepingCall{"vmalloc", "__vmalloc"},
    SleepingCall{"schedule_timeout", "schedule_timeout"},
    SleepingCall{"schedule", "schedule"},
    SleepingCall{"schedule", "io_schedule"},
    SleepingCall{"schedule", "preempt_schedule"},
    SleepingCall{"schedule", "__cond_resched"},
    SleepingCall{"schedule", "_cond_resched"},
};

}  // namespace

const SleepingCall* sleeping_call(std::string_view function) {
    for (const SleepingCall& call : sleeping_calls) {
        if (!function.starts_with(call.prefix)) continue;
        const std::string_view rest = function.substr(call.prefix.size());
        if (rest.empty() || rest[0] == '.' || rest[0] == '_') return &call;
    }
    return nullptr;
}

}  // namespace stallsight
