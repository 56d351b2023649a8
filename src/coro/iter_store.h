/* iter_store.h - copies of items, as many as come, each at rest where it was put. Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_ITER_STORE_H
#define CEDE_CORO_ITER_STORE_H

#include "coro/iter.h"

/* The first block has FIRST slots, each further one twice as many. */
enum { CEDE__STORE_FIRST = 16, CEDE__STORE_BLOCKS = 48 };

/* Zeroed memory is an empty store. */
struct cede__iter_store {
    size_t n; /* items */
    char *blocks[CEDE__STORE_BLOCKS];
};

/* Copy an item of `it` to its end. 0 or -ENOMEM, raised. */
int cede__iter_store_put(struct cede__iter_store *store, const cede_iter *it, const void *item);

/* Copy all items of a source to its end, as items of `it`. 0 or a negative code. */
int cede__iter_store_take_all(struct cede__iter_store *store, const cede_iter *it,
                              cede_iter *source);

/* The i-th item. */
void *cede__iter_store_at(const struct cede__iter_store *store, const cede_iter *it, size_t i);

/* Give the memory back. */
void cede__iter_store_fini(struct cede__iter_store *store);

#endif
