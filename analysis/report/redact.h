// Takes names out of a text that goes to others: each is replaced by the same word wherever it stands.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/private_names.h"

namespace stallsight {

class Redactor {
public:
    // Only `words`: what the user wants gone, in any case, in parts of words, too.
    explicit Redactor(std::vector<std::string> words);
    // These names, too, and what is told by its form: addresses, MAC and IP addresses.
    Redactor(std::vector<std::string> words, const PrivateNames& names);

    // Kernel addresses become address-1, address-2 ..., and so on for mac, ip, serial, host and word.
    [[nodiscard]] std::string operator()(std::string_view text);

private:
    struct Listed {
        std::string_view what;
        std::string name;  // lower case
        bool whole;        // not in parts of words
    };
    void list(std::string_view what, const std::string& name, bool whole);
    [[nodiscard]] const Listed* listed_at(std::string_view text, std::size_t at) const;
    std::string replacement(std::string_view what, std::string_view found);

    bool patterns_ = false;
    std::vector<Listed> listed_;  // the longest first
    std::map<std::string, std::string> known_;
    std::map<std::string, int, std::less<>> numbers_;
};

}  // namespace stallsight
