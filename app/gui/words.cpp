#include "app/gui/words.h"

#include <QLocale>
#include <QStringList>
#include <array>
#include <cmath>

#include "analysis/words.h"

namespace stallsight::gui {

QString duration(double seconds) {
    if (seconds < 10) return QString::number(seconds, 'f', seconds < 1 ? 3 : 2) + " s";
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    const std::int64_t days = whole / 86400, hours = whole / 3600 % 24, minutes = whole / 60 % 60;
    QStringList parts;
    if (days) parts << QString("%1 d").arg(days);
    if (hours || days) parts << QString("%1 h").arg(hours);
    if (minutes || hours || days) parts << QString("%1 min").arg(minutes);
    parts << QString("%1 s").arg(whole % 60);
    return parts.join(' ');
}

QString grouped(std::int64_t number) {
    QString text = QString::number(number);
    for (qsizetype at = text.size() - 3; at > (number < 0 ? 1 : 0); at -= 3) text.insert(at, QChar(0x2009));
    return text;
}

QString count(std::size_t n, const QString& one) {
    return QString("%1 %2%3").arg(grouped(static_cast<std::int64_t>(n)), one, n == 1 ? "" : "s");
}

QString clock_time(double seconds, int decimals) {
    return QString::number(seconds, 'f', decimals);
}

QString bytes_in_words(std::uint64_t bytes) {
    return QLocale::c().formattedDataSize(static_cast<qint64>(bytes), 1, QLocale::DataSizeSIFormat);
}

QString cpu_list(const std::vector<int>& cpus) {
    if (cpus.empty()) return {};
    QStringList numbers;
    for (int cpu : cpus) numbers << QString::number(cpu);
    return (cpus.size() == 1 ? "CPU " : "CPUs ") + numbers.join(", ");
}

QString hex(std::uint64_t number, int digits) {
    return QString("0x%1").arg(number, digits, 16, QChar('0'));
}

QString core_name(const std::string& board, const std::string& core) {
    if (board.empty() && core.empty()) return "board ?";
    if (board.empty() || core.empty()) return qs(board + core);
    return qs(board) + QStringLiteral(" ▸ ") + qs(core);
}

QString kind_in_words(EventKind kind) {
    static constexpr std::array<const char*, 20> words = {
        "RCU stall",      "soft lockup",      "hard lockup",   "hung task",      "sleep in atomic context",
        "lockdep report", "warning",          "kernel BUG",    "oops",           "KASAN report",
        "KMSAN report",   "KCSAN report",     "UBSAN report",  "KFENCE report",  "memory leak",
        "panic",          "workqueue lockup", "out of memory", "refcount error", "report"};
    return words.at(static_cast<std::size_t>(kind));
}

QString event_name(const EventInfo& event) {
    if (event.report.kind == EventKind::warning && !event.guilty.function.empty())
        return "warning: " + qs(event.guilty.function);
    if (event.report.kind == EventKind::atomic_sleep &&
        event.report.headline.find("scheduling while atomic") != std::string::npos)
        return "scheduling while atomic";
    return kind_in_words(event.report.kind);
}

QString guilty_name(const EventInfo& event) {
    if (event.guilty.function.empty()) return {};
    return qs(qualified_name(event.guilty.function, event.guilty.module));
}

QString frame_name(const Frame& frame) {
    if (!frame.function.empty()) return qs(frame.function);
    return frame.address ? hex(*frame.address, 16) : QStringLiteral("(no address)");
}

}  // namespace stallsight::gui
