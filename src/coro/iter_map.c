/* iter_map.c - adaptors whose items are made anew: map, starmap, accumulate, enumerate.
 *
 * What a callback makes is written to `out`, room that lies behind the struct; of size 0 that is
 * room for a pointer, and the pointer is the item.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/itertools.h>

#include "coro/iter.h"

/* The hint of adaptors that yield an item for an item. */
static void same_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
}

/* map */

struct map {
    cede_iter iter;
    union {
        cede_iter_map_fn *map;
        cede_iter_star_fn *star;
    } fn;
    void *arg; /* borrowed */
    _Alignas(max_align_t) char out[];
};

static int map_next(cede_iter *it, void **item)
{
    struct map *map = (struct map *)it;
    void *from;
    int rc = cede__iter_pull(it->sources, &from);

    if (rc <= 0)
        return rc;
    rc = map->fn.map(from, map->out, map->arg);
    if (cede__unlikely(rc < 0))
        return rc;
    *item = cede__iter_kept(it, map->out);
    return 1;
}

static int map_reverse(cede_iter *it)
{
    return cede__iter_reverse(it->sources);
}

static const cede_iter_kind map_kind = {
    .name = "map",
    .next = map_next,
    .close = cede__iter_free,
    .size_hint = same_size_hint,
    .reverse = map_reverse,
};

static int starmap_next(cede_iter *it, void **item)
{
    struct map *map = (struct map *)it;
    void *from;
    int rc = cede__iter_pull(it->sources, &from);

    if (rc <= 0)
        return rc;
    rc = map->fn.star(((cede_tuple *)from)->items, map->out, map->arg);
    if (cede__unlikely(rc < 0))
        return rc;
    *item = cede__iter_kept(it, map->out);
    return 1;
}

static const cede_iter_kind starmap_kind = {
    .name = "starmap",
    .next = starmap_next,
    .close = cede__iter_free,
    .size_hint = same_size_hint,
};

/* Whatever `source` yields, results are `out_size` bytes and no more. */
static struct map *map_create(const cede_iter_kind *kind, cede_iter *source, size_t out_size)
{
    struct map *map;

    if (out_size > PTRDIFF_MAX) {
        (void)cede_raise(-EINVAL, "the results of a '%s' must have a size", kind->name);
        (void)cede_iter_close(source);
        return NULL;
    }
    map = cede__iter_create_over(kind, sizeof *map + (out_size > 0 ? out_size : sizeof(void *)),
                                 source);
    if (!map)
        return NULL;
    cede__iter_set_item_size(&map->iter, out_size);
    return map;
}

cede_iter *cede_iter_map(cede_iter *source, cede_iter_map_fn *fn, void *arg, size_t out_size)
{
    struct map *map = map_create(&map_kind, source, out_size);

    if (!map)
        return NULL;
    map->fn.map = fn;
    map->arg = arg;
    return &map->iter;
}

cede_iter *cede_iter_starmap(cede_iter *source, cede_iter_star_fn *fn, void *arg, size_t out_size)
{
    struct map *map = map_create(&starmap_kind, source, out_size);

    if (!map)
        return NULL;
    map->fn.star = fn;
    map->arg = arg;
    return &map->iter;
}

/* accumulate */

struct accumulate {
    cede_iter iter;
    cede_iter_fold_fn *fn;
    void *arg;           /* borrowed */
    bool has_total;      /* an initial one, or the first item */
    bool yields_initial; /* it is still to come itself */
    _Alignas(max_align_t) char total[];
};

static int accumulate_next(cede_iter *it, void **item)
{
    struct accumulate *accumulate = (struct accumulate *)it;
    void *from;

    if (accumulate->yields_initial) {
        accumulate->yields_initial = false;
        *item = accumulate->total;
        return 1;
    }
    int rc = cede__iter_pull(it->sources, &from);
    if (rc <= 0)
        return rc;
    if (accumulate->has_total) {
        rc = accumulate->fn(accumulate->total, from, accumulate->arg);
        if (rc < 0)
            return rc;
    } else {
        cede_iter_keep(it->sources, accumulate->total, from);
        accumulate->has_total = true;
    }
    *item = accumulate->total;
    return 1;
}

static void accumulate_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
    if (((const struct accumulate *)it)->yields_initial) {
        *lo = cede__iter_hint_add(*lo, 1);
        *hi = cede__iter_hint_add(*hi, 1);
    }
}

static const cede_iter_kind accumulate_kind = {
    .name = "accumulate",
    .next = accumulate_next,
    .close = cede__iter_free,
    .size_hint = accumulate_size_hint,
};

cede_iter *cede_iter_accumulate(cede_iter *source, cede_iter_fold_fn *fn, void *arg,
                                const void *initial, size_t size)
{
    struct accumulate *accumulate;

    if (source && (size == 0 || size > PTRDIFF_MAX || (!initial && size != source->item_size))) {
        (void)cede_raise(-EINVAL, "totals of %zu bytes cannot begin with an item of '%s'", size,
                         source->kind->name);
        (void)cede_iter_close(source);
        return NULL;
    }
    accumulate = cede__iter_create_over(&accumulate_kind, sizeof *accumulate + size, source);
    if (!accumulate)
        return NULL;
    /* Without an initial one, totals are like the items, whatever those are made of. */
    if (initial) {
        cede__iter_set_item_size(&accumulate->iter, size);
        memcpy(accumulate->total, initial, size);
        accumulate->has_total = true;
        accumulate->yields_initial = true;
    }
    accumulate->fn = fn;
    accumulate->arg = arg;
    return &accumulate->iter;
}

/* enumerate */

struct enumerate {
    cede_iter iter;
    cede_numbered item;
    int64_t next;
    bool overflowed; /* `next` would not fit */
};

static int enumerate_next(cede_iter *it, void **item)
{
    struct enumerate *enumerate = (struct enumerate *)it;
    const int rc = cede__iter_pull(it->sources, &enumerate->item.item);

    if (rc <= 0)
        return rc;
    if (cede__unlikely(enumerate->overflowed))
        return cede_raise(-EOVERFLOW, "the number of the next item does not fit in 64 bits");
    enumerate->item.number = enumerate->next;
    enumerate->overflowed = __builtin_add_overflow(enumerate->next, 1, &enumerate->next);
    *item = &enumerate->item;
    return 1;
}

static const cede_iter_kind enumerate_kind = {
    .name = "enumerate",
    .next = enumerate_next,
    .close = cede__iter_free,
    .size_hint = same_size_hint,
};

cede_iter *cede_iter_enumerate(cede_iter *source, int64_t start)
{
    struct enumerate *enumerate =
        cede__iter_create_over(&enumerate_kind, sizeof *enumerate, source);

    if (!enumerate)
        return NULL;
    enumerate->next = start;
    if (cede__iter_shape_numbered(&enumerate->iter, source) < 0) {
        (void)cede_iter_close(&enumerate->iter);
        return NULL;
    }
    return &enumerate->iter;
}
