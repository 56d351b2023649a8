/* cede/allocator.h - where the library's memory comes from
 *
 * Everything but coroutine stacks is taken from here. Running out is an error return (-ENOMEM),
 * never an abort. Source: src/base/allocator.c   Tests: tests/base/test_allocator.c
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ALLOCATOR_H
#define CEDE_ALLOCATOR_H

#include <stddef.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* malloc, realloc and free under other names; called from any thread. */
typedef struct cede_allocator {
    void *(*allocate)(size_t size, void *arg);
    void *(*reallocate)(void *memory, size_t size, void *arg);
    void (*release)(void *memory, void *arg); /* never called with NULL */
    void *arg;                                /* handed to each call */
} cede_allocator;

/**
 * Replace the allocator. Set it before the library is first used: memory goes back to where it came
 * from.
 *
 * @param allocator  copied; NULL restores malloc, realloc and free
 * Suspends: never.  Cancellation point: no.  Call from: the main thread, before first use.
 */
CEDE_API void cede_set_allocator(const cede_allocator *allocator);

CEDE_END_DECLS

#endif
