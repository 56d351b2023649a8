/* stack_pool.h - stacks, and where they rest between uses. Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_STACK_POOL_H
#define CEDE_CORO_STACK_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

/* The head of a stack, at its top, above whatever its user places there. */
struct cede__stack {
    struct cede__stack *next; /* while it rests in a cache or the depot */
    char *low;                /* lowest usable byte; the guard lies below */
    struct cede__slab *slab;  /* where it was cut from */
    uint32_t index;           /* which one of the slab */
    uint8_t size_class;       /* log2 of its bytes, guard included */
    bool is_guarded;          /* else no guard could be had, and a canary lies at `low` instead */
    bool has_canary;          /* it does, and has not been found overwritten */
};

/* Stacks at rest, for one thread. Zero-initialised but for its class. */
struct cede__stack_cache {
    struct cede__stack *free; /* last in, first out: the warmest first */
    size_t n_free;
    int size_class; /* log2 of the bytes of each, guard included */
};

enum {
    CEDE__STACK_CLASS_MIN = 14, /* 16 KiB */
    CEDE__STACK_CLASS_MAX = 30, /* 1 GiB */
#if defined(CEDE__ASAN) || defined(CEDE__TSAN)
    CEDE__STACK_CLASS_DEFAULT = 18,
#else
    CEDE__STACK_CLASS_DEFAULT = 16, /* 64 KiB */
#endif
    /* Stacks a cache keeps before it gives them up: more than a busy server has tasks ending in one
     * turn. */
    CEDE__STACK_CACHE_LIMIT = 4096,
};

/* The class whose stacks have at least `size` bytes, guard included; 0 is the default. -EINVAL
 * beyond the largest. */
int cede__stack_class(size_t size);

/* Bytes of a stack that its user can use. */
size_t cede__stack_usable(const struct cede__stack *stack);

/* Take a stack from the depot, which makes one if need be; NULL where memory or address space ran
 * out. */
struct cede__stack *cede__stack_take_slowly(struct cede__stack_cache *cache);

/* Take any stack of a class, past the cache. And give one back: from any thread. */
struct cede__stack *cede__depot_take(int size_class);
void cede__depot_give(struct cede__stack *stack);

/* Give up what is over `limit`, to the depot. */
void cede__stack_cache_trim(struct cede__stack_cache *cache, size_t limit);

/* If the stacks of the cache and `n_more` others, at rest as well, are many and all that are in use
 * of their class, give all of them up, whole slabs at a time and without touching any: in a million
 * of them every touch is a miss of the cache and of the TLB. Whether that was done. */
bool cede__stack_cache_drop(struct cede__stack_cache *cache, size_t n_more);

/* Whether the canary of a stack that has one is whole. */
bool cede__stack_canary_is_whole(const struct cede__stack *stack);

static inline struct cede__stack *cede__stack_take(struct cede__stack_cache *cache)
{
    struct cede__stack *stack = cache->free;

    if (cede__unlikely(!stack))
        return cede__stack_take_slowly(cache);
    cache->free = stack->next;
    cache->n_free--;
    return stack;
}

static inline void cede__stack_give(struct cede__stack_cache *cache, struct cede__stack *stack)
{
    stack->next = cache->free;
    cache->free = stack;
    cache->n_free++;
}

#endif
