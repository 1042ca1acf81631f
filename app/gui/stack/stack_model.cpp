#include "app/gui/stack/stack_model.h"

#include <algorithm>

#include "analysis/locks/held_locks.h"
#include "app/gui/words.h"

namespace stallsight::gui {

namespace {

QString place_of(const std::string& file, int line, bool whole) {
    if (file.empty()) return {};
    const std::string name = whole ? file : file.substr(file.rfind('/') + 1);
    return line ? QString("%1:%2").arg(qs(name)).arg(line) : qs(name);
}

QString call_of(const Resolution& symbols) {
    switch (symbols.call_site) {
        case CallSite::direct:
            return "calls " + qs(symbols.call_target);
        case CallSite::indirect:
            return "calls through a pointer";
        case CallSite::not_a_call:
            return "no call in front of it";
        case CallSite::unknown:
            break;
    }
    return {};
}

StackRow frame_row(const Frame& frame, int number) {
    StackRow row;
    row.text = frame_name(frame);
    if (frame.offset) row.offset = "+" + hex(*frame.offset) + (frame.size ? "/" + hex(*frame.size) : QString());
    row.module = qs(frame.module);
    row.number = number;
    row.line = frame.line;
    row.place = place_of(frame.file, frame.source_line, false);
    row.full_place = place_of(frame.file, frame.source_line, true);
    if (!frame.reliable) row.doubt = "unreliable";
    return row;
}

void add_symbols(const Resolution& symbols, std::vector<StackRow>& rows, StackRow row) {
    // Inlined functions run inside the frame: the innermost stands on top, as in the stack itself.
    for (std::size_t i = 0; i + 1 < symbols.places.size(); ++i) {
        StackRow inlined;
        inlined.kind = StackRow::Kind::inlined;
        inlined.text = qs(symbols.places[i].function);
        inlined.place = place_of(symbols.places[i].file, symbols.places[i].line, false);
        inlined.full_place = place_of(symbols.places[i].file, symbols.places[i].line, true);
        inlined.frame = row.frame;
        inlined.line = row.line;
        rows.push_back(std::move(inlined));
    }
    if (!symbols.places.empty()) {
        row.place = place_of(symbols.places.back().file, symbols.places.back().line, false);
        row.full_place = place_of(symbols.places.back().file, symbols.places.back().line, true);
    }
    row.call = call_of(symbols);
    if (!symbols.doubt.empty()) row.doubt = qs(symbols.doubt);
    rows.push_back(std::move(row));
}

QString title_of(const Section& section) {
    QString title = qs(section.title);
    if (!section.task.comm.empty() && !title.contains(qs(section.task.comm))) {
        title += QStringLiteral(" · ") + qs(section.task.comm);
        if (section.task.pid) title += QString(" (pid %1)").arg(*section.task.pid);
    }
    return title;
}

StackRow heading(const QString& title, std::uint64_t line) {
    StackRow row;
    row.kind = StackRow::Kind::section;
    row.text = title;
    row.line = line;
    return row;
}

// The event's own stack is one of the sections too; it is not listed twice.
bool same_frames(const std::vector<Frame>& a, const std::vector<Frame>& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](const Frame& x, const Frame& y) { return x.line == y.line; });
}

}  // namespace

std::vector<StackRow> stack_rows(const KernelTask& task, const std::vector<std::optional<Resolution>>& symbols) {
    QStringList words{qs(task.task.comm)};
    if (task.task.pid) words << QString("pid %1").arg(*task.task.pid);
    if (task.cpu) words << QString("CPU %1").arg(*task.cpu);
    words.removeAll(QString());
    std::vector<StackRow> rows{heading(words.join(QStringLiteral(" · ")), task.line)};
    for (std::size_t i = 0; i < task.frames.size(); ++i) {
        StackRow row = frame_row(task.frames[i], static_cast<int>(i));
        row.frame = i;
        const bool known = i < symbols.size() && symbols[i];
        add_symbols(known ? *symbols[i] : Resolution{}, rows, std::move(row));
    }
    if (task.frames.empty()) rows.push_back(heading("No stack of it was printed.", 0));
    return rows;
}

std::vector<StackRow> stack_rows(const EventInfo& event) {
    std::vector<StackRow> rows;
    const auto head = [&](const QString& title, std::uint64_t line) { rows.push_back(heading(title, line)); };
    if (!event.report.frames.empty()) {
        QString title = "Stack";
        for (const Section& section : event.report.sections)
            if (same_frames(section.frames, event.report.frames) && !section.title.empty())
                title = title_of(section);
        head(title, event.report.frames.front().line);
    }
    for (std::size_t i = 0; i < event.report.frames.size(); ++i) {
        StackRow row = frame_row(event.report.frames[i], static_cast<int>(i));
        row.frame = i;
        row.guilty = event.guilty.frame == i;
        for (const std::string& lock : locks_taken_in(event.report, event.report.frames[i].function))
            row.locks << qs(lock);
        const bool known = i < event.symbols.size() && event.symbols[i];
        add_symbols(known ? *event.symbols[i] : Resolution{}, rows, std::move(row));
    }
    for (const Section& section : event.report.sections) {
        if (section.frames.empty() || same_frames(section.frames, event.report.frames)) continue;
        head(title_of(section), section.line);
        int number = 0;
        for (const Frame& frame : section.frames) rows.push_back(frame_row(frame, number++));
    }
    return rows;
}

void StackModel::set_rows(std::vector<StackRow> rows) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

QModelIndex StackModel::index_of_frame(std::size_t frame) const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i].frame == frame && rows_[i].kind == StackRow::Kind::frame) return index(static_cast<int>(i));
    return {};
}

int StackModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant StackModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const StackRow& row = rows_[static_cast<std::size_t>(index.row())];
    const QString name = row.text + row.offset + (row.module.isEmpty() ? QString() : " [" + row.module + "]");
    if (role == Qt::DisplayRole) return name;
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) {
        QStringList words{name, row.full_place, row.call, row.doubt,
                          row.locks.isEmpty() ? QString() : "holds " + row.locks.join(", ")};
        words.removeAll(QString());
        return words.join('\n');
    }
    return {};
}

}  // namespace stallsight::gui
