// void clutch_stack_switch(void *sp, clutch_stack_fn fn, void *arg, void **saved)
//                          rdi       rsi                 rdx        rcx
//
// Only rbp is saved: a call preserves the other callee-saved registers, the x87 control word and
// mxcsr. rbp holds the caller's stack pointer while fn runs, and the CFI below is based on it, so
// debuggers and libgcc unwind from fn to the caller across the two stacks. It is declared a signal
// frame, and gdb shows it as one, because gdb takes any other frame that leads to a lower address
// for a corrupt stack and stops there.
//
// Shadow stacks (CET) need no care: each call is answered by its own return, in order, and a shadow
// stack holds return addresses without asking which stack they came from.

        .text
        .p2align 4
        .globl  clutch_stack_switch
        .hidden clutch_stack_switch
        .type   clutch_stack_switch, @function
clutch_stack_switch:
        .cfi_startproc
        .cfi_signal_frame
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        movq    %rsp, (%rcx)
        andq    $-16, %rdi
        movq    %rdi, %rsp
        movq    %rdx, %rdi
        callq   *%rsi
        leave
        .cfi_def_cfa %rsp, 8
        ret
        .cfi_endproc
        .size   clutch_stack_switch, .-clutch_stack_switch

// This object tolerates indirect branch tracking (1) and shadow stacks (2).
        .section .note.gnu.property, "a"
        .p2align 3
        .long   4, 16, 5        // name size, descriptor size, NT_GNU_PROPERTY_TYPE_0
        .asciz  "GNU"
        .long   0xc0000002, 4   // GNU_PROPERTY_X86_FEATURE_1_AND, data size
        .long   3, 0            // features, padding

        .section .note.GNU-stack, "", @progbits
