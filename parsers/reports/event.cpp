#include "parsers/reports/event.h"

#include <array>

namespace stallsight {

std::string_view name_of(EventKind kind) {
    static constexpr std::array<std::string_view, 20> names = {"rcu_stall",
                                                               "soft_lockup",
                                                               "hard_lockup",
                                                               "hung_task",
                                                               "atomic_sleep",
                                                               "lockdep",
                                                               "warning",
                                                               "bug",
                                                               "oops",
                                                               "kasan",
                                                               "kmsan",
                                                               "kcsan",
                                                               "ubsan",
                                                               "kfence",
                                                               "memory_leak",
                                                               "panic",
                                                               "workqueue_lockup",
                                                               "oom",
                                                               "refcount",
                                                               "other"};
    return names.at(static_cast<std::size_t>(kind));
}

}  // namespace stallsight
