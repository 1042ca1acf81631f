// Logs larger than a piece: the text is that of one pass, and each line comes from where it says.
#include "parsers/records/rewritten_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "parsers/records/decode.h"
#include "parsers/reports/scan.h"

namespace stallsight {
namespace {

constexpr int many = 40'000;

std::string message(int i) {
    std::string text = "usb 1-" + std::to_string(i) + ": new device, gr\xc3\xb6\xc3\x9f" + "er \xf0\x9f\x90\xa7";
    return text.append(static_cast<std::size_t>(i % 61), 'x');
}

std::string stamp(int i) {
    std::string number = std::to_string(i);
    return "[" + std::string(5 - std::min<std::size_t>(number.size(), 5), ' ') + number + ".000000] ";
}

RewrittenLog rewritten(std::string_view text) {
    auto log = decode_log(text).value();
    EXPECT_TRUE(log);
    return std::move(*log);
}

// Every line of `log` holds the message of its number, and so does the place where it came from.
void expect_all(const RewrittenLog& log, std::string_view source, std::uint64_t first_line,
                std::uint64_t lines_a_record, const std::string& plain) {
    ASSERT_EQ(log.text().size(), plain.size());
    EXPECT_TRUE(log.text() == plain);
    ASSERT_EQ(log.lines(), static_cast<std::uint64_t>(many));
    Origins origins(log);
    for (int i = 0; i < many; ++i) {
        const auto origin = origins.of(static_cast<std::uint64_t>(i) + 1);
        ASSERT_TRUE(origin);
        ASSERT_EQ(origin->line, first_line + lines_a_record * static_cast<std::uint64_t>(i));
        ASSERT_LT(origin->offset, source.size());
    }
    EXPECT_FALSE(origins.of(0));
    EXPECT_FALSE(origins.of(many + 1));
    // Not only in their order.
    EXPECT_EQ(origins.of(7)->line, first_line + 6 * lines_a_record);
    EXPECT_EQ(origins.of(many)->line, first_line + (many - 1) * lines_a_record);
}

std::string utf16(std::string_view utf8, bool little) {
    std::string out = little ? "\xff\xfe" : "\xfe\xff";
    const auto put = [&](std::uint32_t unit) {
        const char low = static_cast<char>(unit), high = static_cast<char>(unit >> 8U);
        out += little ? low : high;
        out += little ? high : low;
    };
    for (std::size_t i = 0; i < utf8.size();) {
        const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(utf8[i + k]); };
        if (byte(0) < 0x80) {
            put(byte(0));
            i += 1;
        } else if (byte(0) < 0xe0) {
            put((byte(0) & 0x1fU) << 6U | (byte(1) & 0x3fU));
            i += 2;
        } else {
            const std::uint32_t c =
                (byte(0) & 7U) << 18U | (byte(1) & 0x3fU) << 12U | (byte(2) & 0x3fU) << 6U | (byte(3) & 0x3fU);
            put(0xd800 + ((c - 0x10000) >> 10U));
            put(0xdc00 + ((c - 0x10000) & 0x3ffU));
            i += 4;
        }
    }
    return out;
}

TEST(RewrittenLog, Utf16) {
    std::string plain;
    for (int i = 0; i < many; ++i) plain += stamp(i) + message(i) + "\n";
    for (const bool little : {true, false}) {
        const std::string text = utf16(plain, little);
        expect_all(rewritten(text), text, 1, 1, plain);
    }
}

TEST(RewrittenLog, Utf16CountsLineEndsAndNotBytes) {
    std::string text = utf16("[    1.000000] one\n[    2.000000] two\n", true);
    text.insert(2, "\x0a\x01\x01\x0a");  // U+010A, U+0A01: bytes of a line end, but none
    const RewrittenLog log = rewritten(text);
    ASSERT_EQ(log.lines(), 2U);
    EXPECT_EQ(Origins(log).of(2)->line, 2U);
    EXPECT_EQ(Origins(log).of(2)->offset, text.rfind('[') & ~std::size_t{1});
}

TEST(RewrittenLog, Colours) {
    std::string plain, text;
    for (int i = 0; i < many; ++i) {
        plain += stamp(i) + message(i) + "\n";
        text += "\x1b[32m" + stamp(i) + "\x1b[0m\x1b[33m" + message(i) + "\x1b[0m\n";
    }
    expect_all(rewritten(text), text, 1, 1, plain);
}

TEST(RewrittenLog, JournalJsonShowsBothClocks) {
    std::string plain, text;
    for (int i = 0; i < many; ++i) {
        plain += "<4>2022-01-27T16:21:07.123456Z fant-h kernel: " + stamp(i) + message(i) + "\n";
        text += R"({"__REALTIME_TIMESTAMP":"1643300467123456","__MONOTONIC_TIMESTAMP":"1","PRIORITY":"4",)"
                R"("_HOSTNAME":"fant-h","_TRANSPORT":"kernel","SYSLOG_IDENTIFIER":"kernel",)"
                R"("_SOURCE_MONOTONIC_TIMESTAMP":")" +
                std::to_string(i) + R"(000000","MESSAGE":")" + message(i) + "\"}\n";
    }
    expect_all(rewritten(text), text, 1, 1, plain);
}

TEST(RewrittenLog, JournalExport) {
    std::string plain, text;
    for (int i = 0; i < many; ++i) {
        plain += stamp(i) + message(i) + "\n";
        text += "__CURSOR=s=1\n_TRANSPORT=kernel\nMESSAGE=" + message(i) +
                "\n_SOURCE_MONOTONIC_TIMESTAMP=" + std::to_string(i) + "000000\n\n";
    }
    expect_all(rewritten(text), text, 3, 5, plain);
}

TEST(RewrittenLog, JournalVerbose) {
    std::string plain, text;
    for (int i = 0; i < many; ++i) {
        plain += stamp(i) + message(i) + "\n";
        text +=
            "Thu 2022-01-27 16:21:07.123456 UTC [s=0a;i=1;b=2;m=3;t=4;x=5]\n    _TRANSPORT=kernel\n"
            "    MESSAGE=" +
            message(i) + "\n    _SOURCE_MONOTONIC_TIMESTAMP=" + std::to_string(i) + "000000\n";
    }
    expect_all(rewritten(text), text, 3, 4, plain);
}

TEST(RewrittenLog, DmesgJson) {
    std::string plain, text = "{\n   \"dmesg\": [\n";
    for (int i = 0; i < many; ++i) {
        plain += "<3>" + stamp(i) + message(i) + "\n";
        text += (i == 0 ? "" : ",") + std::string("{\n         \"pri\":  3,\n         \"time\": ") +
                std::to_string(i) + ".000000,\n         \"msg\": \"" + message(i) + "\"\n      }";
    }
    text += "\n   ]\n}\n";
    expect_all(rewritten(text), text, 6, 4, plain);
}

TEST(RewrittenLog, PstoreInLargeParts) {
    std::string plain, late;
    for (int i = 0; i < many; ++i) (i < many / 2 ? plain : late) += stamp(i) + message(i) + "\n";
    const std::string text = "Panic#1 Part1\n" + late + "Panic#1 Part2\n" + plain;
    const RewrittenLog log = rewritten(text);
    EXPECT_TRUE(log.text() == plain + late);
    Origins origins(log);
    EXPECT_EQ(origins.of(1)->line, many / 2 + 3U);
    EXPECT_EQ(text.substr(origins.of(1)->offset, 20), plain.substr(0, 20));
    EXPECT_EQ(origins.of(many / 2)->line, many + 2U);
    EXPECT_EQ(origins.of(many / 2 + 1)->line, 2U);
    EXPECT_EQ(origins.of(many)->line, many / 2 + 1U);
}

TEST(RewrittenLog, ALineWithoutEndIsWrittenInParts) {
    const std::string coloured(8, '\x1b');
    std::string text = coloured;
    for (int i = 0; i < 700'000; ++i) text += "\x1b[1mab";
    text += "\nlast\n";
    const RewrittenLog log = rewritten(text);
    EXPECT_EQ(log.text().size(), 1'400'000U + 6);
    EXPECT_EQ(log.text().find('\x1b'), std::string_view::npos);
    ASSERT_EQ(log.lines(), 2U);
    EXPECT_EQ(Origins(log).of(2)->line, 2U);
    EXPECT_EQ(Origins(log).of(2)->offset, text.size() - 5);
}

// TMPDIR for one test.
class TemporaryFolder {
public:
    explicit TemporaryFolder(const char* path) { ::setenv("TMPDIR", path, 1); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { ::unsetenv("TMPDIR"); }
};

TEST(RewrittenLog, SaysWhyItCannotBeWritten) {
    std::string text;
    for (int i = 0; i < many; ++i) text += "\x1b[32m" + stamp(i) + "\x1b[0m" + message(i) + "\n";
    const TemporaryFolder missing("/nonexistent");
    const auto log = read_log(text);
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().text(), "/nonexistent: cannot make a temporary file: No such file or directory");
    // A small log needs none.
    EXPECT_TRUE(read_log(std::string_view(text).substr(0, 10'000)));
}

}  // namespace
}  // namespace stallsight
