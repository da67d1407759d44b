// int registers_changed(void *sp, clutch_stack_fn fn, void *arg, void **saved)
// A register's pattern is its own number; d8 to d15 hold theirs as integers. x29 holds the frame.

        .macro  differs number
        cmp     x\number, #\number
        cinc    w0, w0, ne
        .endm

        .macro  fill number
        mov     x9, #\number
        fmov    d\number, x9
        .endm

        .macro  fp_differs number
        fmov    x9, d\number
        cmp     x9, #\number
        cinc    w0, w0, ne
        .endm

        .text
        .globl  registers_changed
        .type   registers_changed, %function
registers_changed:
        .cfi_startproc
        hint    #34             // bti c
        stp     x29, x30, [sp, #-176]!
        .cfi_def_cfa_offset 176
        .cfi_offset x29, -176
        .cfi_offset x30, -168
        mov     x29, sp
        .cfi_def_cfa_register x29
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        str     x29, [sp, #160]
        .irp    number, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
        mov     x\number, #\number
        .endr
        .irp    number, 8, 9, 10, 11, 12, 13, 14, 15
        fill    \number
        .endr
        bl      clutch_stack_switch
        mov     w0, #0
        .irp    number, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
        differs \number
        .endr
        .irp    number, 8, 9, 10, 11, 12, 13, 14, 15
        fp_differs \number
        .endr
        ldr     x9, [sp, #160]
        cmp     x9, x29
        cinc    w0, w0, ne
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        ldp     x29, x30, [sp], #176
        .cfi_def_cfa sp, 0
        .cfi_restore x29
        .cfi_restore x30
        ret
        .cfi_endproc
        .size   registers_changed, .-registers_changed

        .section .note.GNU-stack, "", %progbits
