/* switch_ucontext.c - how a context begins where ucontext does the switching. See switch.h. */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sys/switch.h"

#if defined(CEDE__SWITCH_UCONTEXT)

__thread struct cede__given cede__switch_given;

/* makecontext hands over ints only: two pointers travel in halves. */
static void context_start(unsigned entry_high, unsigned entry_low, unsigned self_high,
                          unsigned self_low)
{
    cede__context_entry *entry =
        (cede__context_entry *)(uintptr_t)((uint64_t)entry_high << 32 | entry_low);

    entry((struct cede__context *)(uintptr_t)((uint64_t)self_high << 32 | self_low));
    __builtin_trap(); /* it never returns; but a jump instead of a call would leave no frame here */
}

void cede__context_init(struct cede__context *context, void *stack_top, cede__context_entry *entry)
{
    /* The extent of the stack matters to makecontext only for where its top is. */
    const size_t size = 4096;
    const uint64_t entry_bits = (uintptr_t)entry;
    const uint64_t self_bits = (uintptr_t)context;

    (void)getcontext(&context->machine); /* cannot fail */
    context->machine.uc_stack.ss_sp = (char *)stack_top - size;
    context->machine.uc_stack.ss_size = size;
    context->machine.uc_link = 0;
    makecontext(&context->machine, (void (*)(void))context_start, 4, (unsigned)(entry_bits >> 32),
                (unsigned)entry_bits, (unsigned)(self_bits >> 32), (unsigned)self_bits);
}

void cede__crossing_take_out(struct cede__crossing *to, const struct cede__crossing *from)
{
    to->out = from->out;
#if defined(__x86_64__)
    to->out.machine.uc_mcontext.fpregs = &to->out.machine.__fpregs_mem; /* it points into itself */
#endif
}

struct cede__context_place cede__context_where(const struct cede__context *context)
{
#if defined(__x86_64__)
    const greg_t *registers = context->machine.uc_mcontext.gregs;

    return (struct cede__context_place){(uintptr_t)registers[REG_RSP],
                                        (uintptr_t)registers[REG_RBP],
                                        (uintptr_t)registers[REG_RIP]};
#elif defined(__aarch64__)
    const mcontext_t *machine = &context->machine.uc_mcontext;

    return (struct cede__context_place){machine->sp, machine->regs[29], machine->pc};
#else
    (void)context; /* its registers have machine-dependent names */
    return (struct cede__context_place){0, 0, 0};
#endif
}

bool cede__context_is_start(uintptr_t place)
{
    return place - (uintptr_t)context_start <= 128; /* its length, at most */
}

#endif
