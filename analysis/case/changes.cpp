#include "analysis/case/changes.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace stallsight {

namespace {

namespace fs = std::filesystem;

std::string errno_text() {
    return std::generic_category().message(errno);
}

// The folder is locked, not the case file: that is another file after each change.
class FolderLock {
public:
    explicit FolderLock(const std::string& path) {
        const fs::path folder = fs::path(path).parent_path();
        fd_ = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        while (fd_ >= 0 && !locked_ && (::flock(fd_, LOCK_EX) == 0 || errno == EINTR)) locked_ = errno != EINTR;
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] bool locked() const { return locked_; }
    void sync() const { ::fsync(fd_); }

private:
    int fd_ = -1;
    bool locked_ = false;
};

Result<void> write_synced(const std::string& path, std::string_view text) {
    ::unlink(path.c_str());  // of a program that was killed
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) return fail("cannot write: " + errno_text(), path);
    bool ok = true;
    while (ok && !text.empty()) {
        const ssize_t n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        ok = n > 0;
        if (ok) text.remove_prefix(static_cast<std::size_t>(n));
    }
    ok = ok && ::fsync(fd) == 0;
    const std::string why = ok ? "" : errno_text();
    if (::close(fd) != 0 && ok) return fail("cannot write: " + errno_text(), path);
    if (!ok) {
        ::unlink(path.c_str());
        return fail("cannot write: " + why, path);
    }
    return {};
}

Result<void> save(const CaseFile& file, const FolderLock& lock) {
    const std::string next = file.path + ".new";
    if (auto written = write_synced(next, to_json(file)); !written) return written;
    std::error_code error;
    fs::rename(next, file.path, error);
    if (error) {
        ::unlink(next.c_str());
        return fail("cannot write: " + error.message(), file.path);
    }
    lock.sync();
    return {};
}

std::string fresh_id(const CaseFile& file) {
    unsigned long long highest = 0;
    for (const Note& note : file.notes)
        if (note.id.starts_with('n')) highest = std::max(highest, std::strtoull(note.id.c_str() + 1, nullptr, 10));
    return "n" + std::to_string(highest + 1);
}

void add(CaseFile& file, Note& note) {
    if (note.id.empty() || file.note(note.id) != nullptr) note.id = fresh_id(file);
    file.notes.push_back(note);
}

// Does the change to what is in the file now.
Result<void> merge(CaseFile& file, Change& change) {
    const auto at = std::find_if(file.notes.begin(), file.notes.end(),
                                 [&](const Note& n) { return change.before && n.id == change.before->id; });
    const bool is_there = at != file.notes.end();
    const bool changed_elsewhere = is_there && !(*at == *change.before);
    if (!is_there || changed_elsewhere) {
        if (changed_elsewhere && !change.after)
            return fail("another window has changed this note meanwhile", file.path, change.before->id);
        change.before.reset();
        if (change.after) add(file, *change.after);
    } else if (change.after) {
        *at = *change.after;
    } else {
        file.notes.erase(at);
    }
    return {};
}

Change reversed(const Change& change) {
    return {change.after, change.before};
}

}  // namespace

Result<void> apply(CaseFile& file, Change& change) {
    const FolderLock lock(file.path);
    if (!lock.locked()) return fail("cannot write: " + errno_text(), file.path);
    auto now = load_case(file.path);
    if (!now) return tl::unexpected<Error>(now.error());
    if (now->bundle.empty()) now->bundle = file.bundle;
    Change done = change;
    if (auto merged = merge(*now, done); !merged) {
        file = std::move(*now);
        return merged;
    }
    if (auto saved = save(*now, lock); !saved) return saved;
    file = std::move(*now);
    change = std::move(done);
    return {};
}

Result<void> History::apply(CaseFile& file, Change change, bool goes_on) {
    if (auto applied = stallsight::apply(file, change); !applied) return applied;
    changes_.resize(done_);
    const bool same_note = !changes_.empty() && changes_.back().after && change.before &&
                           changes_.back().after->id == change.before->id;
    if (goes_on && same_note) {
        changes_.back().after = std::move(change.after);
        return {};
    }
    changes_.push_back(std::move(change));
    done_ = changes_.size();
    return {};
}

Result<void> History::undo(CaseFile& file) {
    if (!can_undo()) return {};
    Change change = reversed(changes_[done_ - 1]);
    if (auto applied = stallsight::apply(file, change); !applied) return applied;
    changes_[--done_] = reversed(change);
    return {};
}

Result<void> History::redo(CaseFile& file) {
    if (!can_redo()) return {};
    Change change = changes_[done_];
    if (auto applied = stallsight::apply(file, change); !applied) return applied;
    changes_[done_++] = std::move(change);
    return {};
}

std::string History::last_id() const {
    if (done_ == 0) return {};
    const Change& change = changes_[done_ - 1];
    return change.after ? change.after->id : std::string();
}

}  // namespace stallsight
