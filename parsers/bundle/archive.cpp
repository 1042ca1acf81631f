#include "parsers/bundle/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>

#include "base/private_file.h"
#include "parsers/bundle/salvage.h"

namespace stallsight {

namespace {

constexpr std::uint64_t in_memory_up_to = 4U << 20U;
constexpr std::uint64_t salvage_up_to = 1ULL << 30U;

struct ArchiveCloser {
    void operator()(struct archive* a) const { ::archive_read_free(a); }
};
using ArchiveHandle = std::unique_ptr<struct archive, ArchiveCloser>;

bool starts_with(std::string_view bytes, std::string_view magic) {
    return bytes.substr(0, magic.size()) == magic;
}

bool is_tar(std::string_view bytes) {
    return bytes.size() > 262 && bytes.substr(257, 5) == "ustar";
}

std::string errno_text() {
    return std::generic_category().message(errno);
}

// Collects a member: in memory first, in a private file once it grows.
class Sink {
public:
    bool append(std::string_view part) {
        size_ += part.size();
        if (!file_ && size_ <= in_memory_up_to) {
            memory_.append(part);
            return true;
        }
        return (file_ || spill()) && file_->append(part);
    }

    [[nodiscard]] std::uint64_t size() const { return size_; }

    Result<Bytes> finish(const std::string& name) {
        if (!file_) return Bytes::own(std::move(memory_));
        return Bytes::map_descriptor(file_->descriptor(), name);
    }

private:
    bool spill() {
        auto file = PrivateFile::create();
        if (!file || !file->append(memory_)) return false;
        file_ = std::move(*file);
        memory_ = {};
        return true;
    }

    std::string memory_;
    std::optional<PrivateFile> file_;
    std::uint64_t size_ = 0;
};

// A member's name is a label here and never a place to write to; it is still made to look like what it is.
std::string safe_path(std::string_view stored) {
    std::string out;
    while (!stored.empty()) {
        const std::size_t slash = stored.find('/');
        const std::string_view part = stored.substr(0, slash);
        stored = slash == std::string_view::npos ? std::string_view() : stored.substr(slash + 1);
        if (part.empty() || part == "." || part == "..") continue;
        if (!out.empty()) out += '/';
        out += part;
    }
    return out;
}

std::string archive_error(struct archive* a) {
    const char* text = ::archive_error_string(a);
    return text != nullptr ? text : "unreadable archive";
}

tl::expected<ArchiveHandle, std::string> open_archive(std::string_view bytes) {
    ArchiveHandle a(::archive_read_new());
    ::archive_read_support_filter_all(a.get());
    ::archive_read_support_format_tar(a.get());
    ::archive_read_support_format_zip(a.get());
    ::archive_read_support_format_7zip(a.get());
    ::archive_read_support_format_cpio(a.get());
    ::archive_read_support_format_raw(a.get());
    if (::archive_read_open_memory(a.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        return tl::unexpected<std::string>(archive_error(a.get()));
    return a;
}

struct Reader {
    const std::string& name;
    std::uint64_t packed;
    const BundleLimits& limits;
    std::uint64_t& total;
    const Progress& progress;
    std::vector<Error>& problems;

    [[nodiscard]] std::string over_limit(std::uint64_t member) const {
        if (member > limits.member_bytes) return "member is larger than the limit";
        if (total > limits.total_bytes) return "archive unpacks to more than the limit";
        if (total > (1ULL << 30U) && total / std::max<std::uint64_t>(packed, 1) > limits.ratio)
            return "archive unpacks to " + std::to_string(limits.ratio) + " times its size: stopped";
        return {};
    }

    // Returns whether reading can go on behind this member.
    bool read_member(struct archive* a, ArchiveMember& member) const {
        Sink sink;
        std::string problem;
        bool go_on = true;
        while (problem.empty()) {
            const void* block = nullptr;
            std::size_t length = 0;
            la_int64_t offset = 0;
            const int status = ::archive_read_data_block(a, &block, &length, &offset);
            if (status == ARCHIVE_EOF) break;
            if (status < ARCHIVE_WARN) {
                problem = archive_error(a) + ": kept the first " + std::to_string(sink.size()) + " bytes";
                go_on = status != ARCHIVE_FATAL;
                break;
            }
            total += length;
            if (!sink.append({static_cast<const char*>(block), length}))
                problem = "cannot write a temporary file: " + errno_text();
            if (problem.empty()) problem = over_limit(sink.size());
            if (!problem.empty() || progress.cancelled) go_on = false;
            if (progress.cancelled) break;
        }
        member.truncated = !problem.empty();
        if (!problem.empty())
            problems.push_back({problem, name, member.path.empty() ? "" : "member " + member.path});
        auto bytes = sink.finish(member.path);
        if (bytes)
            member.bytes = *bytes;
        else
            problems.push_back(bytes.error());
        return go_on;
    }
};

void read_members(const std::string& name, std::string_view bytes, const BundleLimits& limits,
                  std::uint64_t& unpacked_total, const Progress& progress,
                  const std::function<void(ArchiveMember)>& take, std::vector<Error>& problems) {
    auto opened = open_archive(bytes);
    if (!opened) {
        problems.push_back({opened.error(), name, ""});
        return;
    }
    const ArchiveHandle a = std::move(*opened);
    const Reader reader{name, bytes.size(), limits, unpacked_total, progress, problems};
    for (std::size_t count = 0; !progress.cancelled; ++count) {
        struct archive_entry* entry = nullptr;
        const int status = ::archive_read_next_header(a.get(), &entry);
        if (status == ARCHIVE_EOF) return;
        if (status < ARCHIVE_WARN) {
            problems.push_back({archive_error(a.get()), name, "after member " + std::to_string(count)});
            return;
        }
        if (count >= limits.members) {
            problems.push_back({"more members than the limit of " + std::to_string(limits.members), name, ""});
            return;
        }
        const bool raw = ::archive_format(a.get()) == ARCHIVE_FORMAT_RAW;
        if (!raw && ::archive_entry_filetype(entry) != AE_IFREG) continue;
        const char* stored = ::archive_entry_pathname(entry);
        ArchiveMember member;
        if (!raw) member.path = safe_path(stored != nullptr ? stored : "");
        const bool go_on = reader.read_member(a.get(), member);
        take(std::move(member));
        if (!go_on) return;
    }
}

}  // namespace

bool is_packed(std::string_view bytes) {
    using namespace std::string_view_literals;
    static constexpr std::array magics = {"\x1f\x8b"sv,
                                          "\xfd"
                                          "7zXZ\0"sv,
                                          "\x28\xb5\x2f\xfd"sv,
                                          "BZh"sv,
                                          "\x04\x22\x4d\x18"sv,
                                          "PK\x03\x04"sv,
                                          "PK\x05\x06"sv,
                                          "7z\xbc\xaf\x27\x1c"sv,
                                          "070701"sv,
                                          "070707"sv};
    for (const std::string_view magic : magics)
        if (starts_with(bytes, magic)) return true;
    return is_tar(bytes);
}

void read_archive(const std::string& name, std::string_view bytes, const BundleLimits& limits,
                  std::uint64_t& unpacked_total, const Progress& progress,
                  const std::function<void(ArchiveMember)>& take, std::vector<Error>& problems) {
    if (!is_gzip(bytes)) {
        read_members(name, bytes, limits, unpacked_total, progress, take, problems);
        return;
    }
    std::vector<ArchiveMember> members;
    const auto keep = [&](ArchiveMember member) { members.push_back(std::move(member)); };
    const std::size_t before = problems.size();
    read_members(name, bytes, limits, unpacked_total, progress, keep, problems);
    const bool damaged = problems.size() > before && problems[before].what.find("gzip") != std::string::npos;
    if (damaged) {
        members.clear();
        problems.resize(before + 1);
        problems.back().place.clear();
        const Bytes salvaged = salvage_gzip(bytes, salvage_up_to);
        problems.back().what += "; " + std::to_string(salvaged.size()) + " bytes before the damage are readable";
        std::vector<Error> follows;  // that the rest is missing has been said
        read_members(name, salvaged.view(), limits, unpacked_total, progress, keep, follows);
        if (!members.empty()) members.back().truncated = true;
    }
    for (ArchiveMember& member : members) take(std::move(member));
}

}  // namespace stallsight
