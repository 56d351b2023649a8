/* iter_key.c - keys of items: made by the user's function, or a copy of the item; compared and
 * hashed by the user's functions, or by their bytes. A key that outlives is a pointer in its
 * slot. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "coro/iter_key.h"

int cede__iter_key_init(struct cede__iter_key *key, const cede_iter_key *how, const cede_iter *like,
                        const char *who)
{
    *key = (struct cede__iter_key){.how = how ? *how : (cede_iter_key){0}, .like = like};
    key->item_size = key->how.key ? key->how.key_size : like->item_size;
    if (key->item_size == CEDE_ITEM_UNKNOWN)
        return cede__iter_check_keepable(like, who);
    if (!key->how.key && !key->how.equal && like->shape)
        return cede_raise(-EINVAL,
                          "'%s' does not know when tuples of '%s' are the same: give it a key", who,
                          like->kind->name);
    if (key->item_size > PTRDIFF_MAX / 2)
        return cede_raise(-EINVAL, "a key of %zu bytes", key->item_size);
    key->size = key->item_size == CEDE_ITEM_OUTLIVES ? sizeof(void *) : key->item_size;
    return 0;
}

int cede__iter_key_make(const struct cede__iter_key *key, void *slot, void *item)
{
    if (key->how.key)
        return key->how.key(item, slot, key->how.arg);
    cede_iter_keep(key->like, slot, item);
    return 0;
}

const void *cede__iter_key_at(const struct cede__iter_key *key, const void *slot)
{
    return key->item_size == CEDE_ITEM_OUTLIVES ? *(void *const *)slot : slot;
}

bool cede__iter_key_equal(const struct cede__iter_key *key, const void *a, const void *b)
{
    if (key->how.equal)
        return key->how.equal(cede__iter_key_at(key, a), cede__iter_key_at(key, b), key->how.arg);
    return memcmp(a, b, key->size) == 0;
}

bool cede__iter_key_has_hash(const struct cede__iter_key *key)
{
    return key->how.hash || !key->how.equal;
}

/* FNV-1a, its high bits mixed into the low ones, by which a table goes. */
static uint64_t hash_bytes(const unsigned char *bytes, size_t size)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash ^ (hash >> 32);
}

uint64_t cede__iter_key_hash(const struct cede__iter_key *key, const void *slot)
{
    if (key->how.hash)
        return key->how.hash(cede__iter_key_at(key, slot), key->how.arg);
    return hash_bytes(slot, key->size);
}

void cede__iter_key_copy(const struct cede__iter_key *key, void *to, const void *slot)
{
    if (!key->how.key && key->like->shape)
        cede_iter_keep(key->like, to, slot);
    else
        memcpy(to, slot, key->size);
}

/* Strings. */

static bool strings_are_equal(const void *a, const void *b, void *arg)
{
    (void)arg;
    return strcmp(a, b) == 0;
}

static uint64_t string_hash(const void *key, void *arg)
{
    (void)arg;
    return hash_bytes(key, strlen(key));
}

const cede_iter_key cede_iter_key_string = {.equal = strings_are_equal, .hash = string_hash};
