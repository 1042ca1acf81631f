#include "parsers/reports/heads.h"

namespace stallsight {

// At most eight bytes each: from nine on, Vectorscan takes 25 ms to get ready, every time. It looks at the last
// three bytes first, so they are such as seldom end up together in a kernel log.
const std::vector<Head>& line_heads() {
    static const std::vector<Head> heads = {
        // Reports. Every lockdep header says BUG, INFO or WARNING; every trap that die() prints has its "[#1]".
        {"BUG"},
        {"INFO: "},
        {"WARNING:"},
        {"UBS"},
        {"LOCKU"},
        {"rnel "},
        {"Una"},
        {"o hand"},
        {" [#"},
        {" fau"},
        {"Unh"},
        {"Oop"},
        {"Bad mo"},
        {"Machin"},
        {"invo"},
        {"unr"},
        {"pani"},
        {"VFS"},
        {"LT_"},
        {"n failu"},
        {"ysr"},
        {"ent tr"},
        {"al err"},
        // Facts: the others stand behind the banner. Modules are loaded at any time.
        {"ux v", boot_bytes},
        {"magic '"},
        // Torture tests.
        {" stal"},
        {"--- "},
        {"-scal"},
        {"!!!"},
        {"me(ns"},
        {" rtc:", 0, true},
        {"otal:", 0, true},
        {"_fwd_", 0, true},
        // Remarks, and what printk dropped.
        {" //", 0, true},
        {"ped *", 0, true},
    };
    return heads;
}

}  // namespace stallsight
