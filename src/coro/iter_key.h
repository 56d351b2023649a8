/* iter_key.h - what of an item decides whether it is the same as another. Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_ITER_KEY_H
#define CEDE_CORO_ITER_KEY_H

#include <cede/iter_keep.h>

#include "coro/iter.h"

struct cede__iter_key {
    cede_iter_key how;     /* the user's, or all zero */
    const cede_iter *like; /* whose items they are: keys are, without how.key */
    size_t item_size;      /* of a key: bytes, or CEDE_ITEM_OUTLIVES */
    size_t size;           /* bytes that a key takes */
};

/* Make ready. 0, or -EINVAL, raised for `who`: items cannot be kept, or have no bytes to
 * compare. */
int cede__iter_key_init(struct cede__iter_key *key, const cede_iter_key *how, const cede_iter *like,
                        const char *who);

/* Write the key of an item to `slot`, `size` bytes aligned as by malloc. 0 or a negative code. */
int cede__iter_key_make(const struct cede__iter_key *key, void *slot, void *item);

/* Whether the keys at two slots are the same. */
bool cede__iter_key_equal(const struct cede__iter_key *key, const void *a, const void *b);

/* Whether there is a hash that goes with equal; and that of the key at a slot. */
bool cede__iter_key_has_hash(const struct cede__iter_key *key);
uint64_t cede__iter_key_hash(const struct cede__iter_key *key, const void *slot);

/* Copy the key at a slot to another. */
void cede__iter_key_copy(const struct cede__iter_key *key, void *to, const void *slot);

/* The key at a slot, as the user sees it. */
const void *cede__iter_key_at(const struct cede__iter_key *key, const void *slot);

#endif
