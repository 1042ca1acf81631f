#include "symbolizer/tail_path.h"

#include <algorithm>
#include <deque>
#include <set>

namespace stallsight {
namespace {

// x64_sys_call jumps to some 360 system calls, of which many end in a jump again.
constexpr std::size_t most_functions = 2000;
constexpr std::size_t longest_path = 4;

struct Step {
    LoadedFile* file = nullptr;
    const Symbol* symbol = nullptr;
    std::vector<std::string> path;
};

class Search {
public:
    Search(DebugFiles& files, const std::string& callee) : files_(files), callee_(callee) {}

    TailPath run(LoadedFile& caller, const Call& call) {
        follow(caller, call, {});
        while (!steps_.empty() && (!result_.found || steps_.front().path.size() == length_)) {
            const Step step = std::move(steps_.front());
            steps_.pop_front();
            expand(step);
        }
        return std::move(result_);
    }

private:
    void expand(const Step& step) {
        TailCalls jumps;
        {
            const std::lock_guard lock(step.file->mutex());
            jumps = step.file->call_sites().tail_calls(*step.symbol);
        }
        result_.indirect |= jumps.indirect;
        for (const Call& jump : jumps.direct) {
            const bool arrived = jump.target == callee_ || names(*step.file, jump, callee_);
            if (arrived) return arrive(step.path);
            if (step.path.size() >= longest_path || seen_.size() >= most_functions) {
                result_.complete = false;
            } else {
                follow(*step.file, jump, step.path);
            }
        }
    }

    // Several ways of one length (x64_sys_call leads to do_writev over two system calls): what they share is said.
    void arrive(const std::vector<std::string>& path) {
        if (!result_.found) result_.functions = path;
        result_.found = true;
        length_ = path.size();
        auto& shared = result_.functions;
        const auto end = std::mismatch(shared.begin(), shared.end(), path.begin(), path.end()).first;
        shared.erase(end, shared.end());
    }

    static bool names(LoadedFile& file, const Call& call, const std::string& name) {
        const std::lock_guard lock(file.mutex());
        return call.target_address && file.symbols().starts(name, *call.target_address);
    }

    void follow(LoadedFile& from, const Call& call, std::vector<std::string> path) {
        const Step next = find(from, call);
        if (!next.symbol) {
            result_.complete = false;
            return;
        }
        if (!seen_.insert(next.symbol).second) return;
        path.push_back(call.target);
        steps_.push_back({next.file, next.symbol, std::move(path)});
    }

    // A function that its file does not define is a global one of the kernel, or of a module that it depends on.
    Step find(LoadedFile& from, const Call& call) {
        if (call.target_address) {
            const std::lock_guard lock(from.mutex());
            return {&from, from.symbols().at(*call.target_address), {}};
        }
        std::vector<std::string> modules = from.elf().depends();
        modules.emplace_back("vmlinux");
        for (const std::string& module : modules)
            for (LoadedFile* file : files_.of(module))
                if (const Symbol* symbol = global(*file, from, call.target)) return {file, symbol, {}};
        return {};
    }

    static const Symbol* global(LoadedFile& file, const LoadedFile& from, const std::string& name) {
        if (file.about().machine != from.about().machine) return nullptr;
        const std::lock_guard lock(file.mutex());
        const auto symbols = file.symbols().named(name);
        const auto found = std::find_if(symbols.begin(), symbols.end(), [&](const Symbol* symbol) {
            return symbol->global && symbol->name == name;
        });
        return found == symbols.end() ? nullptr : *found;
    }

    DebugFiles& files_;
    const std::string& callee_;
    std::deque<Step> steps_;
    std::set<const Symbol*> seen_;
    TailPath result_;
    std::size_t length_ = 0;  // of the path found
};

}  // namespace

TailPath tail_path(DebugFiles& files, LoadedFile& caller, const Call& call, const std::string& callee) {
    return Search(files, callee).run(caller, call);
}

}  // namespace stallsight
