// The lines of one artifact, read from its mapped bytes only as they are shown: the size of the log, or of one of
// its lines, does not matter.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/gui/selection.h"

namespace stallsight::gui {

struct LogLine {
    std::uint64_t number = 0;
    std::string text;  // without its line end, and as a terminal showed it where its codes stand in it
    bool cut = false;  // the line goes on beyond what is shown
};

// Dumps and debug files are not shown as lines.
bool is_text(const Artifact& artifact);

class LogText {
public:
    static constexpr std::size_t shown_bytes = std::size_t{8} * 1024;  // of one line

    LogText() = default;
    LogText(AnalysisPtr analysis, std::size_t artifact);

    [[nodiscard]] std::uint64_t lines() const { return index_ ? index_->lines() : 0; }
    [[nodiscard]] std::vector<LogLine> read(std::uint64_t first, std::size_t count) const;
    [[nodiscard]] std::uint64_t line_at(std::uint64_t offset) const { return index_->line_at(view_, offset); }
    [[nodiscard]] std::uint64_t offset_of(std::uint64_t line) const { return index_->offset_of(view_, line); }
    // First and last line whose kernel time lies in the range; nothing where none does. The clock is taken to go
    // forwards, so that a log of any size is searched with a few looks.
    [[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>> lines_between(double from_s,
                                                                                       double to_s) const;
    [[nodiscard]] std::string_view bytes() const { return view_; }
    [[nodiscard]] bool is_log() const { return is_log_; }

private:
    [[nodiscard]] std::uint64_t first_line_from(double s) const;

    AnalysisPtr analysis_;  // keeps the bytes mapped
    std::string_view view_;
    std::shared_ptr<const LineIndex> index_;
    bool is_log_ = false;
};

// Offset of the next (or previous) place of `needle` from `from` on; capitals in it make the search exact in case.
std::optional<std::uint64_t> find_text(std::string_view text, std::string_view needle, std::uint64_t from,
                                       bool forward, const std::atomic<bool>& cancelled);

}  // namespace stallsight::gui
