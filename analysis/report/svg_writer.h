// A few shapes of SVG, with text escaped.
#pragma once

#include <string>
#include <string_view>

namespace stallsight {

class SvgWriter {
public:
    void rect(double x, double y, double w, double h, std::string_view css, std::string_view title = {});
    void line(double x1, double y1, double x2, double y2, std::string_view css);
    void text(double x, double y, std::string_view text, std::string_view css);
    void path(std::string_view d, std::string_view css, std::string_view title = {});
    // The whole document. `label` is what a screen reader says.
    [[nodiscard]] std::string finish(double width, double height, std::string_view label,
                                     std::string_view style = {}) const;

private:
    std::string body_;
};

std::string coordinate(double value);

}  // namespace stallsight
