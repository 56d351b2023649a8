/* queue_store.h - the items of a queue: bytes in, bytes out, in one of three orders. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_QUEUE_STORE_H
#define CEDE_TASK_QUEUE_STORE_H

#include <string.h>

#include <cede/queue.h>

#include "base/base.h"

struct cede__store {
    unsigned char *places; /* n_places of `stride` bytes */
    size_t item_size;
    size_t stride;   /* bytes from one item to the next: room for its number too, if by priority */
    size_t n_places; /* a power of two */
    size_t head;     /* first in, first out: the oldest; counts on and wraps with the places */
    size_t n;        /* items */
    cede_queue_order order;
    int (*compare)(const void *a, const void *b); /* by priority */
    uint64_t n_put;                               /* by priority: so far */
};

/* Make an empty store with room for some. 0, or -ENOMEM. */
int cede__store_init(struct cede__store *store, const cede_queue_options *options);

/* Call `drop`, unless NULL, with each item, and give the memory back. */
void cede__store_drop(struct cede__store *store, void (*drop)(void *item));

int cede__store_grow(struct cede__store *store); /* 0, or -ENOMEM: then it is as it was */

/* Room for one more. */
static inline int cede__store_reserve(struct cede__store *store)
{
    return cede__likely(store->n < store->n_places) ? 0 : cede__store_grow(store);
}

/* Copy an item; nearly always a pointer. */
static inline void cede__store_copy(const struct cede__store *store, void *to, const void *from)
{
    if (cede__likely(store->item_size == sizeof(void *)))
        memcpy(to, from, sizeof(void *));
    else
        memcpy(to, from, store->item_size);
}

void cede__store_put(struct cede__store *store, const void *item); /* after a reserve */
void cede__store_take(struct cede__store *store, void *item_out);  /* there must be one */
/* The first that the filter lets through, of any order but last in, first out; whether there is
 * one. */
bool cede__store_take_if(struct cede__store *store, bool (*filter)(const void *item, void *arg),
                         void *arg, void *item_out);

#endif
