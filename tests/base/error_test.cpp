#include "base/error.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace stallsight {
namespace {

TEST(Error, NamesTheFileAndThePlace) {
    EXPECT_EQ((Error{"unexpected end", "a.tar", "member x"}.text()), "a.tar: member x: unexpected end");
    EXPECT_EQ((Error{"empty folder", "a", ""}.text()), "a: empty folder");
}

TEST(Bytes, AMissingFileIsAnErrorWithItsName) {
    const auto bytes = Bytes::map_file("/nowhere/at/all");
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().text(), "/nowhere/at/all: No such file or directory");
}

TEST(Bytes, AFolderOrDeviceIsNoFile) {
    EXPECT_FALSE(Bytes::map_file("/"));
    EXPECT_FALSE(Bytes::map_file("/dev/null"));
}

// FIPS 180-2, appendix B.1.
TEST(Bytes, Sha256OfAKnownText) {
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace stallsight
