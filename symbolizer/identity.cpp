#include "symbolizer/identity.h"

#include "symbolizer/debug_files.h"

namespace stallsight {
namespace {

std::string_view without(std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find(' '));
}

// "6.1.192 (lab@caplab) (gcc ...) #3 SMP Sun Nov 22 ...": of one release the part from the number on tells builds
// apart.
std::string_view build_of(std::string_view banner) {
    const std::size_t number = banner.find(" #");
    return number == std::string_view::npos ? banner : banner.substr(number + 1);
}

// include/linux/vermagic.h ends with a blank, which not everything that prints it keeps.
std::string_view trimmed(std::string_view vermagic) {
    while (vermagic.ends_with(' ')) vermagic.remove_suffix(1);
    return vermagic;
}

// A log may have cut its line off.
bool same_banner(std::string_view file, std::string_view log) {
    return file.starts_with(log) || log.starts_with(file);
}

}  // namespace

std::string other_build(const DebugFile& file, const CodePlace& place) {
    if (!place.build_id.empty() && !file.build_id.empty() && !same_build(file.build_id, place.build_id))
        return "the log says build " + place.build_id + ", " + file.name + " is build " + file.build_id;
    const std::string_view banner = without(file.banner, "Linux version ");
    const std::string_view release = first_word(banner.empty() ? std::string_view(file.vermagic) : banner);
    if (!place.release.empty() && !release.empty() && release != place.release)
        return "the log is of Linux " + place.release + ", " + file.name + " of " + std::string(release);
    if (!place.banner.empty() && !banner.empty() && !same_banner(banner, place.banner))
        return "the log's kernel is \"" + std::string(build_of(place.banner)) + "\", " + file.name + " is \"" +
               std::string(build_of(banner)) + "\"";
    if (!place.srcversion.empty() && !file.srcversion.empty() && file.srcversion != place.srcversion)
        return "the board's " + file.module + " has srcversion " + place.srcversion + ", " + file.name + " has " +
               file.srcversion;
    if (!place.vermagic.empty() && !file.vermagic.empty() && trimmed(file.vermagic) != trimmed(place.vermagic))
        return "the board's modules are \"" + std::string(trimmed(place.vermagic)) + "\", " + file.name + " is \"" +
               std::string(trimmed(file.vermagic)) + "\"";
    return {};
}

}  // namespace stallsight
