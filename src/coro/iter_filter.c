/* iter_filter.c - adaptors that let some items through as they are: filter, filterfalse, takewhile,
 * dropwhile, compress. */
/* SPDX-License-Identifier: MIT */
#include <cede/itertools.h>

#include "coro/iter.h"

/* filter and its kin ask `test` of each item. */
struct filter {
    cede_iter iter;
    cede_iter_test_fn *test;
    void *arg;       /* borrowed */
    bool is_through; /* of dropwhile: the first that stays has come */
};

/* The hint of what lets through none, some or all. */
static void some_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
    *lo = 0;
}

static int filter_reverse(cede_iter *it)
{
    return cede__iter_reverse(it->sources);
}

/* The next item of which `test` says `wanted`. */
static inline __attribute__((always_inline)) int filter_find(cede_iter *it, void **item,
                                                             bool wanted)
{
    struct filter *filter = (struct filter *)it;
    void *from;
    int rc;

    while ((rc = cede__iter_pull(it->sources, &from)) > 0) {
        rc = filter->test(from, filter->arg);
        if (cede__unlikely(rc < 0))
            return rc;
        if ((rc > 0) == wanted) {
            *item = from;
            return 1;
        }
    }
    return rc;
}

static int filter_next(cede_iter *it, void **item)
{
    return filter_find(it, item, true);
}

static int filterfalse_next(cede_iter *it, void **item)
{
    return filter_find(it, item, false);
}

static int takewhile_next(cede_iter *it, void **item)
{
    struct filter *filter = (struct filter *)it;
    void *from;
    int rc = cede__iter_pull(it->sources, &from);

    if (rc <= 0)
        return rc;
    rc = filter->test(from, filter->arg);
    if (rc > 0)
        *item = from;
    else if (rc == 0)
        cede__iter_drop_source(it);
    return rc > 0 ? 1 : rc;
}

static int dropwhile_next(cede_iter *it, void **item)
{
    struct filter *filter = (struct filter *)it;

    if (filter->is_through)
        return cede__iter_pull(it->sources, item);
    const int rc = filter_find(it, item, false);
    filter->is_through = rc > 0;
    return rc;
}

static void dropwhile_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
    if (!((const struct filter *)it)->is_through)
        *lo = 0;
}

static const cede_iter_kind filter_kind = {
    .name = "filter",
    .next = filter_next,
    .close = cede__iter_free,
    .size_hint = some_size_hint,
    .reverse = filter_reverse,
};

static const cede_iter_kind filterfalse_kind = {
    .name = "filterfalse",
    .next = filterfalse_next,
    .close = cede__iter_free,
    .size_hint = some_size_hint,
    .reverse = filter_reverse,
};

static const cede_iter_kind takewhile_kind = {
    .name = "takewhile",
    .next = takewhile_next,
    .close = cede__iter_free,
    .size_hint = some_size_hint,
};

static const cede_iter_kind dropwhile_kind = {
    .name = "dropwhile",
    .next = dropwhile_next,
    .close = cede__iter_free,
    .size_hint = dropwhile_size_hint,
};

static cede_iter *filter_create(const cede_iter_kind *kind, cede_iter *source,
                                cede_iter_test_fn *test, void *arg)
{
    struct filter *filter = cede__iter_create_over(kind, sizeof *filter, source);

    if (!filter)
        return NULL;
    filter->test = test;
    filter->arg = arg;
    return &filter->iter;
}

cede_iter *cede_iter_filter(cede_iter *source, cede_iter_test_fn *test, void *arg)
{
    return filter_create(&filter_kind, source, test, arg);
}

cede_iter *cede_iter_filterfalse(cede_iter *source, cede_iter_test_fn *test, void *arg)
{
    return filter_create(&filterfalse_kind, source, test, arg);
}

cede_iter *cede_iter_takewhile(cede_iter *source, cede_iter_test_fn *test, void *arg)
{
    return filter_create(&takewhile_kind, source, test, arg);
}

cede_iter *cede_iter_dropwhile(cede_iter *source, cede_iter_test_fn *test, void *arg)
{
    return filter_create(&dropwhile_kind, source, test, arg);
}

/* compress: the first source has the items, the second says which. */

static int compress_next(cede_iter *it, void **item)
{
    void *from, *selected;
    int rc;

    while ((rc = cede__iter_pull(it->sources, &from)) > 0) {
        rc = cede__iter_pull(it->sources->sibling, &selected);
        if (rc <= 0)
            return rc;
        if (*(const bool *)selected) {
            *item = from;
            return 1;
        }
    }
    return rc;
}

static void compress_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    uint64_t least, most;

    cede_iter_size_hint(it->sources, lo, hi);
    cede_iter_size_hint(it->sources->sibling, &least, &most);
    *lo = 0;
    if (most < *hi)
        *hi = most;
}

static const cede_iter_kind compress_kind = {
    .name = "compress",
    .next = compress_next,
    .close = cede__iter_free,
    .size_hint = compress_size_hint,
};

cede_iter *cede_iter_compress(cede_iter *source, cede_iter *selectors)
{
    cede_iter *const sources[] = {source, selectors};
    cede_iter *it = cede__iter_create_over_all(&compress_kind, sizeof *it, sources, 2);

    if (it)
        cede_iter_like(it, source);
    return it;
}
