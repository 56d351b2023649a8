/* ring.c - a growing ring of pointers: the slow side. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/ring.h"

enum { FIRST_PLACES = 16 };

int cede__ring_grow(struct cede__ring *ring)
{
    const size_t n_places = ring->n_places ? 2 * ring->n_places : FIRST_PLACES;
    const size_t head = ring->n_places ? ring->head & (ring->n_places - 1) : 0;
    const size_t n_to_end = ring->n < ring->n_places - head ? ring->n : ring->n_places - head;
    void **places;

    if (n_places > SIZE_MAX / sizeof *places)
        return -ENOMEM;
    places = cede__malloc(n_places * sizeof *places);
    if (!places)
        return -ENOMEM;
    if (ring->n > 0) {
        memcpy(places, ring->places + head, n_to_end * sizeof *places);
        memcpy(places + n_to_end, ring->places, (ring->n - n_to_end) * sizeof *places);
    }
    cede__free(ring->places);
    ring->places = places;
    ring->n_places = n_places;
    ring->head = 0;
    return 0;
}

void cede__ring_fini(struct cede__ring *ring)
{
    cede__free(ring->places);
    ring->places = NULL;
    ring->n_places = 0;
    ring->head = 0;
    __atomic_store_n(&ring->n, 0, __ATOMIC_RELAXED);
}
