// Numbers and names as a person says them.
#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <string>

#include "analysis/analysis.h"

namespace stallsight::gui {

inline QString qs(const std::string& text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
inline QString qs(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString duration(double seconds);                                      // "4 h 14 min 28 s", "0.296 s"
QString grouped(std::int64_t number);                                  // "15 268 234", thin spaces
QString count(std::size_t n, const QString& one);                      // "1 event", "3 events"
QString clock_time(double seconds, int decimals = 6);                  // "50494.227093"
QString bytes_in_words(std::uint64_t bytes);                           // "1.2 MB"
QString cpu_list(const std::vector<int>& cpus);                        // "CPU 3", "CPUs 3, 5"
QString hex(std::uint64_t number, int digits = 0);                     // "0x203"
QString core_name(const std::string& board, const std::string& core);  // "nt-a ▸ core-0"

QString kind_in_words(EventKind kind);        // "scheduling while atomic"
QString event_name(const EventInfo& event);   // what the list calls it: "warning: preempt_count_sub"
QString guilty_name(const EventInfo& event);  // "nokia_rpmsg_notify [rpmsg_platform_driver]" or empty
QString frame_name(const Frame& frame);       // "mutex_lock", or the address when that is all there is

}  // namespace stallsight::gui
