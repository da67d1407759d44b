// void clutch_stack_switch(void *sp, clutch_stack_fn fn, void *arg, void **saved)
//                          x0        x1                  x2         x3
//
// Only x29 and x30 are saved: a call preserves the other callee-saved registers, d8-d15 and fpcr.
// x29 holds the caller's stack pointer while fn runs, and the CFI below is based on it, so
// debuggers and libgcc unwind from fn to the caller across the two stacks. It is declared a signal
// frame, and gdb shows it as one, because gdb takes any other frame that leads to a lower address
// for a corrupt stack and stops there.
//
// A guarded control stack needs no care: each call is answered by its own return, in order, and
// such a stack holds return addresses without asking which stack they came from.

        .text
        .p2align 4
        .globl  clutch_stack_switch
        .hidden clutch_stack_switch
        .type   clutch_stack_switch, %function
clutch_stack_switch:
        .cfi_startproc
        .cfi_signal_frame
        hint    #34             // bti c, by the number that assemblers for plain ARMv8.0 accept
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .cfi_def_cfa_register x29
        str     x29, [x3]
        and     sp, x0, #-16
        mov     x0, x2
        blr     x1
        mov     sp, x29
        .cfi_def_cfa_register sp
        ldp     x29, x30, [sp], #16
        .cfi_def_cfa_offset 0
        .cfi_restore x29
        .cfi_restore x30
        ret
        .cfi_endproc
        .size   clutch_stack_switch, .-clutch_stack_switch

// This object has the landing pads that branch target identification (1) asks for.
        .section .note.gnu.property, "a"
        .p2align 3
        .word   4, 16, 5        // name size, descriptor size, NT_GNU_PROPERTY_TYPE_0
        .asciz  "GNU"
        .word   0xc0000000, 4   // GNU_PROPERTY_AARCH64_FEATURE_1_AND, data size
        .word   1, 0            // features, padding

        .section .note.GNU-stack, "", %progbits
