// The driver core and the frameworks that drivers register with: the driver owns the device.
#include "analysis/guilty/rules/tables.h"

namespace stallsight {

namespace {

using enum Group;

constexpr Rule rules[] = {
    // fs/sysfs, lib/kobject*.c, drivers/base
    {"sysfs_*", container},
    {"__sysfs*", container},
    {"internal_create_group*", container},
    {"remove_files*", container},
    {"device_del*", container},
    {"device_add*", container},
    {"device_remove*", container},
    {"device_unregister*", container},
    {"device_register*", container},
    {"device_create*", container},
    {"dpm_sysfs*", container},
    {"device_destroy*", container},
    {"device_release*", container},
    {"get_device_parent*", container},
    {"device_for_each_child*", helper},
    {"__kobject_*", container},
    {"add_uevent_var*", helper},
    {"devres_*", helper},
    {"__devres_*", helper},
    {"release_nodes*", helper},
    {"devm_*", helper},

    // kernel/notifier.c, net/core/dev.c and other places where things are registered
    {"notifier_*", helper},
    {"raw_notifier*", helper},
    {"blocking_notifier*", helper},
    {"atomic_notifier*", helper},
    {"srcu_notifier*", helper},
    {"call_netdevice_*", helper},
    {"rollback_registered*", helper},
    {"unregister_netdev*", helper},
    {"i2c_del_adapter*", helper},
    {"__unregister_client*", helper},
    {"hwrng_register*", helper},
    {"hwrng_unregister*", helper},
    {"tty_unregister_device*", helper},
    {"tty_port_unregister*", helper},
    {"misc_deregister*", helper},

    // drivers/usb/core
    {"usb_submit_urb*", helper},
    {"usb_hcd_submit_urb*", helper},
    {"usb_start_wait_urb*", waiting},
    {"usb_control_msg*", waiting},
    {"usb_bulk_msg*", waiting},
    {"usb_interrupt_msg*", waiting},
    {"usb_kill_*", waiting},
    {"usb_poison*", waiting},

    // what a driver switches on and off once too often: kernel/irq/manage.c, drivers/clk, drivers/regulator,
    // drivers/base/power/runtime.c
    {"enable_irq*", helper},
    {"__enable_irq*", helper},
    {"disable_irq*", helper},
    {"__disable_irq*", helper},
    {"free_irq*", helper},
    {"__free_irq*", helper},
    {"clk_disable*", helper},
    {"clk_core_disable*", helper},
    {"clk_unprepare*", helper},
    {"clk_core_unprepare*", helper},
    {"regulator_disable*", helper},
    {"_regulator_disable*", helper},
    {"_regulator_put*", helper},
    {"pm_runtime_*", helper},
    {"__pm_runtime_*", helper},
    {"rpm_*", helper},

    // registers of devices: lib/iomap.c, lib/logic_pio.c, arch/*/include/asm/io.h, drivers/base/regmap
    {"__raw_read*", helper},
    {"__raw_write*", helper},
    {"logic_in*", helper},
    {"logic_out*", helper},
    {"ioread*", helper},
    {"iowrite*", helper},
    {"mmio_in*", helper},
    {"mmio_out*", helper},
    {"pio_read*", helper},
    {"pio_write*", helper},
    {"ioremap*", helper},
    {"__ioremap*", helper},
    {"iounmap*", helper},
    {"regmap_read*", helper},
    {"regmap_write*", helper},
    {"regmap_update_bits*", helper},
    {"regmap_bulk_*", helper},
    {"regmap_raw_*", helper},
    {"_regmap_*", helper},

    // kernel/dma
    {"dma_map_*", helper},
    {"dma_unmap_*", helper},
    {"__dma_map*", helper},
    {"__dma_unmap*", helper},
    {"dma_alloc_*", helper},
    {"dma_free_*", helper},
    {"dma_direct_alloc*", helper},
    {"dma_direct_free*", helper},
    {"dma_direct_map*", helper},
    {"dma_direct_unmap*", helper},
    {"dma_direct_sync*", helper},
    {"dma_sync_*", helper},
    {"debug_dma_*", helper},
    {"check_unmap*", helper},
    {"check_sync*", helper},
    {"check_for_stack*", helper},
    {"check_for_illegal_area*", helper},
    {"add_dma_entry*", helper},
    {"swiotlb_*", helper},
};

}  // namespace

std::span<const Rule> device_rules() {
    return rules;
}

}  // namespace stallsight
