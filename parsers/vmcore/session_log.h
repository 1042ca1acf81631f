// Which lines of a session are its kernel log.
#pragma once

#include <vector>

#include "parsers/vmcore/kernel_task.h"

namespace stallsight {

class SessionLog {
public:
    // `log` was typed: what follows is the whole log, perhaps once more (log -T, log -m).
    void begin() { printed_.emplace_back(); }
    void add_printed(const LogLines& line, bool empty);
    // A line with the kernel's stamp between other output: somebody put dmesg and bt into one file.
    void add_loose(const LogLines& line);

    // The longest of the printed logs, else the loose lines. Empty lines at the end do not count.
    std::vector<LogLines> take();

private:
    static void append(LogLines& lines, const LogLines& line);

    struct Printed {
        LogLines lines, filled;  // with and without the empty lines at the end
    };
    std::vector<Printed> printed_;
    std::vector<LogLines> loose_;
};

}  // namespace stallsight
