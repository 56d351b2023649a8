/* switch_start.c - how a context begins: a few instructions that call its entry on the fresh stack.
 * See switch.h.
 *
 * The entry's address waits in the topmost word of the stack. The return address of the first frame
 * is marked undefined, so that a debugger's backtrace ends there instead of guessing on.
 */
/* SPDX-License-Identifier: MIT */
#include "sys/switch.h"

#if !defined(CEDE__SWITCH_UCONTEXT)

void cede__context_start(void);

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl cede__context_start\n"
        ".hidden cede__context_start\n"
        ".type cede__context_start, @function\n"
        "cede__context_start:\n"
        ".cfi_startproc\n"
        ".cfi_undefined rip\n"
        "endbr64\n"
        "movq (%rsp), %rax\n"
        "movq %rsi, %rdi\n"
        "call *%rax\n"
        "ud2\n"
        ".cfi_endproc\n"
        ".size cede__context_start, .-cede__context_start\n");
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

void cede__context_init(struct cede__context *context, void *stack_top, cede__context_entry *entry)
{
    cede__context_entry **slot = (cede__context_entry **)stack_top - 2;

    *slot = entry;
    context->sp = slot;
    context->fp = 0;
    context->pc = (void *)cede__context_start;
}

struct cede__context_place cede__context_where(const struct cede__context *context)
{
    return (struct cede__context_place){(uintptr_t)context->sp, (uintptr_t)context->fp,
                                        (uintptr_t)context->pc};
}

bool cede__context_is_start(uintptr_t place)
{
    return place - (uintptr_t)cede__context_start <= 32; /* its length, about */
}

#endif
