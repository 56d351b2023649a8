/* timer_heap.h - a 4-ary heap of timers' entries, least first. Floor 3. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOOP_TIMER_HEAP_H
#define CEDE_LOOP_TIMER_HEAP_H

#include "loop/timers.h"

enum { CEDE__HEAP_ARITY = 4 };

/* Both at once, as one number: nothing to be foretold where a jump would be. */
static inline bool cede__entry_before(const struct cede__timer_entry *a,
                                      const struct cede__timer_entry *b)
{
    const __int128 of_a = (__int128)a->when << 64 | a->order;
    const __int128 of_b = (__int128)b->when << 64 | b->order;

    return of_a < of_b;
}

/* Among those of a heap jumps are better: what was foretold is fetched ahead. */
static inline bool cede__heap_before(const struct cede__timer_entry *a,
                                     const struct cede__timer_entry *b)
{
    return a->when < b->when || (a->when == b->when && a->order < b->order);
}

static inline void cede__heap_sift_up(struct cede__timer_entry *heap, uint32_t at,
                                      struct cede__timer_entry entry)
{
    while (at > 0) {
        const uint32_t parent = (at - 1) / CEDE__HEAP_ARITY;
        if (!cede__heap_before(&entry, &heap[parent]))
            break;
        heap[at] = heap[parent];
        at = parent;
    }
    heap[at] = entry;
}

static inline uint32_t cede__heap_least_child(const struct cede__timer_entry *heap, uint32_t first,
                                              uint32_t n)
{
    const uint32_t end = first + CEDE__HEAP_ARITY < n ? first + CEDE__HEAP_ARITY : n;
    uint32_t least = first;

    for (uint32_t child = first + 1; child < end; child++) {
        if (cede__heap_before(&heap[child], &heap[least]))
            least = child;
    }
    return least;
}

/* Put an entry in the place of the first of n. It is nearly always late: walk the hole to the
 * bottom first, then the entry up. */
static inline void cede__heap_replace_first(struct cede__timer_entry *heap, uint32_t n,
                                            struct cede__timer_entry entry)
{
    uint32_t at = 0;

    for (uint32_t first = 1; first < n; first = at * CEDE__HEAP_ARITY + 1) {
        const uint32_t least = cede__heap_least_child(heap, first, n);
        heap[at] = heap[least];
        at = least;
    }
    cede__heap_sift_up(heap, at, entry);
}

#endif
