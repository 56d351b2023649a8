/* switch_ucontext.h - the switch for every other machine: slow, because it saves the signal mask,
 * but the same. See switch.h. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SYS_SWITCH_UCONTEXT_H
#define CEDE_SYS_SWITCH_UCONTEXT_H

#include <ucontext.h>

struct cede__context {
    ucontext_t machine;
};

struct cede__crossing {
    struct cede__context in, out;
};

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

/* What is given. Not in a crossing: who is outside may be so of another one meanwhile. */
extern __thread struct cede__given {
    int code;
    void *value;
} cede__switch_given;

static inline int cede__give(struct cede__context *from, const struct cede__context *to, int code,
                             void **value)
{
    cede__switch_given = (struct cede__given){code, *value};
    cede__switch(from, to);
    *value = cede__switch_given.value;
    return cede__switch_given.code;
}

static inline int cede__give_in(struct cede__crossing *crossing, const void *key, int code,
                                void **value)
{
    (void)key;
    return cede__give(&crossing->out, &crossing->in, code, value);
}

static inline int cede__give_out(struct cede__crossing *crossing, const void *key, int code,
                                 void **value)
{
    (void)key;
    return cede__give(&crossing->in, &crossing->out, code, value);
}

static inline int cede__give_over(struct cede__crossing *left, struct cede__crossing *crossing,
                                  const void *key, int code, void **value)
{
    (void)key;
    return cede__give(&left->in, &crossing->in, code, value);
}

static inline __attribute__((noreturn)) void
cede__give_last_out(const struct cede__crossing *crossing, const void *key, int code, void *value)
{
    (void)key;
    cede__switch_given = (struct cede__given){code, value};
    cede__switch_last(&crossing->out);
}

static inline __attribute__((noreturn)) void
cede__give_last_in(const struct cede__crossing *crossing, const void *key, int code, void *value)
{
    (void)key;
    cede__switch_given = (struct cede__given){code, value};
    cede__switch_last(&crossing->in);
}

#endif
