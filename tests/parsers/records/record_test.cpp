// Every form in which a kernel line reaches an engineer. The samples are made from the format strings of
// kernel/printk/printk.c, util-linux' dmesg, systemd's journalctl and the syslog RFCs.
#include "parsers/records/record.h"

#include <gtest/gtest.h>

#include <optional>

namespace stallsight {
namespace {

struct Case {
    const char* name;
    std::string_view text;
    std::optional<std::int64_t> us;
    std::string_view message;
    std::optional<int> level = std::nullopt;
    std::string_view host = {};
    std::string_view wall = {};
};

class RecordForm : public testing::TestWithParam<Case> {};

TEST_P(RecordForm, IsReadToItsParts) {
    const Case& c = GetParam();
    const Record r = parse_record(c.text);
    EXPECT_EQ(r.message, c.message);
    EXPECT_EQ(r.time.has_value(), c.us.has_value());
    EXPECT_EQ(r.time.value_or(Time(-1)).count(), c.us.value_or(-1));
    EXPECT_EQ(r.level, c.level);
    EXPECT_EQ(r.host, c.host);
    EXPECT_EQ(r.wall, c.wall);
    EXPECT_EQ(r.text, c.text);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RecordForm,
    testing::Values(Case{"dmesg", "[   12.345678] usb 1-1: new", 12345678, "usb 1-1: new"},
                    Case{"dmesg_indented", "[15441.605455]  \tCall Trace:", 15441605455, " \tCall Trace:"},
                    Case{"dmesg_raw", "<6>[   12.345678] usb 1-1: new", 12345678, "usb 1-1: new", 6},
                    Case{"dmesg_T", "[Thu Jan 27 16:21:07 2022] usb 1-1: new", std::nullopt, "usb 1-1: new",
                         std::nullopt, "", "Thu Jan 27 16:21:07 2022"},
                    Case{"dmesg_x", "kern  :alert : [   12.345678] BUG: x", 12345678, "BUG: x", 1},
                    Case{"dmesg_iso", "2022-01-27T16:21:07,123456+00:00 usb 1-1: new", std::nullopt, "usb 1-1: new",
                         std::nullopt, "", "2022-01-27T16:21:07,123456+00:00"},
                    Case{"dmesg_reltime", "[Jan27 16:21] usb 1-1: new", std::nullopt, "usb 1-1: new", std::nullopt,
                         "", "Jan27 16:21"},
                    Case{"dmesg_reltime_next", "[  +0.000012] usb 1-1: new", std::nullopt, "usb 1-1: new",
                         std::nullopt, "", "  +0.000012"},
                    Case{"dmesg_delta", "[   12.345678 <    0.000123>] usb 1-1: new", 12345678, "usb 1-1: new"},
                    Case{"kmsg", "6,339,5140900,-;NET: Registered", 5140900, "NET: Registered", 6},
                    Case{"netconsole_extended", "6.1.0-13-amd64,4,416,1758426,-,caller=T7;BUG: x", 1758426,
                         "BUG: x", 4},
                    Case{"kern_log", "Jan  7 16:21:07 nt-a kernel: [   12.345678] BUG: x", 12345678, "BUG: x",
                         std::nullopt, "nt-a", "Jan  7 16:21:07"},
                    Case{"syslog_without_stamp", "Jan  7 16:21:07 nt-a kernel: BUG: x", std::nullopt, "BUG: x",
                         std::nullopt, "nt-a", "Jan  7 16:21:07"},
                    Case{"rfc5424_file", "2022-01-27T16:21:07.123456+00:00 nt-a kernel: [   12.345678] BUG: x",
                         12345678, "BUG: x", std::nullopt, "nt-a", "2022-01-27T16:21:07.123456+00:00"},
                    Case{"rfc5424_wire", "<1>1 2022-01-27T16:21:07.123Z nt-a kernel - - - [   12.345678] BUG: x",
                         12345678, "BUG: x", 1, "nt-a", "2022-01-27T16:21:07.123Z"},
                    Case{"journal_short_iso", "2022-01-27T16:21:07+0000 nt-a kernel: BUG: x", std::nullopt,
                         "BUG: x", std::nullopt, "nt-a", "2022-01-27T16:21:07+0000"},
                    Case{"journal_short_precise", "Jan 27 16:21:07.123456 nt-a kernel: BUG: x", std::nullopt,
                         "BUG: x", std::nullopt, "nt-a", "Jan 27 16:21:07.123456"},
                    Case{"journal_short_monotonic", "[   12.345678] nt-a kernel: BUG: x", 12345678, "BUG: x",
                         std::nullopt, "nt-a"},
                    Case{"journal_short_full", "Thu 2022-01-27 16:21:07 UTC nt-a kernel: BUG: x", std::nullopt,
                         "BUG: x", std::nullopt, "nt-a", "Thu 2022-01-27 16:21:07 UTC"},
                    Case{"journal_short_unix", "1643300467.123456 nt-a kernel: BUG: x", std::nullopt, "BUG: x",
                         std::nullopt, "nt-a", "1643300467.123456"},
                    Case{"journal_in_another_language", "июл 27 16:21:07 nt-a kernel: BUG: x", std::nullopt,
                         "BUG: x", std::nullopt, "nt-a", "июл 27 16:21:07"},
                    Case{"netconsole_taken_by_syslog", "Jan 27 16:21:07 nt-a 4,416,1758426,-,caller=C3;BUG: x",
                         1758426, "BUG: x", 4, "nt-a", "Jan 27 16:21:07"},
                    Case{"caller_without_time", "[    T1] BUG: x", std::nullopt, "BUG: x"},
                    Case{"crlf", "[   12.345678] BUG: x\r", 12345678, "BUG: x"},
                    Case{"colour", "\x1b[32m[   12.345678] \x1b[0mBUG: x\x1b[0m", 12345678, "BUG: x"},
                    Case{"nul", std::string_view("\0\0[   12.345678] BUG: x", 24), 12345678, "BUG: x"},
                    Case{"login", "board login: [   12.345678] BUG: x", 12345678, "BUG: x"},
                    Case{"dropped", "** 93 printk messages dropped ** [   12.345678] BUG: x", 12345678, "BUG: x"},
                    Case{"minicom", "[2022-01-27 16:21:07] [   12.345678] BUG: x", 12345678, "BUG: x", std::nullopt,
                         "", "2022-01-27 16:21:07"},
                    Case{"ts", "Jan 27 16:21:07 [   12.345678] BUG: x", 12345678, "BUG: x", std::nullopt, "",
                         "Jan 27 16:21:07"},
                    Case{"conserver", "[Thu Jan 27 16:21:07 2022] [   12.345678] BUG: x", 12345678, "BUG: x",
                         std::nullopt, "", "Thu Jan 27 16:21:07 2022"},
                    Case{"byte_order_mark", "\xef\xbb\xbf[   12.345678] BUG: x", 12345678, "BUG: x"},
                    Case{"latin_1", "[   12.345678] Ger\xe4t x", 12345678, "Ger\xe4t x"},
                    Case{"plain", "BUG: x", std::nullopt, "BUG: x"},
                    Case{"huge_stamp", "[99999999999999999999999.123456] x", std::nullopt,
                         "[99999999999999999999999.123456] x"},
                    Case{"empty", "", std::nullopt, ""}),
    [](const auto& form) { return form.param.name; });

TEST(Record, CallerTags) {
    const Record task = parse_record("[   12.345678][  T123] BUG: x");
    EXPECT_EQ(task.caller_tid, 123);
    EXPECT_FALSE(task.caller_cpu);
    const Record cpu = parse_record("[   12.345678][    C3] BUG: x");
    EXPECT_EQ(cpu.caller_cpu, 3);
    EXPECT_EQ(cpu.message, "BUG: x");
    EXPECT_EQ(parse_record("6,1,2,-,caller=C3;x").caller_cpu, 3);
}

TEST(Record, RemarkBehindAKernelLine) {
    const Record r = parse_record("[50494.371453] [...] .mutex_lock+0x4c/0x70    // mutex lock ctx");
    EXPECT_EQ(r.message, "[...] .mutex_lock+0x4c/0x70");
    EXPECT_EQ(r.remark, "mutex lock ctx");
    EXPECT_TRUE(parse_record("[ 1.000000] see http://kernel.org/x").remark.empty());
    EXPECT_EQ(parse_record("[    1.000000] see https://kernel.org").message, "see https://kernel.org");
}

TEST(Record, RecordInsideARecord) {
    const std::string_view text = "[   76.470085] vmalloc: 34359738352 bytes[   76.471107] BUG: unable to handle";
    EXPECT_EQ(parse_record_at(text, text.find("BUG")).message, "BUG: unable to handle");
    EXPECT_EQ(parse_record_at(text, text.find("BUG")).time, Time(76471107));
    EXPECT_EQ(parse_record_at(text, 20).time, Time(76470085));
}

}  // namespace
}  // namespace stallsight
