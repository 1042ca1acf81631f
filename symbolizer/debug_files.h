// The debug files that there are. Those of a folder are listed by module name and build-id, and read when somebody
// asks for one: a distribution's folder has thousands of compressed modules.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "symbolizer/loaded_file.h"
#include "symbolizer/system_map.h"

namespace stallsight {

// Safe to use from several threads. What is returned lives as long as this does.
class DebugFiles {
public:
    // Downloads report to `progress`, and stop when it is cancelled.
    explicit DebugFiles(const Progress* progress) : progress_(progress) {}

    Result<DebugFile> add(const std::string& name, const Bytes& bytes);
    void add_lazily(const std::string& name, const Bytes& bytes);
    std::vector<Error> add_directory(const std::string& path);

    // The files of a module ("vmlinux" for the kernel), and of `build_id` where it is not empty: then debuginfod is
    // asked, too, if the user has set DEBUGINFOD_URLS and nobody else has that build.
    std::vector<LoadedFile*> of(std::string_view module, const std::string& build_id = {});
    [[nodiscard]] bool has(std::string_view module) const;
    [[nodiscard]] std::vector<const SystemMap*> maps() const;

    [[nodiscard]] std::vector<DebugFile> about() const;  // of those that were read
    // Why files could not be read since this was asked last, and what is lacking in those that were.
    std::vector<Error> take_errors();
    void keep_indexes();

private:
    struct Listed {
        std::string path, module, build_id;  // as the path says them; either may be empty
        std::optional<Bytes> bytes;          // of a file that is given; else that at `path` is read
        bool read = false;
    };

    void list(const std::string& path);
    void read(Listed& listed);
    Result<DebugFile> read(const std::string& name, const Bytes& bytes, const std::string& path);
    void download(std::string_view module, const std::string& build_id);
    void name_by_build_id();

    const Progress* progress_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<LoadedFile>> files_;
    std::deque<SystemMap> maps_;
    std::vector<Listed> listed_;
    std::vector<std::string> asked_;  // build-ids that debuginfod was asked for
    std::vector<Error> errors_;
};

// The log's build-id may be cut off, and so may a file's be.
bool same_build(std::string_view file, std::string_view log);

}  // namespace stallsight
