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
    Search(const std::vector<std::unique_ptr<LoadedFile>>& files, const std::string& callee)
        : files_(files), callee_(callee) {}

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

    // A function that its file does not define is a global one of the kernel or of another module.
    Step find(LoadedFile& from, const Call& call) {
        if (call.target_address) {
            const std::lock_guard lock(from.mutex());
            return {&from, from.symbols().at(*call.target_address), {}};
        }
        for (const auto& file : files_) {
            if (file->about().machine != from.about().machine) continue;
            const std::lock_guard lock(file->mutex());
            const auto symbols = file->symbols().named(call.target);
            const auto global = std::find_if(symbols.begin(), symbols.end(), [&](const Symbol* symbol) {
                return symbol->global && symbol->name == call.target;
            });
            if (global != symbols.end()) return {file.get(), *global, {}};
        }
        return {};
    }

    const std::vector<std::unique_ptr<LoadedFile>>& files_;
    const std::string& callee_;
    std::deque<Step> steps_;
    std::set<const Symbol*> seen_;
    TailPath result_;
    std::size_t length_ = 0;  // of the path found
};

}  // namespace

TailPath tail_path(const std::vector<std::unique_ptr<LoadedFile>>& files, LoadedFile& caller, const Call& call,
                   const std::string& callee) {
    return Search(files, callee).run(caller, call);
}

}  // namespace stallsight
