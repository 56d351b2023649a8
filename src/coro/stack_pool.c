/* stack_pool.c - stacks cut from slabs, resting in caches and a depot.
 *
 *   slab     one mapping of many stacks of a class:  | guard | ..... stack ..... head | guard | ...
 *   cache    a loop's own free stacks, warm, last in first out, without a lock
 *   depot    one a class and process, under a lock: warm stacks that any thread may take,
 *            and slabs with cold ones
 *
 * A cold stack has no memory behind it: it was never used, or its pages were given back. It is
 * known by its index in its slab only. Its guard, once installed, stays.
 *
 * Heads are coloured: the k-th stack of a slab has its head k mod 16 cache lines below its top.
 * Stacks lie a power of two apart, so without that the hot lines of all would fall into the same
 * few sets of the cache.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/base.h"
#include "coro/sanitizer.h"
#include "coro/stack_pool.h"
#include "sys/futex.h"
#include "sys/memory.h"

enum {
    N_COLOURS = 16,
    LINE = 64,
    SLAB_STACKS_MIN = 16,
    SLAB_STACKS_MAX = 1024,
    SLAB_BYTES_MAX = 1 << 26, /* larger stacks come fewer to a slab */
    DEPOT_WARM_LIMIT = 4096,  /* stacks with pages behind them that a depot keeps */
    REFILL = 32,              /* stacks that move from depot to cache at once */
};

static const uint64_t canary_word = 0x6365646563616e61;

struct cede__slab {
    struct cede__slab *next; /* in the depot's list of slabs with cold stacks */
    char *pages;
    int size_class;
    uint32_t n_stacks;
    uint32_t n_cut;  /* stacks 0 to n_cut - 1 have been in use */
    uint32_t n_cold; /* of those, how many are cold again: cold[0] to cold[n_cold - 1] */
    uint16_t cold[];
};

static struct depot {
    struct cede__mutex lock;
    struct cede__stack *warm; /* free, memory behind them */
    size_t n_warm;
    struct cede__slab *slabs; /* with a cold stack each */
    uint32_t next_slab;       /* stacks of the next slab; grows */
} depots[CEDE__STACK_CLASS_MAX + 1];

int cede__stack_class(size_t size)
{
    int class = CEDE__STACK_CLASS_MIN;

    if (size == 0)
        class = CEDE__STACK_CLASS_DEFAULT;
    while (class <= CEDE__STACK_CLASS_MAX && ((size_t)1 << class) < size)
        class ++;
    /* Where pages are large, a guard and three pages are the least. */
    while (((size_t)1 << class) < 4 * cede__page_size())
        class ++;
    return class <= CEDE__STACK_CLASS_MAX ? class : -EINVAL;
}

int cede__stack_class_of(const struct cede__stack *stack)
{
    return stack->slab->size_class;
}

size_t cede__stack_usable(const struct cede__stack *stack)
{
    return (size_t)((const char *)stack - stack->low);
}

static struct cede__slab *slab_create(struct depot *depot, int size_class)
{
    const uint32_t most = SLAB_BYTES_MAX >> size_class;
    uint32_t n = depot->next_slab < SLAB_STACKS_MIN ? SLAB_STACKS_MIN : depot->next_slab;
    struct cede__slab *slab;

    n = n > most ? (most > 0 ? most : 1) : n;
    slab = cede__calloc(1, sizeof *slab + n * sizeof slab->cold[0]);
    if (!slab)
        return NULL;
    slab->pages = cede__pages_map((size_t)n << size_class);
    if (!slab->pages) {
        cede__free(slab);
        return NULL;
    }
    slab->size_class = size_class;
    slab->n_stacks = n;
    depot->next_slab = n * 2 > SLAB_STACKS_MAX ? SLAB_STACKS_MAX : n * 2;
    return slab;
}

/* Where the head of a stack lies; touches nothing. */
static struct cede__stack *slab_head(const struct cede__slab *slab, uint32_t index)
{
    char *top = slab->pages + ((size_t)(index + 1) << slab->size_class);
    const size_t head_size = (sizeof(struct cede__stack) + LINE - 1) / LINE * LINE;

    return (struct cede__stack *)(void *)(top - head_size - (size_t)(index % N_COLOURS) * LINE);
}

/* Fill in the head of a stack that has been cold. */
static struct cede__stack *slab_warm(struct cede__slab *slab, uint32_t index, bool guarded)
{
    struct cede__stack *stack = slab_head(slab, index);
    char *bottom = slab->pages + ((size_t)index << slab->size_class);

    *stack = (struct cede__stack){.low = bottom + cede__page_size(), .slab = slab, .index = index};
    if (!guarded) {
        stack->has_canary = true;
        memcpy(stack->low, &canary_word, sizeof canary_word);
    }
    return stack;
}

static struct cede__stack *slab_take(struct cede__slab *slab)
{
    if (slab->n_cold > 0) {
        const uint32_t index = slab->cold[--slab->n_cold];
        char *bottom = slab->pages + ((size_t)index << slab->size_class);
        /* Installing a guard twice is harmless; asking again tells whether there is one. */
        return slab_warm(slab, index, cede__pages_guard(bottom, cede__page_size()) == 0);
    }
    const uint32_t index = slab->n_cut++;
    char *bottom = slab->pages + ((size_t)index << slab->size_class);
    struct cede__stack *stack =
        slab_warm(slab, index, cede__pages_guard(bottom, cede__page_size()) == 0);
    cede__stack_register(stack->low, stack);
    return stack;
}

static bool slab_has_cold(const struct cede__slab *slab)
{
    return slab->n_cold > 0 || slab->n_cut < slab->n_stacks;
}

static struct cede__stack *depot_take_locked(struct depot *depot, int size_class)
{
    struct cede__stack *stack = depot->warm;

    if (stack) {
        depot->warm = stack->next;
        depot->n_warm--;
        return stack;
    }
    if (!depot->slabs)
        depot->slabs = slab_create(depot, size_class);
    if (!depot->slabs)
        return NULL;
    stack = slab_take(depot->slabs);
    if (!slab_has_cold(depot->slabs))
        depot->slabs = depot->slabs->next;
    return stack;
}

struct cede__stack *cede__depot_take(int size_class)
{
    struct depot *depot = &depots[size_class];
    struct cede__stack *stack;

    cede__mutex_lock(&depot->lock);
    stack = depot_take_locked(depot, size_class);
    cede__mutex_unlock(&depot->lock);
    return stack;
}

static void depot_make_cold(struct depot *depot, struct cede__stack *stack)
{
    struct cede__slab *slab = stack->slab;
    const uint32_t index = stack->index;
    const bool listed = slab_has_cold(slab);
    const size_t page = cede__page_size();

    cede__pages_release(slab->pages + ((size_t)index << slab->size_class) + page,
                        ((size_t)1 << slab->size_class) - page);
    slab->cold[slab->n_cold++] = (uint16_t)index;
    if (!listed) {
        slab->next = depot->slabs;
        depot->slabs = slab;
    }
}

static void depot_give_locked(struct depot *depot, struct cede__stack *stack)
{
    if (depot->n_warm >= DEPOT_WARM_LIMIT) {
        depot_make_cold(depot, stack);
        return;
    }
    stack->next = depot->warm;
    depot->warm = stack;
    depot->n_warm++;
}

void cede__depot_give(struct cede__stack *stack)
{
    struct depot *depot = &depots[stack->slab->size_class];

    cede__mutex_lock(&depot->lock);
    depot_give_locked(depot, stack);
    cede__mutex_unlock(&depot->lock);
}

struct cede__stack *cede__stack_take_slowly(struct cede__stack_cache *cache)
{
    struct depot *depot = &depots[cache->size_class];
    struct cede__stack *stack;

    cede__mutex_lock(&depot->lock);
    stack = depot_take_locked(depot, cache->size_class);
    /* Warm ones come in numbers; a cold one costs memory, so it comes alone. */
    for (int i = 0; stack && depot->warm && i < REFILL; i++)
        cede__stack_give(cache, depot_take_locked(depot, cache->size_class));
    cede__mutex_unlock(&depot->lock);
    return stack;
}

void cede__stack_cache_trim(struct cede__stack_cache *cache, size_t limit)
{
    struct depot *depot = &depots[cache->size_class];

    if (cache->n_free <= limit)
        return;
    cede__mutex_lock(&depot->lock);
    while (cache->n_free > limit)
        depot_give_locked(depot, cede__stack_take(cache));
    cede__mutex_unlock(&depot->lock);
}

bool cede__stack_canary_is_whole(const struct cede__stack *stack)
{
    return memcmp(stack->low, &canary_word, sizeof canary_word) == 0;
}
