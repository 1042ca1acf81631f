// The report in the formats that the command line writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/app/sample.h"
#include "tests/support/process.h"

namespace stallsight::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::json;

const std::vector<std::string> text_formats = {"html", "md", "json"};

std::string report(const std::string& bundle, const std::string& format, const std::string& options = {}) {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / ("report." + format)).string();
    const Outcome run = stallsight("report " + quoted(bundle) + " " + options + " -o " + quoted(out));
    EXPECT_EQ(run.status, 0) << run.err;
    return slurp(out);
}

TEST(ReportFormats, AllSayTheSame) {
    for (const std::string& format : text_formats) {
        const std::string text = report(sample, format);
        for (const char* said : {"Environment", "5.4.72", "4 h 14 min 28 s", "How that is known", "50494.642",
                                 "bytes", "prempt is not allowed", "Made by Stallsight"})
            EXPECT_THAT(text, HasSubstr(said)) << format;
        EXPECT_EQ(text, report(sample, format)) << "the same bytes";
    }
    EXPECT_THAT(report(sample, "md"), StartsWith("# fant-h-cold-standby\n\n## Answer\n\n> clock\\_hwa\\_app"));
    const Json json = Json::parse(report(sample, "json"));
    EXPECT_EQ(json["schema"], "stallsight.report/1");
    for (const Json& section : json["sections"])
        if (section["id"] == "events") {
            EXPECT_EQ(section["blocks"][0]["table"][0]["Event"], "e1");
        }
}

TEST(ReportFormats, SectionsAreChosen) {
    for (const std::string& format : text_formats) {
        const std::string text = report(sample, format, "--sections answer,events");
        EXPECT_THAT(text, HasSubstr("What to do"));
        EXPECT_THAT(text, Not(HasSubstr("SHA-256"))) << format;
        EXPECT_THAT(text, Not(HasSubstr("href=\"#a0"))) << "a link to what is not there";
    }
    EXPECT_EQ(stallsight("report " + quoted(sample) + " --sections answers -o x.html").status, 2);
}

TEST(ReportFormats, AComparisonIsASection) {
    const std::string before = "--before " + quoted(sample + "/nt-a") + " --sections comparison";
    EXPECT_THAT(report(sample + "/nt-b", "md", before), HasSubstr("not\\_shown"));
}

// All that a reader can get out of a report: of a PDF, its words, title and outline.
std::string all_text(const std::string& bundle, const std::string& format, const std::string& options) {
    const std::string bytes = report(bundle, format, options);
    if (format != "pdf") return bytes;
    const TemporaryFolder folder;
    const std::string file = quoted(folder.file("report.pdf", bytes));
    const std::string out = (folder.path() / "text").string();
    EXPECT_EQ(std::system(("{ pdftotext -raw " + file + " -; pdfinfo " + file + "; pdftohtml -xml -i -stdout " +
                           file + "; } >" + quoted(out) + " 2>&1")
                              .c_str()),
              0);
    return slurp(out);
}

// Words that a narrow column of a PDF breaks stand together again.
std::string joined_lines(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

bool contains_in_any_case(const std::string& text, std::string_view lower_word) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) != text.end();
}

std::vector<std::string> readable_formats() {
    std::vector<std::string> formats = text_formats;
    const bool has_window = std::filesystem::exists(STALLSIGHT_BIN_DIR "/stallsight-window");
    if (has_window && std::system("command -v pdftohtml >/dev/null 2>&1") == 0) formats.emplace_back("pdf");
    return formats;
}

TEST(ReportFormats, TheOptionsThatMakeItAgainAreSaid) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "case.json").string();
    const std::string moment = "nt-a/core-0/kern.log:22=nt-b/core-0/dmesg.txt:1";
    const std::string options =
        "--sections made --case " + quoted(file) + " --same-moment " + moment + " --redact-word secret";
    for (const std::string& format : readable_formats()) {
        const std::string text = joined_lines(all_text(sample, format, options));
        EXPECT_THAT(text, HasSubstr("--sections made --redact-word (1) --case")) << format;
        EXPECT_THAT(text, HasSubstr("same-moment")) << format;
    }
}

TEST(ReportFormats, EverySectionStandsInEachFormat) {
    const std::string bundle = STALLSIGHT_SOURCE_DIR "/sample-logs/rpmsg-spinlock-after-x86_64";
    const std::string before = "--before " + quoted(STALLSIGHT_SOURCE_DIR "/sample-logs/rpmsg-mutex-before-x86_64");
    const Json json = Json::parse(report(bundle, "json", before));
    for (const std::string& format : readable_formats()) {
        const std::string text = all_text(bundle, format, before);
        for (const Json& section : json["sections"])
            EXPECT_THAT(text, HasSubstr(section["title"].get<std::string>())) << format;
        for (const char* said : {"versions/s", " an hour (", "runs through patched", "ratio 0 (0 to 0.0"})
            EXPECT_THAT(joined_lines(text), HasSubstr(said)) << format;
    }
}

TEST(ReportFormats, NotesStandWhereTheyBelong) {
    const TemporaryFolder folder;
    const std::string file = quoted((folder.path() / "case.json").string());
    const std::string note = "note " + quoted(sample) + " --case " + file + " ";
    for (const char* each :
         {"--at nt-a/core-0/kern.log 'of the file'", "--at nt-b/core-0/dmesg.txt --time 15441-15442 'of the time'",
          "--episode e3 'of the stall'", "--frame e1:7 'of the frame'", "--event e2 'of e2'"})
        EXPECT_EQ(stallsight(note + each).status, 0) << each;
    const auto section = [&](const char* id) {
        return report(sample, "md", "--case " + file + " --sections " + id);
    };
    EXPECT_THAT(section("timeline"), HasSubstr("✎ of the stall"));
    EXPECT_THAT(section("timeline"), HasSubstr("15441 s to 15442 s: of the time"));
    EXPECT_THAT(section("stacks"), HasSubstr("[rpmsg_platform_driver]  ◀ guilty ✎ of the frame ✎ plt drv"));
    EXPECT_THAT(section("events"), HasSubstr("preempt\\_count\\_sub ✎ of e2"));
    EXPECT_THAT(section("evidence"), HasSubstr("| of the file |"));
    EXPECT_THAT(section("notes"), HasSubstr("bytes 3253-3358"));
}

TEST(ReportFormats, NothingRedactedIsLeftInAnyFormat) {
    const TemporaryFolder folder;
    folder.file(
        "bundle/kern.log",
        "Nov 22 10:00:00 gateway7 kernel: [    1.000000] Linux version 6.1.0 (builder@farm.example) (gcc 12)\n"
        "Nov 22 10:00:00 gateway7 kernel: [    1.100000] systemd[1]: Hostname set to <boxname>.\n"
        "Nov 22 10:00:00 gateway7 kernel: [    1.200000] usb 1-1: SerialNumber: 4C530001\n"
        "Nov 22 10:00:01 gateway7 kernel: [    1.500000] BUG: unable to handle page fault for address: "
        "ffff888012345678\n"
        "Nov 22 10:00:01 gateway7 kernel: [    1.500001] CPU: 0 PID: 1 Comm: AcmeProxy Not tainted 6.1.0 #1\n"
        "Nov 22 10:00:01 gateway7 kernel: [    1.500002] Hardware name: Acme Router, Serial Number: QX12345-7\n"
        "Nov 22 10:00:01 gateway7 kernel: [    1.500003] Call Trace:\n"
        "Nov 22 10:00:01 gateway7 kernel: [    1.500004]  foo+0x1/0x2 // QX12345-7 on boxname, at c0de1234\n"
        "Nov 22 10:00:01 gateway7 kernel: [    1.500005]  acmeproxy_xmit+0x1/0x2\n"
        "Nov 22 10:00:01 gateway7 kernel: [    1.500006] ---[ end trace 0123456789abcdef ]---\n");
    folder.file("bundle/gateway7/uname.txt", "Linux nodeseven 6.1.0 #1 SMP x86_64\n");
    const std::string bundle = (folder.path() / "bundle").string();
    const std::string file = quoted((folder.path() / "case.json").string());
    EXPECT_EQ(stallsight("note " + quoted(bundle) + " --case " + file +
                         " --at kern.log:4 'asked 10.20.30.40 and fe80::1:2 (iface:10.20.30.41, eth0_10.20.30.42), "
                         "MAC 00:1b:21:aa:bb:cc or 00-1B-21-AA-BB-CC, serial no. ZZ99-1234, 10.20.30.40 again, "
                         "[2001:db8::7]:80, gateway7, nodeseven, 4c530001, for ACMEproxy on farm' --tag boxname")
                  .status,
              0);
    const std::string redacted = "--case " + file + " --redact --redact-word acmeproxy";
    for (const std::string& format : readable_formats()) {
        const std::string text = all_text(bundle, format, redacted);
        for (const char* gone :
             {"ffff888012345678", "c0de1234", "10.20.30.4", "fe80::1:2", "2001:db8", "1b:21", "1B-21", "ZZ99-1234",
              "gateway7", "boxname", "nodeseven", "farm", "QX12345", "4C53", "4c53", "0123456789abcdef"})
            EXPECT_THAT(text, Not(HasSubstr(gone))) << format;
        EXPECT_FALSE(contains_in_any_case(text, "acmeproxy")) << format;
        for (const char* instead : {"ip-1", "ip-5", "mac-2", "host-4", "word-1", "address-2", "serial-3"})
            EXPECT_THAT(text, HasSubstr(instead)) << format;
        for (const char* other : {"ip-6", "mac-3", "serial-4", "word-2"})
            EXPECT_THAT(text, Not(HasSubstr(other))) << "one name for one thing: " << format;
        EXPECT_THAT(text, HasSubstr("6.1.0")) << "a version is no address";
    }
    EXPECT_THAT(report(bundle, "md", "--case " + file), HasSubstr("10.20.30.40"));
}

TEST(ReportFormats, HostileTextStaysText) {
    const TemporaryFolder folder;
    const std::string log = folder.file(
        "x.log",
        "[    1.000000] WARNING: CPU: 0 PID: 1 at a.c:1 <script>alert(1)</script>+0x1/0x2\n"
        "[    1.000001] CPU: 0 PID: 1 Comm: `|*[x](http://e)\x1b]0;owned\x07\xe2\x80\xae Not tainted 6.1.0 #1\n");
    for (const std::string& format : readable_formats()) {
        const std::string text = all_text(log, format, {});
        EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << format;
        EXPECT_THAT(text, Not(HasSubstr("\x07"))) << format;
        EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae"))) << "right-to-left override: " << format;
        EXPECT_THAT(text, HasSubstr("alert(1)")) << "the words stay: " << format;
    }
    EXPECT_THAT(report(log, "html"), Not(HasSubstr("<script>")));
    EXPECT_THAT(report(log, "md"), Not(HasSubstr("<script>")));
    EXPECT_THAT(report(log, "md"), Not(HasSubstr("[x](http")));
    EXPECT_TRUE(Json::accept(report(log, "json")));
}

TEST(ReportFormats, TheHtmlIsOnePageWithPicturesAndNoReferenceOutside) {
    const std::string page = report(sample, "html");
    EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
    EXPECT_THAT(page, HasSubstr("nokia_rpmsg_notify"));
    EXPECT_THAT(page, HasSubstr("aria-label=\"Timeline of CPU stalls"));
    EXPECT_THAT(page, HasSubstr("aria-label=\"Preempt-disabled chain"));
    EXPECT_THAT(page, HasSubstr("remark in the log"));
    for (const char* outside : {"<script", "src=", "<link", "@import", "url("})
        EXPECT_THAT(page, Not(HasSubstr(outside)));
}

TEST(ReportFormats, APlaceThatCannotBeWrittenIsAnError) {
    const Outcome run = stallsight("report " + quoted(sample) + " -o /no/such/folder/out.html");
    EXPECT_EQ(run.status, 3);
    EXPECT_THAT(run.err, HasSubstr("/no/such/folder/out.html"));
}

TEST(ReportFormats, TheHtmlPassesAValidator) {
    if (std::system("command -v tidy >/dev/null 2>&1") != 0) GTEST_SKIP() << "tidy is not installed";
    const TemporaryFolder folder;
    const std::string page = folder.file("report.html", report(sample, "html"));
    const std::string said = (folder.path() / "said").string();
    const int status = std::system(("tidy -errors -quiet " + quoted(page) + " >" + quoted(said) + " 2>&1").c_str());
    EXPECT_EQ(WEXITSTATUS(status), 0) << slurp(said);
}

TEST(ReportFormats, ThePdfIsTheSameBytesTwice) {
    if (!std::filesystem::exists(STALLSIGHT_BIN_DIR "/stallsight-window"))
        GTEST_SKIP() << "built without the window";
    const std::string pdf = report(sample, "pdf");
    EXPECT_THAT(pdf, StartsWith("%PDF-"));
    EXPECT_EQ(pdf, report(sample, "pdf"));
    if (std::system("command -v pdftotext >/dev/null 2>&1") != 0) GTEST_SKIP() << "pdftotext is not installed";
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "text").string();
    const auto text_of = [&](const std::string& options) {
        const std::string file = folder.file("report.pdf", report(sample, "pdf", options));
        EXPECT_EQ(std::system(("pdftotext -layout " + quoted(file) + " " + quoted(out)).c_str()), 0);
        return slurp(out);
    };
    EXPECT_THAT(text_of(""), HasSubstr("clock_hwa_app"));
    const std::string redacted = text_of("--redact --redact-word clock_hwa");
    EXPECT_THAT(redacted, HasSubstr("word-1_app"));
    EXPECT_THAT(redacted, Not(HasSubstr("clock_hwa")));
}

TEST(ReportFormats, ThePdfHasAnOutlineAndPageNumbers) {
    if (!std::filesystem::exists(STALLSIGHT_BIN_DIR "/stallsight-window"))
        GTEST_SKIP() << "built without the window";
    if (std::system("command -v pdftohtml >/dev/null 2>&1") != 0) GTEST_SKIP() << "pdftohtml is not installed";
    const TemporaryFolder folder;
    const std::string file = folder.file("report.pdf", report(sample, "pdf"));
    const std::string out = (folder.path() / "report.xml").string();
    ASSERT_EQ(
        std::system(("pdftohtml -xml -i -stdout " + quoted(file) + " >" + quoted(out) + " 2>/dev/null").c_str()),
        0);
    const std::string xml = slurp(out);
    EXPECT_THAT(xml, HasSubstr("<item page=\"1\">Answer</item>"));
    EXPECT_THAT(xml, HasSubstr(">Evidence</item>"));
    EXPECT_THAT(xml, HasSubstr(">1 / "));
}

}  // namespace
}  // namespace stallsight::test
