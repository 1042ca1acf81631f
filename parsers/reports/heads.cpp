#include "parsers/reports/heads.h"

namespace stallsight {

// At most eight bytes each: from nine on, Vectorscan takes 25 ms to get ready, every time.
const std::vector<Head>& line_heads() {
    static const std::vector<Head> heads = {
        // Reports. Every lockdep header says BUG, INFO or WARNING; every trap that die() prints has its "[#1]".
        {"BUG"},
        {"INFO: "},
        {"WARNING:"},
        {"UBSAN: "},
        {"LOCKUP"},
        {"Kernel "},
        {"nable to"},
        {"Oops"},
        {"[#"},
        {" fault"},
        {"nhandled"},
        {"al error"},
        {"nt stack"},
        {"ent trap"},
        {"Bad mode"},
        {"rnel BRK"},
        {"ne check"},
        {"ne Check"},
        {"m-killer"},
        {"unrefere"},
        {"anicked "},
        {"unregist"},
        {"VFS: "},
        {"FAULT_"},
        {"ion fail"},
        {"sysrq: "},
        // Facts: the others stand behind the banner.
        {"nux vers", boot_bytes},
        {"of stall"},
        // Torture tests; the statistics are their own heads.
        {"-- Start"},
        {"--- End"},
        {"ure: !!!"},
        {"ter stal"},
        {"boost is"},
        {"e: barri"},
    };
    return heads;
}

}  // namespace stallsight
