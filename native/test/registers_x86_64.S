// int registers_changed(void *sp, clutch_stack_fn fn, void *arg, void **saved)

        .macro  differs register, pattern
        xorl    %ecx, %ecx
        cmpq    $\pattern, \register
        setne   %cl
        addl    %ecx, %eax
        .endm

        .text
        .globl  registers_changed
        .type   registers_changed, @function
registers_changed:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        pushq   %rbx
        .cfi_def_cfa_offset 24
        .cfi_offset %rbx, -24
        pushq   %r12
        .cfi_def_cfa_offset 32
        .cfi_offset %r12, -32
        pushq   %r13
        .cfi_def_cfa_offset 40
        .cfi_offset %r13, -40
        pushq   %r14
        .cfi_def_cfa_offset 48
        .cfi_offset %r14, -48
        pushq   %r15
        .cfi_def_cfa_offset 56
        .cfi_offset %r15, -56
        subq    $8, %rsp
        .cfi_def_cfa_offset 64
        movq    $0x5b5b5b51, %rbp
        movq    $0x5b5b5b52, %rbx
        movq    $0x5b5b5b53, %r12
        movq    $0x5b5b5b54, %r13
        movq    $0x5b5b5b55, %r14
        movq    $0x5b5b5b56, %r15
        callq   clutch_stack_switch
        xorl    %eax, %eax
        differs %rbp, 0x5b5b5b51
        differs %rbx, 0x5b5b5b52
        differs %r12, 0x5b5b5b53
        differs %r13, 0x5b5b5b54
        differs %r14, 0x5b5b5b55
        differs %r15, 0x5b5b5b56
        addq    $8, %rsp
        .cfi_def_cfa_offset 56
        popq    %r15
        .cfi_def_cfa_offset 48
        popq    %r14
        .cfi_def_cfa_offset 40
        popq    %r13
        .cfi_def_cfa_offset 32
        popq    %r12
        .cfi_def_cfa_offset 24
        popq    %rbx
        .cfi_def_cfa_offset 16
        popq    %rbp
        .cfi_def_cfa_offset 8
        ret
        .cfi_endproc
        .size   registers_changed, .-registers_changed

        .section .note.GNU-stack, "", @progbits
