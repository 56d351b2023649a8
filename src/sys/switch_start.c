/* switch_start.c - what lies under the first frame of a context. See switch.h.
 *
 * On x86-64 the entry is jumped to as if it had been called from cede__context_end, to which it
 * never returns. On aarch64, whose return address is a register, cede__context_start calls it.
 * Either has no caller by its call-frame information, so that a debugger's backtrace ends there
 * instead of guessing on. cede__context_call is what an entry may put in its own place, see
 * cede__context_run.
 */
/* SPDX-License-Identifier: MIT */
#include "sys/switch.h"

#if !defined(CEDE__SWITCH_UCONTEXT)

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl cede__context_end\n"
        ".hidden cede__context_end\n"
        ".type cede__context_start, @function\n"
        "cede__context_start:\n"
        ".cfi_startproc\n"
        ".cfi_undefined rip\n"
        "nop\n" /* a return address is looked up one byte before itself */
        "cede__context_end:\n"
        "ud2\n"
        ".cfi_endproc\n"
        ".size cede__context_start, .-cede__context_start\n"
        /* rax: fn, rdi: arg, rdx: then */
        ".globl cede__context_call\n"
        ".hidden cede__context_call\n"
        ".type cede__context_call, @function\n"
        ".p2align 4\n"
        "cede__context_call:\n"
        ".cfi_startproc\n"
        "pushq %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset rbp, -16\n"
        "movq %rsp, %rbp\n"
        ".cfi_def_cfa_register rbp\n"
        "movq %rdx, %rbx\n"
        ".globl cede__context_recall\n"
        ".hidden cede__context_recall\n"
        "cede__context_recall:\n"
        "callq *%rax\n"
        "movl %eax, %edi\n"
        "popq %rbp\n"
        ".cfi_def_cfa rsp, 8\n"
        "jmpq *%rbx\n"
        ".cfi_endproc\n"
        ".size cede__context_call, .-cede__context_call\n"
        /* The name is the compiler's: see CEDE__RETURNS_AFTER_SWITCH. */
        ".weak __x86_return_thunk\n"
        ".hidden __x86_return_thunk\n"
        ".type __x86_return_thunk, @function\n"
        ".p2align 4\n"
        "__x86_return_thunk:\n"
        ".cfi_startproc\n"
        "popq %rcx\n"
        ".cfi_adjust_cfa_offset -8\n"
        ".cfi_register rip, rcx\n"
        "jmpq *%rcx\n"
        ".cfi_endproc\n"
        ".size __x86_return_thunk, .-__x86_return_thunk\n");
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl cede__context_start\n"
        ".hidden cede__context_start\n"
        ".type cede__context_start, @function\n"
        "cede__context_start:\n"
        ".cfi_startproc\n"
        ".cfi_undefined x30\n"
        "hint #36\n"
        "ldr x9, [sp]\n"
        "mov x0, x1\n"
        "mov x30, xzr\n"
        "blr x9\n"
        "brk #1\n"
        ".cfi_endproc\n"
        ".size cede__context_start, .-cede__context_start\n");
#endif

struct cede__context_place cede__context_where(const struct cede__context *context)
{
    return (struct cede__context_place){(uintptr_t)context->sp, (uintptr_t)context->fp,
                                        (uintptr_t)context->pc};
}

bool cede__context_is_start(uintptr_t place)
{
#if defined(__x86_64__)
    return place == (uintptr_t)cede__context_end;
#else
    return place - (uintptr_t)cede__context_start <= 32; /* its length, about */
#endif
}

#endif
