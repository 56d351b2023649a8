/* iter_unique.c - items that are not the same as one before: as any, or as the one just before.
 *
 * The keys of all that were handed out lie in a store; a table of open addresses finds them by
 * their hash. Where there is no hash, the table stays empty and each key is compared.
 */
/* SPDX-License-Identifier: MIT */
#include "coro/iter_key.h"
#include "coro/iter_store.h"

/* A place of the table; empty if number is 0. */
struct place {
    uint64_t hash;
    size_t number; /* of the key in the store, from 1 */
};

struct unique {
    cede_iter iter;
    struct cede__iter_key key;
    cede_iter keys;               /* never asked: says how keys are copied */
    struct cede__iter_store seen; /* unique; keys as items of `keys` */
    struct place *places;
    size_t n_places; /* a power of two, or 0 */
    bool has_last;   /* unique_justseen: the second slot has a key */
    char *slots;     /* for the key of an item, and for the one before it */
};

static const cede_iter_kind keys_kind = {.name = "unique"};

static void *last_slot(const struct unique *unique)
{
    return unique->slots + (unique->key.size + 15) / 16 * 16;
}

/* The place of the key at `slot`, or where it would go; there is room. */
static struct place *unique_find(const struct unique *unique, uint64_t hash, const void *slot)
{
    const size_t mask = unique->n_places - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct place *place = &unique->places[i];
        if (place->number == 0)
            return place;
        if (place->hash != hash)
            continue;
        if (cede__iter_key_equal(
                &unique->key, slot,
                cede__iter_store_at(&unique->seen, &unique->keys, place->number - 1)))
            return place;
    }
}

/* The next empty place for a hash that is new. */
static struct place *unique_find_empty(const struct unique *unique, uint64_t hash)
{
    const size_t mask = unique->n_places - 1;
    size_t i = hash & mask;

    while (unique->places[i].number != 0)
        i = (i + 1) & mask;
    return &unique->places[i];
}

/* Room for one more, at three quarters full at most. */
static int unique_reserve(struct unique *unique)
{
    struct place *before = unique->places;
    const size_t n_before = unique->n_places;

    if (unique->seen.n + 1 <= n_before / 4 * 3)
        return 0;
    const size_t n_places = n_before > 0 ? 2 * n_before : 16;
    struct place *places = cede__calloc(n_places, sizeof *places);
    if (!places)
        return cede_raise(-ENOMEM, "no memory for the keys of %zu items", unique->seen.n + 1);
    unique->places = places;
    unique->n_places = n_places;
    for (size_t i = 0; i < n_before; i++) {
        if (before[i].number != 0)
            *unique_find_empty(unique, before[i].hash) = before[i];
    }
    cede__free(before);
    return 0;
}

/* 1: the key in the first slot is new, and is from now on known; 0: it is known; or a negative
 * code. */
static int unique_admit_hashed(struct unique *unique)
{
    const uint64_t hash = cede__iter_key_hash(&unique->key, unique->slots);

    CEDE_TRY(unique_reserve(unique));
    struct place *place = unique_find(unique, hash, unique->slots);
    if (place->number != 0)
        return 0;
    CEDE_TRY(cede__iter_store_put(&unique->seen, &unique->keys, unique->slots));
    *place = (struct place){hash, unique->seen.n};
    return 1;
}

static int unique_admit_compared(struct unique *unique)
{
    for (size_t i = 0; i < unique->seen.n; i++) {
        if (cede__iter_key_equal(&unique->key, unique->slots,
                                 cede__iter_store_at(&unique->seen, &unique->keys, i)))
            return 0;
    }
    CEDE_TRY(cede__iter_store_put(&unique->seen, &unique->keys, unique->slots));
    return 1;
}

static int unique_next(cede_iter *it, void **item)
{
    struct unique *unique = (struct unique *)it;
    void *from;
    int rc;

    while ((rc = cede__iter_pull(it->sources, &from)) > 0) {
        rc = cede__iter_key_make(&unique->key, unique->slots, from);
        if (rc >= 0)
            rc = cede__iter_key_has_hash(&unique->key) ? unique_admit_hashed(unique)
                                                       : unique_admit_compared(unique);
        if (rc > 0)
            *item = from;
        if (rc != 0)
            return rc;
    }
    return rc;
}

static int justseen_next(cede_iter *it, void **item)
{
    struct unique *unique = (struct unique *)it;
    void *last = last_slot(unique);
    void *from;
    int rc;

    while ((rc = cede__iter_pull(it->sources, &from)) > 0) {
        rc = cede__iter_key_make(&unique->key, unique->slots, from);
        if (rc < 0)
            return rc;
        if (unique->has_last && cede__iter_key_equal(&unique->key, unique->slots, last))
            continue;
        cede__iter_key_copy(&unique->key, last, unique->slots);
        unique->has_last = true;
        *item = from;
        return 1;
    }
    return rc;
}

static void unique_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct unique *unique = (const struct unique *)it;

    cede_iter_size_hint(it->sources, lo, hi);
    *lo = *lo > 0 && unique->seen.n == 0 && !unique->has_last;
}

static void unique_close(cede_iter *it)
{
    struct unique *unique = (struct unique *)it;

    cede__iter_store_fini(&unique->seen);
    cede__free(unique->places);
    cede__free(unique->slots);
    (void)cede_iter_close(&unique->keys); /* gives back its shape */
    cede__iter_free(it);
}

static const cede_iter_kind unique_kind = {
    .name = "unique",
    .next = unique_next,
    .close = unique_close,
    .size_hint = unique_size_hint,
};

static const cede_iter_kind justseen_kind = {
    .name = "unique_justseen",
    .next = justseen_next,
    .close = unique_close,
    .size_hint = unique_size_hint,
};

static cede_iter *unique_create(const cede_iter_kind *kind, cede_iter *source,
                                const cede_iter_key *how)
{
    struct unique *unique = cede__iter_create_over(kind, sizeof *unique, source);

    if (!unique)
        return NULL;
    /* A key is put into the store by its slot: as plain bytes, but for items made of parts. */
    cede_iter_init(&unique->keys, &keys_kind, CEDE_ITEM_UNKNOWN);
    if (cede__iter_key_init(&unique->key, how, &unique->iter, kind->name) < 0)
        goto fail;
    if (!unique->key.how.key && unique->iter.shape)
        cede_iter_like(&unique->keys, &unique->iter);
    else
        cede__iter_set_item_size(&unique->keys, unique->key.size);
    unique->slots = cede__calloc(2, (unique->key.size + 15) / 16 * 16);
    if (unique->slots)
        return &unique->iter;
    (void)cede_raise(-ENOMEM, "no memory for a '%s' iterator", kind->name);
fail:
    (void)cede_iter_close(&unique->iter);
    return NULL;
}

cede_iter *cede_iter_unique(cede_iter *source, const cede_iter_key *key)
{
    return unique_create(&unique_kind, source, key);
}

cede_iter *cede_iter_unique_justseen(cede_iter *source, const cede_iter_key *key)
{
    return unique_create(&justseen_kind, source, key);
}
