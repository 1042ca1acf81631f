// Functions from which work of all sorts is called, and those that wait for other CPUs.
#include "analysis/guilty/rules/tables.h"

namespace stallsight {

namespace {

// Where work of all sorts is dispatched from.
constexpr std::string_view dispatchers[] = {
    "process_one_work*",
    "do_syscall_*",
    "do_fast_syscall*",
    "do_int80*",
    "__do_fast_syscall*",
    "do_*_syscall*",
    "sysenter_dispatch*",
    "tracesys_phase2*",
    "el0_svc*",
    "invoke_syscall*",
    "__invoke_syscall*",
    "ret_fast_syscall*",
    "system_call*",
    "x64_sys_call*",
    "ia32_sys_call*",
    "entry_SYSCALL*",
    "entry_INT80*",
    "entry_SYSENTER*",
    "syscall_exit*",
    "syscall_return*",
    "*netif_receive_skb*",
    "do_softirq*",
    "__do_softirq*",
    "handle_softirqs*",
    "call_timer_fn*",
    "*run_timer*",
    "*run_timers*",
    "__hrtimer_run_queues*",
    "hrtimer_run_queues*",
    "hrtimer_interrupt*",
    "tasklet_action*",
    "kthread",
    "ret_from_fork*",
    "ret_from_kernel_thread*",
    "worker_thread*",
    "do_iter_read*",
    "do_iter_write*",
    "vfs_ioctl*",
    "*compat*ioctl*",
    "do_vfs_ioctl*",
    "ksys_ioctl*",
    "*sys_ioctl*",
    "blkdev_ioctl*",
    "__blkdev_driver_ioctl*",
    "blkdev_driver_ioctl*",
    "sock_sendmsg*",
    "__sock_sendmsg*",
    "sock_recvmsg*",
    "sock_do_ioctl*",
    "sock_ioctl*",
    "*___sys_sendmsg*",
    "*___sys_recvmsg*",
    "____sys_sendmsg*",
    "__sys_sendto*",
    "sock_write_iter*",
    "vfs_write*",
    "vfs_read*",
    "__vfs_write*",
    "__vfs_read*",
    "new_sync_write*",
    "new_sync_read*",
    "call_write_iter*",
    "call_read_iter*",
    "do_dentry_open*",
    "vfs_open*",
    "chrdev_open*",
    "mmap_region*",
    "call_mmap*",
    "__do_fault*",
    "do_fault*",
    "do_read_fault*",
    "handle_mm_fault*",
    "__handle_mm_fault*",
    "handle_pte_fault*",

    "rtnetlink_rcv_msg*",

    "rcu_do_batch*",
    "rcu_core*",
    "task_work_run*",

    "__fput*",
    "smpboot_thread_fn*",
    "do_one_initcall*",
    "seq_read*",
    "vfs_fsync*",
    "__handle_irq_event*",
    "handle_irq_event*",
    "irq_thread*",
    "irq_forced_thread_fn*",
    "irq_work_run*",
    "irq_work_single*",
    "*flush_smp_call_function_queue*",
    "net_rx_action*",
    "__napi_poll*",
    "napi_poll*",
    "kthread_worker_fn*",
    "rescuer_thread*",

    // drivers/base/dd.c and the buses
    "really_probe*",
    "call_driver_probe*",
    "platform_probe*",
    "platform_drv_probe*",
    "local_pci_probe*",
    "usb_probe_interface*",
    "usb_probe_device*",
    "i2c_device_probe*",
    "spi_probe*",
    "spi_drv_probe*",
    "amba_probe*",
    "virtio_dev_probe*",
};

// kernel/smp.c, kernel/stop_machine.c
constexpr std::string_view cpu_waits[] = {
    "smp_call_function*",
    "multi_cpu_stop*",
};

}  // namespace

std::span<const std::string_view> dispatcher_patterns() {
    return dispatchers;
}

std::span<const std::string_view> waits_for_cpus_patterns() {
    return cpu_waits;
}

}  // namespace stallsight
