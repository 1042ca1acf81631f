#include "parsers/modules/module_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stallsight {

void PrintTo(const ModuleText& module, std::ostream* out) {
    *out << module.line << ": " << module.name;
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

auto module(std::uint64_t line, const char* name, const char* srcversion = "", const char* vermagic = "",
            const char* version = "", const char* taint = "") {
    return testing::AllOf(testing::Field(&ModuleText::line, line), testing::Field(&ModuleText::name, name),
                          testing::Field(&ModuleText::srcversion, srcversion),
                          testing::Field(&ModuleText::vermagic, vermagic),
                          testing::Field(&ModuleText::version, version), testing::Field(&ModuleText::taint, taint));
}

std::vector<ModuleText> parse(std::string_view text) {
    return parse_module_text("modules.txt", text);
}

// kmod 30 of a module of Debian's kernel, and of one without "name:".
TEST(ModuleText, ReadsModinfo) {
    EXPECT_THAT(
        parse("filename:       /lib/modules/6.1.0/kernel/drivers/net/e1000e/e1000e.ko\n"
              "license:        GPL v2\n"
              "srcversion:     6B7A5E4A3B8C2D1F0E9D8C7\n"
              "alias:          pci:v00008086d0000550Dsv*sd*bc*sc*i*\n"
              "name:           e1000e\n"
              "vermagic:       6.1.0 SMP preempt mod_unload modversions \n"
              "parm:           version:no version of the module\n"
              "\n"
              "filename:       extra/dm-mod.ko.xz\n"
              "version:        4.47.0-ioctl\n"),
        ElementsAre(module(1, "e1000e", "6B7A5E4A3B8C2D1F0E9D8C7", "6.1.0 SMP preempt mod_unload modversions"),
                    module(9, "dm_mod", "", "", "4.47.0-ioctl")));
}

TEST(ModuleText, ReadsSysfs) {
    EXPECT_THAT(parse("/sys/module/rpmsg_ifc/srcversion:ABCDEF\nsys/module/e1000e/taint:OE\n"),
                ElementsAre(module(1, "rpmsg_ifc", "ABCDEF"), module(2, "e1000e", "", "", "", "OE")));
    EXPECT_THAT(parse_module_text("nt-a/sys/module/rpmsg_ifc/srcversion", "ABCDEF\n"),
                ElementsAre(module(1, "rpmsg_ifc", "ABCDEF")));
    EXPECT_THAT(parse_module_text("nt-a/sys/module/rpmsg_ifc/version", "1.2"),
                ElementsAre(module(1, "rpmsg_ifc", "", "", "1.2")));
    EXPECT_THAT(parse_module_text("nt-a/sys/module/rpmsg_ifc/parameters", "ABCDEF\n"), IsEmpty());
}

TEST(ModuleText, ReadsListsOfLoadedModules) {
    EXPECT_THAT(parse("$ lsmod\n"
                      "Module                  Size  Used by\n"
                      "virtio_ring            40960  2 virtio,virtio_rpmsg_bus\n"
                      "hwa_diag               16384  0\n"
                      "$ uptime\n"
                      "virtio 1 2\n"),
                ElementsAre(module(3, "virtio_ring"), module(4, "hwa_diag")));
    EXPECT_THAT(parse("hwa_diag 16384 0 - Live 0xffffffffc0297000 (OE)\n"
                      "virtio_ring 40960 2 virtio_rpmsg_bus,virtio, Live 0xffffffffc0266000\n"),
                ElementsAre(module(1, "hwa_diag", "", "", "", "OE"), module(2, "virtio_ring")));
}

TEST(ModuleText, IsSilentAboutOtherText) {
    EXPECT_THAT(parse("version: 5\nsrcversion: 6\nname: x\n"), IsEmpty());
    EXPECT_THAT(parse("filename: notes.txt\nversion: 5\n"), IsEmpty());
    EXPECT_THAT(parse("/sys/module//srcversion:1\n/sys/module/a/b\n/sys/module/a/name:b\n"), IsEmpty());
    EXPECT_THAT(parse(""), IsEmpty());
}

}  // namespace
}  // namespace stallsight
