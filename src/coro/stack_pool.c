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
 * Tasks are hot at the top of their stacks. Were the tops a power of two apart, they would all fall
 * into the same few sets of the caches and of the TLB. So stacks lie one page further apart than
 * their size, an odd number of pages, and heads are coloured: shifted below the top by 0 to 31
 * cache lines, so that neighbours differ. From one to the next the shift is a line less, not more:
 * else what a task stores as it parks has the low bits of the address that its neighbour, if that
 * goes on, reads next, and the processor stops to tell the two apart.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/base.h"
#include "coro/sanitizer.h"
#include "coro/stack_pool.h"
#include "sys/futex.h"
#include "sys/memory.h"

enum {
    N_COLOURS = 32,
    LINE = 64,
    SLAB_STACKS_MIN = 16,
    SLAB_STACKS_MAX = 1024,
    SLAB_BYTES_MAX = 1 << 26, /* larger stacks come fewer to a slab */
#if defined(CEDE__ASAN)
    DEPOT_WARM_LIMIT = 1, /* few: what dead tasks left on theirs must not hide a leak */
#else
    DEPOT_WARM_LIMIT = 4096, /* stacks with pages behind them that a depot keeps */
#endif
    REFILL = 32,    /* stacks that move from depot to cache at once */
    GUARD_ROW = 32, /* guards installed at once: of 64 KiB, those share a page of the page table */
    NO_GUARD = 1 << 15,
    COLD_BATCH = 64, /* stacks whose memory is given back at once */
};

static const uint64_t canary_word = 0x6365646563616e61;

struct cede__slab {
    struct cede__slab
        *older; /* in the depot's list of all slabs, by which leak checkers find them */
    struct cede__slab *next; /* in the depot's list of slabs with cold stacks */
    char *pages;
    int size_class;
    uint32_t n_stacks;
    uint32_t n_cut;     /* stacks 0 to n_cut - 1 have been in use */
    uint32_t n_guarded; /* of the others, those below this one have their guard already */
    uint32_t n_known;   /* the most that n_cut has been */
    uint32_t n_sound;   /* of those, this many from the first on have a guard */
    uint32_t n_cold;    /* of the first, how many are cold again: cold[0] to cold[n_cold - 1] */
    uint16_t cold[];    /* index; with NO_GUARD if it never got one */
};

static struct depot {
    struct cede__mutex lock;
    struct cede__stack *warm; /* free, memory behind them */
    size_t n_warm;
    size_t n_out; /* stacks that were taken and not given back, those in caches among them */
    struct cede__slab *slabs; /* with a cold stack each */
    struct cede__slab *all;   /* every slab; they live as long as the process */
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

size_t cede__stack_usable(const struct cede__stack *stack)
{
    return (size_t)((const char *)stack - stack->low);
}

/* Bytes from one stack to the next: the page more belongs to the guard. */
static size_t class_stride(int size_class)
{
    return ((size_t)1 << size_class) + cede__page_size();
}

static size_t guard_size(void)
{
    return 2 * cede__page_size();
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
    slab->pages = cede__pages_map(n * class_stride(size_class));
    if (!slab->pages) {
        cede__free(slab);
        return NULL;
    }
    cede__slab_register(slab->pages, n * class_stride(size_class));
    slab->size_class = size_class;
    slab->n_stacks = n;
    slab->older = depot->all;
    depot->all = slab;
    depot->next_slab = n * 2 > SLAB_STACKS_MAX ? SLAB_STACKS_MAX : n * 2;
    return slab;
}

/* Where the guard of a stack begins. */
static char *slab_bottom(const struct cede__slab *slab, uint32_t index)
{
    return slab->pages + index * class_stride(slab->size_class);
}

/* Where the head of a stack lies; touches nothing. */
static struct cede__stack *slab_head(const struct cede__slab *slab, uint32_t index)
{
    char *top = slab_bottom(slab, index + 1);
    const uint32_t colour = (uint32_t) - (index + index / N_COLOURS) % N_COLOURS;
    const size_t head_size = (sizeof(struct cede__stack) + LINE - 1) / LINE * LINE;

    return (struct cede__stack *)(void *)(top - head_size - (size_t)colour * LINE);
}

/* Fill in the head of a stack that has been cold. */
static struct cede__stack *slab_warm(struct cede__slab *slab, uint32_t index, bool guarded)
{
    struct cede__stack *stack = slab_head(slab, index);

    *stack = (struct cede__stack){.low = slab_bottom(slab, index) + guard_size(),
                                  .slab = slab,
                                  .index = index,
                                  .size_class = (uint8_t)slab->size_class,
                                  .is_guarded = guarded};
    if (!guarded) {
        stack->has_canary = true;
        memcpy(stack->low, &canary_word, sizeof canary_word);
    }
    return stack;
}

/* Guard the stacks from `index` on, n at most; how many got their guard. */
static uint32_t slab_guard(struct cede__slab *slab, uint32_t index, uint32_t n)
{
    return (uint32_t)cede__pages_guard(slab_bottom(slab, index), guard_size(),
                                       class_stride(slab->size_class), n);
}

static struct cede__stack *slab_take(struct cede__slab *slab)
{
    if (slab->n_cold > 0) {
        const uint16_t cold = slab->cold[--slab->n_cold];
        const uint32_t index = cold & (NO_GUARD - 1);
        return slab_warm(slab, index, !(cold & NO_GUARD) || slab_guard(slab, index, 1) == 1);
    }
    const uint32_t index = slab->n_cut++;
    const uint32_t left = slab->n_stacks - index;
    if (index >= slab->n_guarded)
        slab->n_guarded = index + slab_guard(slab, index, left < GUARD_ROW ? left : GUARD_ROW);
    struct cede__stack *stack = slab_warm(slab, index, index < slab->n_guarded);
    if (index == slab->n_sound && stack->is_guarded)
        slab->n_sound++;
    if (index == slab->n_known) {
        slab->n_known++;
        cede__stack_register(stack->low, slab_bottom(slab, index + 1) - 1);
    }
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
        depot->n_out++;
        return stack;
    }
    if (!depot->slabs)
        depot->slabs = slab_create(depot, size_class);
    if (!depot->slabs)
        return NULL;
    stack = slab_take(depot->slabs);
    depot->n_out++;
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

/* Note that a stack, whose memory was given back, is cold. */
static void depot_add_cold(struct depot *depot, struct cede__slab *slab, uint16_t cold)
{
    if (!slab_has_cold(slab)) {
        slab->next = depot->slabs;
        depot->slabs = slab;
    }
    slab->cold[slab->n_cold++] = cold;
    depot->n_out--;
}

/* Give the memory of a chain of stacks back and let the depot have them cold, some at a time. */
static void depot_give_cold(struct depot *depot, struct cede__stack *chain)
{
    void *pages[COLD_BATCH];
    struct cede__slab *slabs[COLD_BATCH];
    uint16_t colds[COLD_BATCH];

    while (chain) {
        const size_t size = class_stride(chain->size_class) - guard_size();
        size_t n = 0;
        for (; chain && n < COLD_BATCH; n++, chain = chain->next) {
            pages[n] = chain->low;
            slabs[n] = chain->slab;
            colds[n] = (uint16_t)(chain->index | (chain->is_guarded ? 0 : NO_GUARD));
        }
        cede__pages_release_many(pages, size, n);
        cede__mutex_lock(&depot->lock);
        for (size_t i = 0; i < n; i++)
            depot_add_cold(depot, slabs[i], colds[i]);
        cede__mutex_unlock(&depot->lock);
    }
}

/* Whether the depot keeps the stack warm. */
static bool depot_give_locked(struct depot *depot, struct cede__stack *stack)
{
    if (depot->n_warm >= DEPOT_WARM_LIMIT)
        return false;
    stack->next = depot->warm;
    depot->warm = stack;
    depot->n_warm++;
    depot->n_out--;
    return true;
}

void cede__depot_give(struct cede__stack *stack)
{
    struct depot *depot = &depots[stack->size_class];
    bool kept;

    cede__mutex_lock(&depot->lock);
    kept = depot_give_locked(depot, stack);
    cede__mutex_unlock(&depot->lock);
    if (!kept) {
        stack->next = NULL;
        depot_give_cold(depot, stack);
    }
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
    struct cede__stack *excess = NULL;

    /* A few more are let be, so that what goes goes in numbers. */
    if (cache->n_free <= limit + limit / 8)
        return;
    cede__mutex_lock(&depot->lock);
    while (cache->n_free > limit) {
        struct cede__stack *stack = cede__stack_take(cache);
        if (!depot_give_locked(depot, stack)) {
            stack->next = excess;
            excess = stack;
        }
    }
    cede__mutex_unlock(&depot->lock);
    depot_give_cold(depot, excess);
}

/* Give the memory of all stacks of a slab back; none is in use. */
static void slab_cool(struct cede__slab *slab)
{
    cede__pages_release(slab->pages, slab->n_cut * class_stride(slab->size_class));
    if (slab->n_sound < slab->n_cut)
        slab->n_guarded = slab->n_sound; /* the others are to be tried again */
    slab->n_cut = 0;
    slab->n_cold = 0;
}

bool cede__stack_cache_drop(struct cede__stack_cache *cache, size_t n_more)
{
    struct depot *depot = &depots[cache->size_class];
    const size_t n = cache->n_free + n_more;
    bool is_all;

    if (n <= DEPOT_WARM_LIMIT)
        return false; /* the depot keeps them warm */
    cede__mutex_lock(&depot->lock);
    is_all = depot->n_out == n;
    if (is_all) {
        depot->slabs = NULL;
        for (struct cede__slab *slab = depot->all; slab; slab = slab->older) {
            slab_cool(slab);
            slab->next = depot->slabs;
            depot->slabs = slab;
        }
        depot->warm = NULL;
        depot->n_warm = 0;
        depot->n_out = 0;
        cache->free = NULL;
        cache->n_free = 0;
    }
    cede__mutex_unlock(&depot->lock);
    return is_all;
}

bool cede__stack_canary_is_whole(const struct cede__stack *stack)
{
    return memcmp(stack->low, &canary_word, sizeof canary_word) == 0;
}
