/* ready.h - the ready queue of a loop, and going on with what stands first in it. Floor 3. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_READY_H
#define CEDE_LOOP_READY_H

#include "loop/loop.h"

static inline void cede__loop_add_ready(struct cede_loop *loop, struct cede__ready *ready)
{
    *loop->ready_end = ready;
    loop->ready_end = &ready->next;
}

/* At the head of the queue, before all who are ready. */
static inline void cede__loop_add_first(struct cede_loop *loop, struct cede__ready *ready)
{
    ready->next = loop->ready_first;
    if (!loop->ready_first)
        loop->ready_end = &ready->next;
    loop->ready_first = ready;
}

/* Whether `ready`, which is in the queue, is the last there. */
static inline bool cede__loop_is_last(const struct cede_loop *loop, const struct cede__ready *ready)
{
    return loop->ready_end == &ready->next;
}

static inline struct cede__ready *cede__loop_take_ready(struct cede_loop *loop)
{
    struct cede__ready *ready = loop->ready_first;

    if (cede__loop_is_last(loop, ready)) {
        loop->ready_first = NULL;
        loop->ready_end = &loop->ready_first;
    } else {
        loop->ready_first = ready->next;
    }
    return ready;
}

/* Fetch what a task that is about to run will touch. Always inlined, as gcc takes a function that
 * does nothing but fetch for one without effect and drops the call. */
static inline __attribute__((always_inline)) void
cede__loop_prefetch(const struct cede__ready *ready)
{
    __builtin_prefetch((const char *)ready - 64, 1);
    __builtin_prefetch(ready, 1);
    __builtin_prefetch((const char *)ready + 64, 1);
}

/* The same, of the next and the one after it: a thousand parked stacks do not fit into a cache. */
static inline __attribute__((always_inline)) void
cede__loop_look_ahead(const struct cede_loop *loop)
{
    const struct cede__ready *next = loop->ready_first;

    if (!next)
        return;
    if (next->coro) {
        cede__context_prefetch(&next->coro->context);
        __builtin_prefetch((const char *)next->coro - 64, 1); /* the top of its stack */
    }
    if (!cede__loop_is_last(loop, next))
        cede__loop_prefetch(next->next);
}

/* The coroutine of a node that has one. Nearly always it is its task's own, which lies right before
 * the node: then its address is computed, and the processor, which predicts the comparison, goes on
 * there without waiting for the load. */
static inline __attribute__((always_inline)) struct cede__coro *
cede__ready_coro(struct cede__ready *ready)
{
    struct cede__coro *own = (struct cede__coro *)(void *)ready - 1;

    if (cede__unlikely(ready->coro != own))
        return ready->coro;
    __asm__("" : "+r"(own)); /* else the compiler takes what was loaded */
    return own;
}

/* instant.c: the same where nothing is ready and the loop simulates: if the timer that is next is
 * of a task that holds, time moves on to it. */
struct cede__coro *cede__instant_next(struct cede_loop *loop);

/* Whom to switch to when a coroutine parks: the next that is ready, or the loop's own stack. */
static inline struct cede__coro *cede__loop_next(struct cede_loop *loop)
{
    struct cede__ready *ready = loop->ready_first;

    if (cede__unlikely(!ready || !ready->coro || --loop->budget < 0)) {
        if (!ready && loop->instant.is_direct && loop->budget > 1)
            return cede__instant_next(loop);
        loop->current = NULL;
        return &loop->main;
    }
    loop->current = cede__loop_take_ready(loop);
    cede__loop_look_ahead(loop);
    return cede__ready_coro(ready);
}

/* Park the running coroutine `self`, which something has hold of, until it is resumed. */
static inline __attribute__((always_inline)) void cede__loop_park(struct cede_loop *loop,
                                                                  struct cede__coro *self)
{
    struct cede__coro *next = cede__loop_next(loop);

    if (next != self)
        cede__coro_switch(self, next);
}

/* Give way: put the running coroutine `self`, whose task's node is `mine`, at the end of the queue
 * and go on at its head, which is what cede__loop_add_ready and cede__loop_park come to. But the
 * head is taken off first: where two take turns, none waits for what the other has just stored.
 * False, and it is where it was, if it is the loop's own turn. */
static inline __attribute__((always_inline)) bool
cede__loop_rotate(struct cede_loop *loop, struct cede__ready *mine, struct cede__coro *self)
{
    struct cede__ready *ready = loop->ready_first;

    if (cede__unlikely(!ready || !ready->coro || --loop->budget < 0))
        return false;
    if (cede__unlikely(mine->coro != self)) /* nearly always what it is: a load, not a store */
        mine->coro = self;
    if (cede__loop_is_last(loop, ready)) {
        loop->ready_first = mine;
    } else {
        *loop->ready_end = mine;
        loop->ready_first = ready->next;
    }
    loop->ready_end = &mine->next;
    loop->current = ready;
    cede__coro_switch_again(self, ready->coro);
    return true;
}

#endif
