#include "symbolizer/path_calls.h"

#include <algorithm>
#include <set>

namespace stallsight {

namespace {

constexpr std::size_t most_states = 20000;
constexpr std::size_t most_paths = 64;

// A place where a way through the function ends, forks, or makes a call that matters.
struct Turn {
    enum class Kind { call, jump, stop, goal };
    Kind kind = Kind::stop;
    std::uint64_t address = 0;
    std::uint64_t target = 0;  // jump; 0: out of the function, which does not come back
    bool conditional = false;  // jump
    PathCall call;
};

class Reader {
public:
    Reader(CallSites& sites, const Symbol& function, const PathEnd& end,
           const std::function<bool(std::string_view)>& matters)
        : sites_(sites), function_(function), end_(end), matters_(matters) {}

    std::vector<Turn> turns(const MachineCode& code) {
        for_each_step(code, [&](const Step& step) { take(step); });
        if (!end_.return_address) {
            const auto behind = std::find_if(turns_.begin(), turns_.end(),
                                             [&](const Turn& t) { return t.address >= end_.address; });
            turns_.insert(behind, goal(end_.address));
        }
        return std::move(turns_);
    }

private:
    using Kind = Instruction::Kind;

    static Turn goal(std::uint64_t address) {
        Turn turn;
        turn.kind = Turn::Kind::goal;
        turn.address = address;
        return turn;
    }

    void take(const Step& step) {
        if (step.kind == Step::Kind::argument) {
            arguments_[step.argument] = step.value;
            return;
        }
        const Instruction& at = step.instruction;
        if (step.kind == Step::Kind::addition) {
            take_addition(at, step.value);
            return;
        }
        const bool call = at.kind == Kind::direct_call || at.kind == Kind::indirect_call;
        if (step.kind == Step::Kind::branch && call) {
            take_call(at);
            arguments_ = {};
            return;
        }
        Turn turn;
        turn.address = at.address;
        if (step.kind == Step::Kind::branch && at.kind == Kind::direct_jump) {
            const Call where = sites_.target(at);
            turn.kind = Turn::Kind::jump;
            turn.conditional = step.conditional;
            turn.target = where.target_address.value_or(0);  // outside: a tail call, or the return thunk
        }
        turns_.push_back(std::move(turn));
    }

    void take_call(const Instruction& at) {
        if (end_.return_address && at.address + at.size == end_.address) {
            turns_.push_back(goal(at.address));
            return;
        }
        if (at.kind != Kind::direct_call) return;
        const Call call = sites_.target(at);
        if (!matters_(call.target)) return;
        Turn turn;
        turn.kind = Turn::Kind::call;
        turn.address = at.address;
        turn.call = {call.target, at.address - function_.address, arguments_};
        turns_.push_back(std::move(turn));
    }

    // A counter that the compiler changes inline stands for the function that would.
    void take_addition(const Instruction& at, std::optional<std::int64_t> added) {
        const std::string_view variable = sites_.variable(at);
        if (variable.empty() || !matters_(variable)) return;
        Turn turn;
        turn.kind = Turn::Kind::call;
        turn.address = at.address;
        turn.call = {std::string(variable), at.address - function_.address, {added}};
        turns_.push_back(std::move(turn));
    }

    CallSites& sites_;
    const Symbol& function_;
    const PathEnd& end_;
    const std::function<bool(std::string_view)>& matters_;
    std::array<std::optional<std::int64_t>, 2> arguments_;
    std::vector<Turn> turns_;
};

// Walks every way from the function's start; a way is the calls made on it so far.
class Walker {
public:
    explicit Walker(std::vector<Turn> turns) : turns_(std::move(turns)) {}

    std::vector<CallPath> walk(std::uint64_t start) {
        go(start, {});
        while (!open_.empty() && seen_.size() < most_states && goals_.size() < most_paths) {
            auto [index, made] = std::move(open_.back());
            open_.pop_back();
            step(index, std::move(made));
        }
        if (!open_.empty()) return {};  // too many: what was found would say too little
        std::vector<CallPath> paths;
        for (const Made& made : goals_) {
            CallPath path;
            for (const std::size_t index : made) path.push_back(turns_[index].call);
            paths.push_back(std::move(path));
        }
        return paths;
    }

private:
    using Made = std::vector<std::size_t>;  // indices of calls in turns_

    void go(std::uint64_t address, Made made) {
        const auto turn = std::lower_bound(turns_.begin(), turns_.end(), address,
                                           [](const Turn& t, std::uint64_t a) { return t.address < a; });
        if (turn == turns_.end()) return;
        auto state = std::make_pair(static_cast<std::size_t>(turn - turns_.begin()), std::move(made));
        if (seen_.insert(state).second) open_.push_back(std::move(state));
    }

    void step(std::size_t index, Made made) {
        const Turn& turn = turns_[index];
        switch (turn.kind) {
            case Turn::Kind::goal:
                goals_.insert(std::move(made));
                return;
            case Turn::Kind::stop:
                return;
            case Turn::Kind::call:
                if (std::find(made.begin(), made.end(), index) != made.end()) return;  // round a loop
                made.push_back(index);
                go(turn.address + 1, std::move(made));
                return;
            case Turn::Kind::jump:
                if (turn.conditional) go(turn.address + 1, made);
                if (turn.target != 0) go(turn.target, std::move(made));
                return;
        }
    }

    std::vector<Turn> turns_;
    std::vector<std::pair<std::size_t, Made>> open_;
    std::set<std::pair<std::size_t, Made>> seen_;
    std::set<Made> goals_;
};

}  // namespace

std::vector<CallPath> call_paths(CallSites& sites, const Symbol& function, const PathEnd& end,
                                 const std::function<bool(std::string_view)>& matters) {
    const std::uint64_t last = function.address + (function.size != 0 ? function.size : function.span);
    const auto code = sites.code(function.address, last);
    if (!code) return {};
    std::vector<Turn> turns = Reader(sites, function, end, matters).turns(*code);
    for (Turn& turn : turns)
        if (turn.kind == Turn::Kind::jump && (turn.target < function.address || turn.target >= last))
            turn.target = 0;
    return Walker(std::move(turns)).walk(function.address);
}

}  // namespace stallsight
