/* switch_ucontext.h - the switch for every other machine: slow, because it saves the signal mask,
 * but the same. See switch.h. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SWITCH_UCONTEXT_H
#define CEDE_SYS_SWITCH_UCONTEXT_H

#include <ucontext.h>

struct cede__context {
    ucontext_t machine;
};

static inline void cede__switch(struct cede__context *from, const struct cede__context *to)
{
    (void)swapcontext(&from->machine, &to->machine); /* fails only where a stack is too small */
}

#endif
