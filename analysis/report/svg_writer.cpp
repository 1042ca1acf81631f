#include "analysis/report/svg_writer.h"

#include "analysis/report/markup.h"
#include "analysis/words.h"

namespace stallsight {

std::string coordinate(double value) {
    return fixed(value, 1);
}

void SvgWriter::rect(double x, double y, double w, double h, std::string_view css, std::string_view title) {
    body_ += "<rect x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" width=\"" + coordinate(w) +
             "\" height=\"" + coordinate(h) + "\" class=\"" + std::string(css) + "\"";
    body_ += title.empty() ? "/>\n" : "><title>" + escaped(title) + "</title></rect>\n";
}

void SvgWriter::line(double x1, double y1, double x2, double y2, std::string_view css) {
    body_ += "<line x1=\"" + coordinate(x1) + "\" y1=\"" + coordinate(y1) + "\" x2=\"" + coordinate(x2) +
             "\" y2=\"" + coordinate(y2) + "\" class=\"" + std::string(css) + "\"/>\n";
}

void SvgWriter::text(double x, double y, std::string_view text, std::string_view css) {
    body_ += "<text x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" class=\"" + std::string(css) + "\">" +
             escaped(text) + "</text>\n";
}

void SvgWriter::path(std::string_view d, std::string_view css, std::string_view title) {
    body_ += "<path d=\"" + std::string(d) + "\" class=\"" + std::string(css) + "\"";
    body_ += title.empty() ? "/>\n" : "><title>" + escaped(title) + "</title></path>\n";
}

std::string SvgWriter::finish(double width, double height, std::string_view label, std::string_view style) const {
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + coordinate(width) + " " +
                      coordinate(height) + "\" role=\"img\" aria-label=\"" + escaped(label) + "\">\n";
    if (!style.empty()) out += "<style>" + std::string(style) + "</style>\n";
    return out + body_ + "</svg>\n";
}

}  // namespace stallsight
