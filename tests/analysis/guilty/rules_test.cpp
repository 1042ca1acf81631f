// Each family of helpers is covered, in all its spellings from 3.x to 6.x; functions whose doing a report may be
// are not. Names are the kernel's, of the files that the rules name.
#include "analysis/guilty/rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stallsight {
namespace {

struct Family {
    const char* name;
    Group group;
    std::vector<const char*> functions;
};

void PrintTo(const Family& family, std::ostream* out) {
    *out << family.name;
}

class RuleFamily : public testing::TestWithParam<Family> {};

TEST_P(RuleFamily, IsCovered) {
    for (const char* function : GetParam().functions) {
        const Rule* rule = rule_for(function);
        ASSERT_NE(rule, nullptr) << function;
        EXPECT_EQ(rule->group, GetParam().group) << function << " by " << rule->pattern;
    }
}

const Family families[] = {
    {"faults_x86",
     Group::reporting,
     {"exc_page_fault", "asm_exc_general_protection", "spurious_kernel_fault", "mm_fault_error", "do_int3"}},
    {"faults_arm",
     Group::reporting,
     {"do_DataAbort", "die_kernel_fault", "do_sect_fault", "el1_abort", "el1h_64_sync_handler", "do_sea",
      "do_el1_undef", "do_kernel_address_page_fault"}},
    {"faults_powerpc",
     Group::reporting,
     {"bad_page_fault", "data_access_common_virt", "hash__do_page_fault", "program_check_exception",
      "alignment_common", "machine_check_early", "unrecoverable_exception"}},
    {"faults_mips_loongarch",
     Group::reporting,
     {"do_ade", "do_bp", "do_ri", "handle_ri_int", "handle_adel_int", "tlb_do_page_fault_0", "handle_tlbl"}},
    {"faults_riscv_s390",
     Group::reporting,
     {"do_trap_insn_illegal", "do_trap_break", "__do_pgm_check", "pgm_check_handler", "do_dat_exception",
      "kernel_stack_overflow"}},
    {"interrupts",
     Group::interrupt,
     {"asm_sysvec_apic_timer_interrupt", "smp_apic_timer_interrupt", "common_interrupt", "__irq_svc", "el1_irq",
      "el1h_64_irq_handler", "gic_handle_irq", "call_on_irq_stack", "timer_interrupt", "decrementer_common_virt",
      "handle_int", "plat_irq_dispatch", "handle_riscv_irq", "do_ext_irq", "handle_loongarch_irq"}},
    {"entries",
     Group::entry,
     {"entry_SYSCALL_64_after_hwframe", "system_call_fastpath", "ret_fast_syscall", "el0_svc_common",
      "invoke_syscall", "system_call_exception", "handle_sys", "syscall_common", "ret_from_exception",
      "kernel_thread_helper", "start_secondary"}},
    {"locks_of_preempt_rt",
     Group::locking,
     {"rt_spin_lock", "rwbase_read_lock", "__rwbase_read_unlock", "rt_write_lock", "rtlock_slowlock_locked",
      "rtmutex_spin_on_owner"}},
    {"locks_in_wrappers",
     Group::locking,
     {"cpus_read_lock", "mmap_read_lock", "mmap_write_lock_killable", "raw_spin_rq_lock_nested", "task_rq_lock"}},
    {"waits",
     Group::waiting,
     {"flush_delayed_work", "drain_workqueue", "destroy_workqueue", "kthread_create_on_node", "hrtimer_cancel",
      "tasklet_kill", "finish_swait", "stop_machine", "sleep_on_buffer", "cv_wait_common", "__cv_wait_io"}},
    {"slab_inside",
     Group::allocating,
     {"____cache_alloc_node", "deactivate_slab", "get_freepointer_safe", "__unfreeze_partials", "ksize",
      "free_block"}},
    {"address_space_and_pools",
     Group::allocating,
     {"alloc_vmap_area", "__get_vm_area_node", "vmap", "dma_pool_free", "gen_pool_alloc_algo_owner",
      "sg_alloc_table"}},
    {"pages_of_files",
     Group::allocating,
     {"pagecache_get_page", "__filemap_get_folio", "do_read_cache_folio", "read_cache_page_gfp",
      "grab_cache_page_write_begin"}},
    {"what_compilers_call",
     Group::helper,
     {"__x86_indirect_thunk_rax", "srso_alias_return_thunk", "__div0", "Ldiv0_64", "__udivdi3"}},
    {"switched_off_once_too_often",
     Group::helper,
     {"__enable_irq", "__free_irq", "clk_core_disable", "_regulator_put", "__pm_runtime_resume"}},
    {"dma_debugging",
     Group::helper,
     {"debug_dma_map_page", "check_unmap", "dma_unmap_page_attrs", "swiotlb_map", "add_dma_entry"}},
    {"registers_of_devices",
     Group::helper,
     {"ioread32", "regmap_update_bits_base", "_regmap_write", "ioremap_prot"}},
};

INSTANTIATE_TEST_SUITE_P(Kernel, RuleFamily, testing::ValuesIn(families),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Rules, LeaveAloneWhoseDoingItMayBe) {
    for (const char* function :
         {"tcp_ack", "ext4_writepages", "jbd2_journal_commit_transaction", "filemap_read", "usbhid_open", "do_exit",
          "vc4_atomic_commit_tail", "enqueue_timer", "try_to_wake_up", "skb_release_data", "remove_wait_queue",
          "synchronize_rcu", "dev_watchdog", "kernfs_name_hash", "put_css_set_locked", "e1000_clean"})
        EXPECT_EQ(rule_for(function), nullptr) << function << " by " << rule_for(function)->pattern;
}

TEST(Rules, WorkIsDispatchedFrom) {
    for (const char* function :
         {"process_one_work", "call_timer_fn", "__napi_poll", "irq_thread_fn", "really_probe", "platform_probe",
          "kthread_worker_fn", "__flush_smp_call_function_queue"})
        EXPECT_TRUE(is_dispatcher(function)) << function;
}

TEST(Rules, ACpuWaitsForTheOthers) {
    EXPECT_TRUE(waits_for_cpus("smp_call_function_many_cond"));
    EXPECT_TRUE(waits_for_cpus("multi_cpu_stop"));
    EXPECT_FALSE(waits_for_cpus("flush_tlb_mm_range"));
}

}  // namespace
}  // namespace stallsight
