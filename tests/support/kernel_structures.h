/* Structures as a kernel has them, for the compiler of this machine (as C) and for the test that asks it. */
#pragma once

enum lock_state { LOCK_FREE, LOCK_TAKEN = 7, LOCK_BROKEN = -3 };

struct list_node {
    struct list_node *next, *prev;
};

struct inner_part {
    int first;
    long second;
};
typedef struct {
    int counter;
} counter_t;

struct sample_task {
    volatile unsigned int state;
    union {
        __extension__ struct { short low, high; };
        int both;
    };
    struct inner_part parts[3];
    char comm[16];
    struct sample_task* parent;
    struct list_node tasks;
    const counter_t usage;
    unsigned before : 3;
    unsigned policy : 5;
    signed offset : 6;
    unsigned char flags[4];
};

/* arch/x86/include/asm/orc_types.h of Linux 6.1, and since 6.4 */
struct orc_entry {
    short sp_offset, bp_offset;
#ifdef ORC_SINCE_6_4
    unsigned sp_reg : 4, bp_reg : 4, type : 3, signal : 1;
#else
    unsigned sp_reg : 4, bp_reg : 4, type : 2, end : 1;
#endif
} __attribute__((packed));

/* Of pt_regs the members that unwinding looks at; x86's and ppc64's side by side. */
struct pt_regs {
    unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
    unsigned long gpr[32], nip, msr, link;
};
