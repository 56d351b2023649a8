/* ring.h - a growing ring of pointers, first in, first out. Floor 0. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_RING_H
#define CEDE_RING_H

#include "base/base.h"

/* Zero-initialised memory is an empty ring. */
struct cede__ring {
    void **places;
    size_t n_places; /* a power of two, or 0 */
    size_t head;     /* of the oldest; counts on and wraps with the places */
    size_t n;        /* pointers in it; atomic, so that others may look how many there seem to be */
};

/* Room for one more. 0, or -ENOMEM (not raised): then it is as it was. */
int cede__ring_grow(struct cede__ring *ring);

/* Give the memory back; what it holds is forgotten. */
void cede__ring_fini(struct cede__ring *ring);

static inline int cede__ring_reserve(struct cede__ring *ring)
{
    return cede__likely(ring->n < ring->n_places) ? 0 : cede__ring_grow(ring);
}

/* For who does not hold what guards it: only a hint. */
static inline bool cede__ring_seems_filled(const struct cede__ring *ring)
{
    return __atomic_load_n(&ring->n, __ATOMIC_RELAXED) > 0;
}

/* Where the oldest lies; there must be places. */
static inline void **cede__ring_head(const struct cede__ring *ring)
{
    return &ring->places[ring->head & (ring->n_places - 1)];
}

/* Add one, after a reserve that succeeded. */
static inline void cede__ring_put(struct cede__ring *ring, void *pointer)
{
    const size_t end = ring->head + ring->n;

    __atomic_store_n(&ring->n, ring->n + 1, __ATOMIC_RELAXED);
    ring->places[end & (ring->n_places - 1)] = pointer;
    /* The next cache line: another processor may have read it last. */
    __builtin_prefetch(&ring->places[(end + 8) & (ring->n_places - 1)], 1);
}

/* The oldest; there must be one. */
static inline void *cede__ring_take(struct cede__ring *ring)
{
    __atomic_store_n(&ring->n, ring->n - 1, __ATOMIC_RELAXED);
    return ring->places[ring->head++ & (ring->n_places - 1)];
}

#endif
