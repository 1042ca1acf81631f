// How long work tells how far it is, and is told to stop.
#pragma once

#include <atomic>
#include <functional>
#include <string>

namespace stallsight {

struct Progress {
    // Called from the working thread; `done` runs from 0 to 1. May be empty.
    std::function<void(const std::string& what, double done)> report;
    std::atomic<bool> cancelled{false};

    void at(const std::string& what, double done) const {
        if (report) report(what, done);
    }
};

}  // namespace stallsight
