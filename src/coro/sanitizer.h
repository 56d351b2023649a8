/* sanitizer.h - tells AddressSanitizer, ThreadSanitizer and Valgrind about stacks and switches.
 * Floor 2.
 *
 * The only place that knows them; without them every function here is empty and every struct has no
 * members that cost.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_SANITIZER_H
#define CEDE_CORO_SANITIZER_H

#include <stddef.h>

#include "base/base.h"
#include "sys/valgrind.h"

#if defined(CEDE__ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(CEDE__TSAN)
#include <sanitizer/tsan_interface.h>
#endif
/* What a sanitizer wants to know of a coroutine. */
struct cede__fiber {
#if defined(CEDE__ASAN)
    void *fake_stack;   /* as ASan handed it out when it was left */
    const void *bottom; /* lowest address of its stack */
    size_t size;
#elif defined(CEDE__TSAN)
    void *fiber;
#else
    char unused[0];
#endif
};

/* A coroutine is about to run on [bottom, bottom + size), which may hold the poisoned remains of
 * another. */
static inline void cede__fiber_init(struct cede__fiber *fiber, void *bottom, size_t size)
{
#if defined(CEDE__ASAN)
    __asan_unpoison_memory_region(bottom, size);
    fiber->fake_stack = NULL;
    fiber->bottom = bottom;
    fiber->size = size;
#elif defined(CEDE__TSAN)
    fiber->fiber = __tsan_create_fiber(0);
#endif
    (void)fiber;
    (void)bottom;
    (void)size;
}

/* A coroutine that was to run, or is parked, will not run again. */
static inline void cede__fiber_drop(struct cede__fiber *fiber)
{
#if defined(CEDE__TSAN)
    __tsan_destroy_fiber(fiber->fiber);
#endif
    (void)fiber;
}

/* The same for the stack that the thread itself runs on. */
static inline void cede__fiber_init_thread(struct cede__fiber *fiber)
{
#if defined(CEDE__ASAN)
    fiber->fake_stack = NULL;
    fiber->bottom = NULL; /* learnt when it is first left */
    fiber->size = 0;
#elif defined(CEDE__TSAN)
    fiber->fiber = __tsan_get_current_fiber();
#endif
    (void)fiber;
}

#if defined(CEDE__ASAN)
extern __thread struct cede__fiber *cede__fiber_left; /* by the switch under way */
#elif defined(CEDE__TSAN)
extern __thread void *cede__fiber_ended; /* left for good by the switch under way */
#endif

/* Just before the switch; `ends` if `from` will not run again. */
static inline void cede__fiber_before(struct cede__fiber *from, struct cede__fiber *to, int ends)
{
#if defined(CEDE__ASAN)
    cede__fiber_left = from;
    __sanitizer_start_switch_fiber(ends ? NULL : &from->fake_stack, to->bottom, to->size);
#elif defined(CEDE__TSAN)
    cede__fiber_ended = ends ? from->fiber : NULL;
    __tsan_switch_to_fiber(to->fiber, 0);
#endif
    (void)from;
    (void)to;
    (void)ends;
}

/* First thing after the switch, on the new stack. */
static inline void cede__fiber_after(struct cede__fiber *self)
{
#if defined(CEDE__ASAN)
    struct cede__fiber *left = cede__fiber_left;
    __sanitizer_finish_switch_fiber(self->fake_stack, &left->bottom, &left->size);
#elif defined(CEDE__TSAN)
    if (cede__fiber_ended) {
        __tsan_destroy_fiber(cede__fiber_ended);
        cede__fiber_ended = NULL;
    }
#endif
    (void)self;
}

/* Memory for stacks came into being: what only a parked task knows of is no leak. */
#if defined(CEDE__ASAN)
void cede__slab_register(void *pages, size_t size);
#else
static inline void cede__slab_register(void *pages, size_t size)
{
    (void)pages;
    (void)size;
}
#endif

/* A stack came into being; Valgrind then knows a switch from a huge frame. */
static inline void cede__stack_register(void *low, void *top)
{
#if defined(CEDE__VALGRIND)
    (void)VALGRIND_STACK_REGISTER(low, top);
#endif
    (void)low;
    (void)top;
}

#endif
