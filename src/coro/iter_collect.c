/* iter_collect.c - items in an array.
 *
 * Plain items are copied into an array that grows by doubling. Items that are made of parts point
 * into themselves, and would not survive that: they are copied to a store first, and in the end to
 * the place behind an array of pointers to them, all in one piece of memory.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_fold.h>

#include "coro/iter_store.h"

enum { FIRST_ITEMS = 16, ALIGN = _Alignof(max_align_t) };

struct array {
    char *items;
    size_t n;
    size_t n_places;
};

static int raise_no_memory(size_t n)
{
    return cede_raise(-ENOMEM, "no memory to collect %zu items", n);
}

static int array_grow(struct array *array, size_t item_size)
{
    const size_t n_places = array->n_places > 0 ? 2 * array->n_places : FIRST_ITEMS;
    size_t bytes;
    char *items = NULL;

    if (!__builtin_mul_overflow(n_places, item_size, &bytes) && bytes <= PTRDIFF_MAX)
        items = cede__realloc(array->items, bytes);
    if (!items)
        return raise_no_memory(n_places);
    array->items = items;
    array->n_places = n_places;
    return 0;
}

static int collect_plain(cede_iter *it, struct array *array)
{
    const size_t item_size = cede__iter_kept_size(it);
    void *item;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0) {
        if (array->n == array->n_places) {
            rc = array_grow(array, item_size);
            if (rc < 0)
                break;
        }
        cede_iter_keep(it, array->items + array->n++ * item_size, item);
    }
    return rc;
}

/* Copy the items of a store behind an array of pointers to them. */
static int array_move_in(struct array *array, const cede_iter *it,
                         const struct cede__iter_store *store)
{
    size_t bytes, room;

    if (store->n == 0)
        return 0;
    const size_t head = (store->n * sizeof(void *) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (__builtin_mul_overflow(store->n, it->item_size, &bytes) ||
        __builtin_add_overflow(bytes, head, &room) || room > PTRDIFF_MAX)
        return raise_no_memory(store->n);
    array->items = cede__malloc(room);
    if (!array->items)
        return raise_no_memory(store->n);
    for (size_t i = 0; i < store->n; i++) {
        char *place = array->items + head + i * it->item_size;

        cede_iter_keep(it, place, cede__iter_store_at(store, it, i));
        ((void **)(void *)array->items)[i] = place;
    }
    array->n = store->n;
    return 0;
}

static int collect_shaped(cede_iter *it, struct array *array)
{
    struct cede__iter_store store = {0};
    int rc = cede__iter_store_take_all(&store, it, it);

    if (rc == 0)
        rc = array_move_in(array, it, &store);
    cede__iter_store_fini(&store);
    return rc;
}

int cede_iter_collect(cede_iter *it, void **array, size_t *n)
{
    struct array collected = {0};
    int rc = it ? cede__iter_check_keepable(it, "collect") : cede__iter_missing();

    if (rc == 0)
        rc = it->shape ? collect_shaped(it, &collected) : collect_plain(it, &collected);
    if (rc == 0) {
        *array = collected.items;
        *n = collected.n;
    } else {
        cede__free(collected.items);
    }
    (void)cede_iter_close(it); /* one that is busy has refused already */
    return rc;
}

void cede_iter_release(void *array)
{
    cede__free(array);
}

int cede_iter_fill(cede_iter *it, void *array, size_t max, size_t *n)
{
    int rc = it ? cede__iter_check_keepable(it, "fill") : cede__iter_missing();
    size_t n_filled = 0;

    while (rc >= 0 && n_filled < max) {
        void *item;
        rc = cede_iter_next(it, &item);
        if (rc <= 0)
            break;
        cede_iter_keep(it, (char *)array + n_filled * cede__iter_kept_size(it), item);
        n_filled++;
    }
    *n = n_filled;
    (void)cede_iter_close(it); /* one that is busy has refused already */
    return rc < 0 ? rc : 0;
}
