#include "analysis/vmcore/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/vmcore/tasks.h"

namespace stallsight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

KernelTask task(const std::string& comm, int pid, const std::string& state,
                const std::vector<std::string>& functions) {
    KernelTask made;
    made.task = {comm, pid};
    made.state = state;
    made.cpu = 0;
    for (const std::string& function : functions) made.frames.emplace_back().function = function;
    return made;
}

std::vector<std::string> texts(const KernelState& state) {
    std::vector<std::string> list;
    for (const MemorySentence& sentence : memory_sentences(state)) list.push_back(sentence.text);
    return list;
}

class Sentences : public testing::Test {
protected:
    void SetUp() override {
        state.tasks = {
            task("writer", 10, "UN", {"__schedule", "schedule", "rwsem_down_write_slowpath", "write_it"}),
            task("reader", 11, "UN", {"__schedule", "schedule", "__mutex_lock", "read_it"}),
            task("third", 12, "IN", {"__schedule", "schedule", "schedule_timeout", "msleep"})};
    }
    KernelState state;
};

TEST_F(Sentences, NothingIsWaitedFor) {
    EXPECT_THAT(texts(state), IsEmpty());
}

TEST_F(Sentences, ADeadlockIsOneSentenceWhoeverIsBehindIt) {
    state.waits = {{0, "rw_semaphore", "b", 0x20, 1, false}, {1, "mutex", "a", 0x10, 0, false}};
    state.tasks.push_back(task("victim", 13, "UN", {"__schedule", "__mutex_lock"}));
    state.waits.push_back({3, "mutex", "a", 0x10, 0, false});
    EXPECT_THAT(texts(state),
                ElementsAre("Deadlock: writer (pid 10) waits for b, which reader (pid 11) holds, reader "
                            "(pid 11) waits for a, which writer (pid 10) holds.",
                            "victim (pid 13) waits in __mutex_lock for a, held by writer (pid 10), which "
                            "waits for b."));
}

TEST_F(Sentences, ATaskThatWaitsForItselfIsADeadlock) {
    state.waits = {{0, "mutex", "a", 0x10, 0, false}};
    EXPECT_THAT(texts(state), ElementsAre("Deadlock: writer (pid 10) waits for a, which writer (pid 10) holds."));
}

TEST_F(Sentences, LocksWithoutNameOrHolder) {
    state.waits = {{0, "rw_semaphore", "", 0xffff, 2, true}, {1, "semaphore", "s", 0x10, {}, false}};
    EXPECT_THAT(texts(state),
                ElementsAre("writer (pid 10) waits in write_it for an rw_semaphore at 0xffff, held by "
                            "readers, the last to come was third (pid 12), which sleeps in msleep.",
                            "reader (pid 11) waits in read_it for s."));
}

TEST_F(Sentences, APreemptedReaderHoldsUpTheGracePeriod) {
    state.tasks[1].frames = task("", 0, "", {"__schedule", "__wait_rcu_gp", "synchronize_rcu"}).frames;
    state.rcu.emplace();
    state.rcu->readers = {2};
    EXPECT_THAT(texts(state), IsEmpty());  // no grace period is in progress
    state.rcu->in_progress = true;
    EXPECT_THAT(texts(state), ElementsAre("third (pid 12) sleeps inside an RCU read-side critical section; reader "
                                          "(pid 11) waits in synchronize_rcu behind it."));
    state.tasks[2].state = "RU";
    EXPECT_THAT(texts(state),
                ElementsAre("third (pid 12) was preempted inside an RCU read-side critical section; reader "
                            "(pid 11) waits in synchronize_rcu behind it."));
}

TEST_F(Sentences, AGracePeriodThatNobodyWaitsForIsNoNews) {
    state.tasks[2].active = true;
    state.run_queues = {{0, 2, {}}};
    state.rcu.emplace().in_progress = true;
    state.rcu->cpus = {{0, 1, true, 0}};
    EXPECT_THAT(texts(state), IsEmpty());
}

// crash 8.0.2's words; bits: include/linux/sched.h of Linux 6.1. Of TASK_RTLOCK_WAIT and TASK_FROZEN /proc says D.
TEST(TaskState, IsNamedAsCrashNamesIt) {
    struct Row {
        std::uint64_t state, exit_state;
        const char* name;
    };
    const Row rows[] = {{0, 0, "RU"},       {1, 0, "IN"},       {2, 0, "UN"},     {0x402, 0, "ID"},
                        {0x102, 0, "UN"},   {4, 0, "ST"},       {8, 0, "TR"},     {0x40, 0, "PA"},
                        {0x80, 0x20, "ZO"}, {0x80, 0x10, "DE"}, {0x800, 0, "NE"}, {0x2001, 0, "IN"},
                        {0x1000, 0, "UN"},  {0x8000, 0, "UN"}};
    for (const Row& row : rows) EXPECT_EQ(state_name(row.state, row.exit_state), row.name) << row.state;
}

// A session of crash shows stacks and nothing else of memory.
TEST_F(Sentences, StacksOfASessionTellWhoWaits) {
    state.tasks.push_back(
        task("other", 14, "UN", {"__schedule", "schedule", "__mutex_lock.constprop.0", "read_it"}));
    state.tasks.push_back(
        task("updater", 15, "UN", {"schedule_timeout", "__wait_rcu_gp", "synchronize_rcu", "drop"}));
    state.tasks.push_back(task("woken", 16, "RU", {"__schedule", "__mutex_lock", "read_it"}));
    state.tasks.push_back(task("busy", 17, "RU", {"poll_it", "thread"}));
    state.tasks.back().active = true;
    state.tasks.push_back(task("swapper/1", 0, "RU", {"default_idle"}));
    state.tasks.back().active = true;
    EXPECT_THAT(texts(state), IsEmpty());  // a dump's memory would have said so
    for (KernelTask& each : state.tasks) each.line = 1;
    EXPECT_THAT(texts(state),
                ElementsAre("updater (pid 15) waits in synchronize_rcu, while CPU 0 runs busy (pid 17) in poll_it.",
                            "reader (pid 11) and other (pid 14) wait in read_it for a mutex.",
                            "writer (pid 10) waits in write_it for an rw_semaphore."));
    EXPECT_EQ(memory_sentences(state)[1].tasks, (std::vector<std::size_t>{1, 3}));
}

TEST_F(Sentences, ManyThatWaitAlikeAreCounted) {
    for (int pid = 20; pid < 24; ++pid)
        state.tasks.push_back(task("reader", pid, "UN", {"__schedule", "__mutex_lock", "read_it"}));
    state.tasks[0].line = 1;
    EXPECT_EQ(texts(state)[0],
              "reader (pid 11), reader (pid 20), reader (pid 21) and 2 more tasks wait in read_it for a mutex.");
}

// No structure tells who waits for a spin lock: the stack does, in a dump, too.
TEST_F(Sentences, ACpuThatSpinsForALock) {
    state.tasks.push_back(task(
        "busy", 17, "RU", {"native_queued_spin_lock_slowpath", "_raw_spin_lock_irqsave", "take_it", "thread"}));
    EXPECT_THAT(texts(state), IsEmpty());
    state.tasks.back().active = true;
    EXPECT_THAT(texts(state), ElementsAre("CPU 0 spins in take_it for a spin lock, running busy (pid 17)."));
}

}  // namespace
}  // namespace stallsight
