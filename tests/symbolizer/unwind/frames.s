# Two functions and an exception's entry as a kernel's assembler and compiler describe them, x86-64. Each place that a
# test looks at has a fixed offset.
    .cfi_sections .debug_frame, .eh_frame
    .section .init.text, "ax"   # so that the next section of a module does not begin at 0
    .skip 0x300
    .text
outer:
    .cfi_startproc
    push %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rbx, -16
    sub $16, %rsp
    .cfi_adjust_cfa_offset 16
    .org 0x1b
    call inner                  # returns to 0x20
    add $16, %rsp
    .cfi_adjust_cfa_offset -16
    pop %rbx
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .org 0x40
inner:
    .cfi_startproc
    push %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rbx, -16
    sub $32, %rsp
    .cfi_adjust_cfa_offset 32
    .org 0x50
    nop
    ud2
    .cfi_endproc
    .org 0x80
entry:                          # INTR_FRAME of arch/x86/kernel/entry_64.S, Linux 3.10
    .cfi_startproc simple
    .cfi_signal_frame
    .cfi_def_cfa %rsp, 40
    .cfi_offset %rip, -40
    .cfi_offset %rsp, -16
    call inner                  # returns to 0x85
    nop
    .cfi_endproc
