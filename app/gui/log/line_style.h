// One log line as pieces of text that look alike.
#pragma once

#include <QString>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stallsight::gui {

struct Piece {
    enum class Look { plain, quiet, function, key_function, module, headline };
    QString text;
    Look look = Look::plain;
};

// `keys`: functions that the chain is about; they stand out.
std::vector<Piece> pieces_of(std::string_view message, const std::set<std::string>& keys);

// Control characters would be drawn as boxes or, worse, as nothing.
QString printable(std::string_view text);

}  // namespace stallsight::gui
