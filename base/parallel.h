// Independent pieces of work on all cores.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace stallsight {

inline std::size_t worker_count() {
    return std::max(1U, std::thread::hardware_concurrency());
}

// Calls work(i) for each i below `count`, in any order; returns when all are done. `work` must not throw.
template <class Work>
void parallel_for(std::size_t count, const Work& work) {
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < std::min(worker_count(), count); ++i) threads.emplace_back(run);
    run();
    for (std::thread& thread : threads) thread.join();
}

}  // namespace stallsight
