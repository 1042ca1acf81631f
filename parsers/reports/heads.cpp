#include "parsers/reports/heads.h"

namespace stallsight {

const std::vector<Head>& line_heads() {
    static const std::vector<Head> heads = {
        // Reports. Every lockdep header says BUG, INFO or WARNING; every trap that die() prints has its "[#1]".
        {"BUG"},
        {"INFO: "},
        {"WARNING: "},
        {"UBSAN: "},
        {"LOCKUP"},
        {"Kernel "},
        {"Unable to "},
        {"Oops"},
        {"[#"},
        {" fault"},
        {"Unhandled "},
        {"Internal error"},
        {"Insufficient stack"},
        {"Alignment trap"},
        {"Bad mode"},
        {"kernel BRK"},
        {"achine check"},
        {"achine Check"},
        {"oom-killer"},
        {"unreferenced object"},
        {"panicked at"},
        {"unregister_netdevice"},
        {"VFS: "},
        {"FAULT_"},
        {"llocation failure"},
        {"sysrq: "},
        // Facts: the others stand behind the banner.
        {"Linux version ", boot_bytes},
        {"End of stall"},
        // Torture tests; the statistics are their own heads.
        {"--- Start"},
        {"--- End"},
        {"torture: !!!"},
        {"Writer stall"},
        {"boost is stop"},
        {"torture: barrier"},
        {"scftorture: ---"},
    };
    return heads;
}

}  // namespace stallsight
