#include "symbolizer/debuginfod.h"

#include <dlfcn.h>
#include <elfutils/debuginfod.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace stallsight {
namespace {

struct Library {
    decltype(&debuginfod_begin) begin = nullptr;
    decltype(&debuginfod_end) end = nullptr;
    decltype(&debuginfod_find_debuginfo) find_debuginfo = nullptr;
    decltype(&debuginfod_find_executable) find_executable = nullptr;
    decltype(&debuginfod_set_progressfn) set_progress = nullptr;
    decltype(&debuginfod_set_user_data) set_user_data = nullptr;
    decltype(&debuginfod_get_user_data) get_user_data = nullptr;

    Library() {
        void* handle = ::dlopen("libdebuginfod.so.1", RTLD_LAZY);
        if (!handle) return;
        const auto load = [&](auto& function, const char* name) {
            function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
            complete = complete && function;
        };
        complete = true;
        load(begin, "debuginfod_begin");
        load(end, "debuginfod_end");
        load(find_debuginfo, "debuginfod_find_debuginfo");
        load(find_executable, "debuginfod_find_executable");
        load(set_progress, "debuginfod_set_progressfn");
        load(set_user_data, "debuginfod_set_user_data");
        load(get_user_data, "debuginfod_get_user_data");
    }
    bool complete = false;
};

const Library& library() {
    static const Library loaded;
    return loaded;
}

void attach(debuginfod_client* client, const Progress* progress) {
    if (!progress || !client || !library().complete) return;
    library().set_user_data(client, const_cast<Progress*>(progress));
    // Called a few times a second; not 0: give up.
    library().set_progress(client, [](debuginfod_client* asked, long done, long all) -> int {
        // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): the library is complete
        const auto* told = static_cast<const Progress*>(library().get_user_data(asked));
        told->at("downloading debug info", all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 0);
        return told->cancelled ? 1 : 0;
    });
}

}  // namespace

bool Debuginfod::enabled() {
    const char* servers = std::getenv("DEBUGINFOD_URLS");
    return servers && *servers;
}

Result<std::string> Debuginfod::find(const std::string& build_id, What what) const {
    if (!enabled()) return fail("");
    const std::string name = "debuginfod, build-id " + build_id;
    if (!library().complete) return fail("libdebuginfod.so.1 is not installed", name);
    const std::unique_ptr<debuginfod_client, decltype(library().end)> client(library().begin(), library().end);
    if (!client) return fail("does not start", name);
    attach(client.get(), progress_);
    const auto ask = what == What::debuginfo ? library().find_debuginfo : library().find_executable;
    char* path = nullptr;
    const auto* id = reinterpret_cast<const unsigned char*>(build_id.c_str());
    const int file = ask(client.get(), id, 0, &path);  // length 0: the id is text
    if (file == -ENOENT) return fail("no server of DEBUGINFOD_URLS has it", name);
    if (file < 0) return fail(std::strerror(-file), name);
    ::close(file);
    std::string found(path);
    std::free(path);
    return found;
}

void Debuginfod::watch(Dwfl* session) const {
    if (enabled() && library().complete) attach(dwfl_get_debuginfod_client(session), progress_);
}

}  // namespace stallsight
