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

// Calls run(n) on as many threads as there are cores, but no more than pieces of work; n is 0 on the caller's own.
// Returns when all are done. `run` must not throw.
template <class Run>
void on_all_cores(std::size_t pieces, const Run& run) {
    std::vector<std::thread> threads;
    for (std::size_t n = 1; n < std::min(worker_count(), pieces); ++n) threads.emplace_back([&run, n] { run(n); });
    run(0);
    for (std::thread& thread : threads) thread.join();
}

// Calls work(i) for each i below `count`, in any order; returns when all are done. `work` must not throw.
template <class Work>
void parallel_for(std::size_t count, const Work& work) {
    std::atomic<std::size_t> next{0};
    on_all_cores(count, [&](std::size_t) {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    });
}

// The same for work so small that a core takes `batch` pieces at a time.
template <class Work>
void parallel_for(std::size_t count, std::size_t batch, const Work& work) {
    parallel_for((count + batch - 1) / batch, [&](std::size_t b) {
        for (std::size_t i = b * batch; i < std::min(count, (b + 1) * batch); ++i) work(i);
    });
}

}  // namespace stallsight
