/* switch_ucontext.h - the switch for every other machine: slow, because it saves the signal mask,
 * but the same. See switch.h. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SWITCH_UCONTEXT_H
#define CEDE_SYS_SWITCH_UCONTEXT_H

#include <ucontext.h>

struct cede__context {
    ucontext_t machine;
};

enum { CEDE__CONTEXT_KEPT = 1 }; /* words that cede__switch_call keeps beside a context: `out` */

/* Fetch what a parked context needs when it goes on. */
static inline __attribute__((always_inline)) void
cede__context_prefetch(const struct cede__context *context)
{
    __builtin_prefetch(context);
}

static inline void cede__switch(struct cede__context *from, const struct cede__context *to)
{
    (void)swapcontext(&from->machine, &to->machine); /* fails only where a stack is too small */
}

static inline __attribute__((noreturn)) void cede__switch_last(const struct cede__context *to)
{
    (void)setcontext(&to->machine); /* does not return */
    __builtin_unreachable();
}

/* What crosses in cede__switch_give. Not in a context: those are copied. */
extern __thread struct cede__given {
    int code;
    void *value;
} cede__switch_given;

/* The same, handing a code and *value over, for those that were left in one of these. */
static inline int cede__switch_give(struct cede__context *from, const struct cede__context *to,
                                    int code, void **value)
{
    cede__switch_given = (struct cede__given){code, *value};
    cede__switch(from, to);
    *value = cede__switch_given.value;
    return cede__switch_given.code;
}

static inline __attribute__((noreturn)) void cede__switch_give_last(const struct cede__context *to,
                                                                    int code, void *value)
{
    cede__switch_given = (struct cede__given){code, value};
    cede__switch_last(to);
}

#endif
