/* coroutine.h - a stack with a place to go on from. Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_COROUTINE_H
#define CEDE_CORO_COROUTINE_H

#include "base/error_record.h"
#include "coro/sanitizer.h"
#include "coro/stack_pool.h"
#include "sys/switch.h"

/* A coroutine lies at the top of its own stack, under the stack's head; a loop's own, which runs on
 * the thread's stack, does not. The record of errors comes first, so that cede__error_here tells
 * the coroutine as well. */
struct cede__coro {
    struct cede_error error;
    struct cede__fiber fiber;
    struct cede__context context; /* where it is parked */
    struct cede__stack *stack;    /* NULL on the thread's own stack */
    union {
        struct {
            bool has_canary;   /* its stack has: look at it when parking */
            bool is_gen;       /* a generator's */
            bool is_listed;    /* a task's, on its loop's list: it was parked before */
            bool is_cancelled; /* a task's, whose innermost scope is cancelled */
        };
        uint32_t marks; /* all of them, for who asks about all at once */
    };
    /* Its name, for reports; outlives the coroutine. Last: it begins the next cache line, with what
     * starting a task writes. */
    const struct cede__spawn_site *site;
};

/* The coroutine that runs here: a loop's own one while that runs outside of tasks; NULL where no
 * loop runs. */
static inline struct cede__coro *cede__coro_here(void)
{
    return (struct cede__coro *)(void *)cede__error_here;
}

/* Whether that is a task's, parked before, with nothing to be looked at when it parks again. */
static inline bool cede__coro_may_just_park(const struct cede__coro *coro)
{
    static const union {
        bool marks[4];
        uint32_t word;
    } only_listed = {.marks = {false, false, true, false}};

    return coro->marks == only_listed.word;
}

/* Leave `from` parked and go on in `to`. Returns when something switches to `from` again. */
static inline __attribute__((always_inline)) void cede__coro_switch(struct cede__coro *from,
                                                                    struct cede__coro *to)
{
    cede__error_here = &to->error;
    cede__fiber_before(&from->fiber, &to->fiber, 0);
    cede__switch(&from->context, &to->context);
    cede__fiber_after(&from->fiber);
}

/* The same, where `from` was left here before, as in a loop. */
static inline __attribute__((always_inline)) void cede__coro_switch_again(struct cede__coro *from,
                                                                          struct cede__coro *to)
{
    cede__error_here = &to->error;
    cede__fiber_before(&from->fiber, &to->fiber, 0);
    cede__switch_again(&from->context, &to->context);
    cede__fiber_after(&from->fiber);
}

/* Leave `from` for good and go on in `to`. Does not return. */
static inline __attribute__((noreturn)) void cede__coro_switch_last(struct cede__coro *from,
                                                                    struct cede__coro *to)
{
    cede__error_here = &to->error;
    cede__fiber_before(&from->fiber, &to->fiber, 1);
    cede__switch_last(&to->context);
}

/* Room for `size` bytes that begin with a coroutine, at the top of the stack. */
static inline void *cede__coro_place(struct cede__stack *stack, size_t size)
{
    return (void *)((uintptr_t)((char *)stack - size) & ~(uintptr_t)63);
}

/* Make `coro` stand for the thread's own stack. */
static inline void cede__coro_init_thread(struct cede__coro *coro)
{
    coro->error.n_links = 0;
    coro->stack = NULL;
    coro->is_gen = false;
    coro->site = NULL;
    cede__fiber_init_thread(&coro->fiber);
}

/* Make `coro`, placed on `stack`, start entry on the first switch to it, before which it is to be
 * renewed. Its site is still to be set. */
static inline void cede__coro_init(struct cede__coro *coro, struct cede__stack *stack,
                                   cede__context_entry *entry)
{
    coro->error.n_links = 0;
    coro->stack = stack;
    coro->has_canary = stack->has_canary;
    cede__context_init(&coro->context, coro, entry);
}

/* The same of one that ended; while still on its stack, if need be. Nothing is written if it has
 * never been parked. */
static inline void cede__coro_rewind(struct cede__coro *coro, cede__context_entry *entry)
{
    if (cede__unlikely(coro->error.n_links > 0))
        coro->error.n_links = 0;
    cede__context_rewind(&coro->context, coro, entry);
}

/* Before the switch to one that starts. */
static inline void cede__coro_renew(struct cede__coro *coro)
{
    cede__fiber_init(&coro->fiber, coro->stack->low, (size_t)((char *)coro - coro->stack->low));
}

/* The first call of an entry. */
static inline struct cede__coro *cede__coro_started(struct cede__context *context)
{
    struct cede__coro *self = cede__container_of(context, struct cede__coro, context);

    cede__fiber_after(&self->fiber);
    return self;
}

/* The fault hook: if a coroutine here ran over its stack, say which. */
void cede__coro_explain_fault(void *address);

/* Report, once, a stack whose canary was overwritten. Call when parking, if coro->has_canary. */
void cede__coro_check_canary(struct cede__coro *coro);

#endif
