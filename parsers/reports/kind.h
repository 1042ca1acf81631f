// What a kind of report is to the reader: one row of table.cpp.
#pragma once

#include <nlohmann/json.hpp>  // a kind fills in Event::fields
#include <string_view>
#include <vector>

#include "parsers/reports/event.h"

namespace stallsight {

class Body;

// A place where one of a kind's patterns was found.
struct Header {
    const Record& record;
    std::string_view lead;        // of the message, before the pattern
    std::string_view text;        // of the message, from the pattern on
    std::string_view before_cut;  // the lines between "[ cut here ]" and this one, joined by line ends
};

struct ReportKind {
    std::string_view name;  // of the row, for tests and for reading
    EventKind kind = EventKind::other;
    std::vector<std::string_view> patterns;
    // Says whether this is the kind's header, and fills what the header tells. Event::kind is set already and may
    // be refined (a WARNING in lib/refcount.c is a refcount report).
    bool (*accept)(const Header&, Event&);
    // Reads a following line that only this kind knows; true when it belongs to the report. May be null.
    bool (*line)(std::string_view message, Event&, Body&) = nullptr;
    // The stack that the report is about, where the common choice is not right. May be null.
    const Section* (*main_stack)(const Event&) = nullptr;
    // The header is the whole report: nothing behind it belongs to it, and it ends no other report.
    bool single_line = false;
    // A message that is no report but ends the one before it and may bring a stack of its own.
    bool notice = false;
};

const std::vector<ReportKind>& report_kinds();  // table.cpp

// The lead of a header is nothing, or what printk, consoles and mail put there: "rcu: ", "login: ", dropped-message
// marks, "> ". A sentence, a quotation mark, or the tag of another program shows that somebody speaks of a report.
bool usual_lead(std::string_view lead);
// What a kind accepts that needs nothing but its pattern in the usual place.
bool plain_header(const Header& header, Event& event);
void set_headline(const Header& header, Event& event);

}  // namespace stallsight
