/* iter_store.c - copies of items in blocks that never move, so that pointers into them, and copies
 * that point into themselves, stay right. Block k has FIRST << k slots. */
/* SPDX-License-Identifier: MIT */
#include "coro/iter_store.h"

/* The block of the i-th slot, and the slot's place in it. */
static size_t block_of(size_t i, size_t *place)
{
    const size_t k = 63 - (size_t)__builtin_clzll((unsigned long long)(i / CEDE__STORE_FIRST) + 1);

    *place = i - CEDE__STORE_FIRST * (((size_t)1 << k) - 1);
    return k;
}

int cede__iter_store_put(struct cede__iter_store *store, const cede_iter *it, const void *item)
{
    const size_t slot_size = cede__iter_kept_size(it);
    size_t place, bytes;
    const size_t k = block_of(store->n, &place);

    if (k < CEDE__STORE_BLOCKS && !store->blocks[k] &&
        !__builtin_mul_overflow((size_t)CEDE__STORE_FIRST << k, slot_size, &bytes))
        store->blocks[k] = cede__malloc(bytes);
    if (k >= CEDE__STORE_BLOCKS || !store->blocks[k])
        return cede_raise(-ENOMEM, "no memory to keep %zu items of '%s'", store->n + 1,
                          it->kind->name);
    cede_iter_keep(it, store->blocks[k] + place * slot_size, item);
    store->n++;
    return 0;
}

int cede__iter_store_take_all(struct cede__iter_store *store, const cede_iter *it,
                              cede_iter *source)
{
    void *item;
    int rc;

    while ((rc = cede__iter_pull(source, &item)) > 0) {
        rc = cede__iter_store_put(store, it, item);
        if (rc < 0)
            break;
    }
    return rc;
}

void *cede__iter_store_at(const struct cede__iter_store *store, const cede_iter *it, size_t i)
{
    size_t place;
    const size_t k = block_of(i, &place);

    return cede__iter_kept(it, store->blocks[k] + place * cede__iter_kept_size(it));
}

void cede__iter_store_fini(struct cede__iter_store *store)
{
    for (size_t k = 0; k < CEDE__STORE_BLOCKS; k++)
        cede__free(store->blocks[k]);
    *store = (struct cede__iter_store){0};
}
