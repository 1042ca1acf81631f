/* The memory of a kernel in small: linked, its image is the dump. Tasks that wait for each kind of lock, each waiter's
 * entry on its stack, and a module with mem[]. Structures as in Linux 6.4, or, with LINUX_7_2, as in 7.2, as far as they
 * are read. */

const char linux_banner[] = "Linux version 6.4.0-small (x@y) #1 SMP";

struct list_head {
    struct list_head *next, *prev;
};
typedef struct {
    long counter;
} atomic_long_t;

/* The list of those that wait for a lock: through the lock, or, in 7.2, without it. */
#ifdef LINUX_7_2
#define WAIT_LIST(waiter_type) struct waiter_type* first_waiter
#define FIRST(lock) .first_waiter = &lock##_stack.waiter
#define BEFORE_FIRST(lock) lock##_next_stack.waiter.list
#define BEHIND_LAST(lock) lock##_stack.waiter.list
#else
#define WAIT_LIST(waiter_type) struct list_head wait_list
#define FIRST(lock) .wait_list = {&lock##_stack.waiter.list, &lock##_next_stack.waiter.list}
#define BEFORE_FIRST(lock) lock.wait_list
#define BEHIND_LAST(lock) lock.wait_list
#endif

struct mutex {
    atomic_long_t owner;
    WAIT_LIST(mutex_waiter);
};
struct mutex_waiter {
    struct list_head list;
    struct task_struct* task;
};
struct rw_semaphore {
    atomic_long_t count, owner;
    WAIT_LIST(rwsem_waiter);
};
struct rwsem_waiter {
    struct list_head list;
    struct task_struct* task;
    int type;
};
struct semaphore {
    unsigned count;
    WAIT_LIST(semaphore_waiter);
};
struct semaphore_waiter {
    struct list_head list;
    struct task_struct* task;
    _Bool up;
};
struct rt_mutex_base {
    int wait_lock;
    struct task_struct* owner;
};
struct rt_mutex_waiter {
    struct task_struct* task;
    struct rt_mutex_base* lock;
};
struct rwbase_rt {
    int readers;
    struct rt_mutex_base rtmutex;
};
struct task_struct {
    void* stack;
    int pid;
    struct rt_mutex_waiter* pi_blocked_on;
    struct {
        unsigned long sp;
    } thread;
};

/* include/linux/module.h since 6.4 */
enum mod_mem_type { MOD_TEXT, MOD_DATA, MOD_RODATA, MOD_RO_AFTER_INIT, MOD_INIT_TEXT, MOD_INIT_DATA, MOD_MEM_NUM_TYPES };
struct module_memory {
    void* base;
    unsigned size;
};
struct elf64_sym {
    unsigned st_name;
    unsigned char st_info, st_other;
    unsigned short st_shndx;
    unsigned long st_value, st_size;
};
struct mod_kallsyms {
    struct elf64_sym* symtab;
    unsigned num_symtab;
    char* strtab;
};
struct module {
    struct list_head list;
    char name[56];
    struct module_memory mem[MOD_MEM_NUM_TYPES];
    struct mod_kallsyms* kallsyms;
};

extern struct task_struct holder;

/* The waiter's entry, and below it what inner functions saved: the next waiter's entry, then the lock. */
#define STACK_OF(waiter_type) \
    struct { \
        long before[1024]; \
        struct waiter_type waiter; \
        long behind[1000]; \
    }

/* Two tasks wait for the lock, one behind the other. */
#define WAITS(kind, waiter_type, lock, ...) \
    extern struct kind lock; \
    extern struct task_struct lock##_task, lock##_next_task; \
    extern STACK_OF(waiter_type) lock##_next_stack; \
    STACK_OF(waiter_type) lock##_stack = { \
        .before = {[950] = (long)&lock##_next_stack.waiter, [960] = (long)&lock}, \
        .waiter = {.list = {&lock##_next_stack.waiter.list, &BEFORE_FIRST(lock)}, .task = &lock##_task}}; \
    typeof(lock##_next_stack) lock##_next_stack = { \
        .waiter = {.list = {&BEHIND_LAST(lock), &lock##_stack.waiter.list}, \
                   .task = &lock##_next_task}}; \
    struct task_struct lock##_task = {.stack = &lock##_stack, .thread = {(long)&lock##_stack.before[900]}}; \
    struct task_struct lock##_next_task = {.stack = &lock##_next_stack}; \
    struct kind lock = {FIRST(lock), __VA_ARGS__}

struct task_struct holder;
WAITS(mutex, mutex_waiter, a_mutex, .owner = {(long)&holder + 1});            /* MUTEX_FLAG_WAITERS */
WAITS(rw_semaphore, rwsem_waiter, written_rwsem, .owner = {(long)&holder});   /* a writer holds it */
WAITS(rw_semaphore, rwsem_waiter, read_rwsem, .owner = {(long)&holder + 1});  /* RWSEM_READER_OWNED */
WAITS(semaphore, semaphore_waiter, a_semaphore, );

struct rt_mutex_base an_rt_mutex = {.owner = (struct task_struct*)((char*)&holder + 1)}; /* RT_MUTEX_HAS_WAITERS */
struct task_struct an_rt_mutex_task;
struct rt_mutex_waiter an_rt_waiter = {&an_rt_mutex_task, &an_rt_mutex};
struct task_struct an_rt_mutex_task = {.pi_blocked_on = &an_rt_waiter};

/* PREEMPT_RT: a writer that has the rt_mutex waits for two readers, and a reader waits for the writer. */
extern struct task_struct rwbase_writer_task;
struct rwbase_rt a_rwbase = {.readers = 2, .rtmutex = {.owner = (struct task_struct*)((char*)&rwbase_writer_task + 1)}};
long rwbase_writer_stack[2048] = {[960] = (long)&a_rwbase};
struct task_struct rwbase_writer_task = {.stack = rwbase_writer_stack, .thread = {(long)&rwbase_writer_stack[900]}};
struct rt_mutex_waiter rwbase_reader = {&rwbase_writer_task, &a_rwbase.rtmutex};
struct task_struct rwbase_reader_task = {.pi_blocked_on = &rwbase_reader};

char module_text[256], module_data[128];
char module_names[] = "\0module_function\0module_variable\0__start_alloc_tags";
struct elf64_sym module_symbols[] = {
    {0},
    {.st_name = 1, .st_shndx = 1, .st_value = (unsigned long)module_text},
    {.st_name = 17, .st_shndx = 2, .st_value = (unsigned long)module_data},
    {.st_name = 33, .st_shndx = 2, .st_value = (unsigned long)module_data}};
struct mod_kallsyms module_kallsyms = {module_symbols, 4, module_names};
extern struct list_head modules;
struct module a_module = {.list = {&modules, &modules},
                          .name = "small_module",
                          .mem = {[MOD_TEXT] = {module_text, sizeof module_text},
                                  [MOD_DATA] = {module_data, sizeof module_data}},
                          .kallsyms = &module_kallsyms};
struct list_head modules = {&a_module.list, &a_module.list};

/* kernel/rcu/tree.h before 4.19, with two flavors; CPU 0 is the only one, and nothing is per-CPU. */
struct rcu_node {
    unsigned long qsmask;
    struct list_head blkd_tasks, *gp_tasks;
};
struct rcu_data {
    unsigned long gpnum, completed;
    struct rcu_node* mynode;
    unsigned long grpmask;
    long qlen;
};
struct rcu_state {
    const char* name;
    unsigned long gpnum, completed, gp_start;
    struct task_struct* gp_kthread;
};
struct rcu_node leaf = {.qsmask = 1, .blkd_tasks = {&leaf.blkd_tasks, &leaf.blkd_tasks}};
struct rcu_state rcu_sched_state = {"rcu_sched", 7, 7}, rcu_bh_state = {"rcu_bh", 3, 3},
                 rcu_preempt_state = {"rcu_preempt", 60521, 60520, 4294900000, &holder};
struct rcu_data rcu_sched_data = {7, 7, &leaf, 1, 2}, rcu_bh_data = {3, 3, &leaf, 1, 0},
                rcu_preempt_data = {60520, 60520, &leaf, 1, 12};

void schedule(void) {}
void _start(void) {
    for (;;) schedule();
}
