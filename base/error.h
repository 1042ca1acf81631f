// Errors as values: what went wrong, in which file, and where in it.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace stallsight {

struct Error {
    std::string what;   // a clause without a full stop: "unexpected end of archive"
    std::string path;   // the file as the user named it, or its path in the bundle; may be empty
    std::string place;  // "line 12", "byte 4096", "member nt-a/kern.log"; may be empty

    // "path: place: what", the one line that goes to stderr.
    [[nodiscard]] std::string text() const;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string what, std::string path = {}, std::string place = {}) {
    return tl::unexpected<Error>(Error{std::move(what), std::move(path), std::move(place)});
}

}  // namespace stallsight
