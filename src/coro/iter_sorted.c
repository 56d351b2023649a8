/* iter_sorted.c - items in order: copied, all of them, and their addresses sorted by merging, which
 * keeps equal ones in the order they came. */
/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include <cede/iter_keep.h>

#include "coro/iter_store.h"

struct sorted {
    cede_iter iter;
    cede_iter_compare_fn *compare;
    void *arg; /* borrowed */
    struct cede__iter_store kept;
    void **items; /* in order; NULL before they are */
    size_t at;    /* the one that comes next */
};

/* Merge the first n_a of `from` with the n_b after them. */
static void merge(const struct sorted *sorted, void **to, void **from, size_t n_a, size_t n_b)
{
    void **a = from, **b = from + n_a;

    while (n_a + n_b > 0) {
        if (n_b == 0 || (n_a > 0 && sorted->compare(*a, *b, sorted->arg) <= 0)) {
            *to++ = *a++;
            n_a--;
        } else {
            *to++ = *b++;
            n_b--;
        }
    }
}

/* Sort items[0..n) with as much room besides, which follows them; where they are then. */
static void **merge_sort(const struct sorted *sorted, void **items, size_t n)
{
    void **from = items, **to = items + n;

    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            const size_t n_a = n - low < width ? n - low : width;
            const size_t n_b = n - low - n_a < width ? n - low - n_a : width;
            merge(sorted, to + low, from + low, n_a, n_b);
        }
        void **swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static int sorted_sort(struct sorted *sorted)
{
    const size_t n = sorted->kept.n;
    size_t size;

    if (n == 0)
        return 0;
    sorted->items =
        __builtin_mul_overflow(n, 2 * sizeof(void *), &size) ? NULL : cede__malloc(size);
    if (!sorted->items)
        return cede_raise(-ENOMEM, "no memory to sort %zu items", n);
    for (size_t i = 0; i < n; i++)
        sorted->items[i] = cede__iter_store_at(&sorted->kept, &sorted->iter, i);
    void **in_order = merge_sort(sorted, sorted->items, n);
    if (in_order != sorted->items)
        memcpy(sorted->items, in_order, n * sizeof(void *));
    return 0;
}

static int sorted_next(cede_iter *it, void **item)
{
    struct sorted *sorted = (struct sorted *)it;

    if (!sorted->items) {
        int rc = cede__iter_store_take_all(&sorted->kept, it, it->sources);
        if (rc == 0)
            rc = sorted_sort(sorted);
        if (rc < 0)
            return rc;
        cede__iter_drop_source(it);
    }
    if (sorted->at == sorted->kept.n)
        return 0;
    *item = sorted->items[sorted->at++];
    return 1;
}

static void sorted_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct sorted *sorted = (const struct sorted *)it;

    if (sorted->items)
        *lo = *hi = sorted->kept.n - sorted->at;
    else
        cede_iter_size_hint(it->sources, lo, hi);
}

static void sorted_close(cede_iter *it)
{
    struct sorted *sorted = (struct sorted *)it;

    cede__iter_store_fini(&sorted->kept);
    cede__free(sorted->items);
    cede__iter_free(it);
}

static const cede_iter_kind sorted_kind = {
    .name = "sorted",
    .next = sorted_next,
    .close = sorted_close,
    .size_hint = sorted_size_hint,
};

cede_iter *cede_iter_sorted(cede_iter *source, cede_iter_compare_fn *compare, void *arg)
{
    struct sorted *sorted;

    if (source && cede__iter_check_keepable(source, "sorted") < 0) {
        (void)cede_iter_close(source);
        return NULL;
    }
    sorted = cede__iter_create_over(&sorted_kind, sizeof *sorted, source);
    if (!sorted)
        return NULL;
    sorted->compare = compare;
    sorted->arg = arg;
    return &sorted->iter;
}

/* Orders of common items. */

int cede_compare_int64(const void *a, const void *b, void *arg)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    (void)arg;
    return (x > y) - (x < y);
}

int cede_compare_double(const void *a, const void *b, void *arg)
{
    const double x = *(const double *)a, y = *(const double *)b;

    (void)arg;
    if (isnan(x) || isnan(y))
        return (isnan(x) != 0) - (isnan(y) != 0);
    return (x > y) - (x < y);
}

int cede_compare_string(const void *a, const void *b, void *arg)
{
    (void)arg;
    return strcmp(a, b);
}
