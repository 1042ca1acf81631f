// Takes names out of a text that goes to others: each is replaced by the same word wherever it stands.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight {

class Redactor {
public:
    // `patterns`: whether what is told by its form goes: addresses, MAC and IP addresses, serial numbers. `hosts`:
    // names of machines. `words`: what the user wants gone, in any case, in parts of words, too.
    Redactor(bool patterns, std::vector<std::string> hosts, std::vector<std::string> words);

    // 64-bit kernel addresses become address-1, address-2 ..., and so on for mac, ip, serial, host and word.
    [[nodiscard]] std::string operator()(std::string_view text);

private:
    std::string replacement(std::string_view what, std::string_view found);

    bool patterns_;
    std::vector<std::string> hosts_, words_;  // lower case
    std::map<std::string, std::string> known_;
    std::map<std::string, int, std::less<>> numbers_;
};

}  // namespace stallsight
