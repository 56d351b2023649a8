/* iter_fold.c - using an iterator up for one value: reduce, sum, least and greatest, any and all.
 *
 * Each function is a loop over the items and a close, which the loop's result outlives.
 */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include <cede/iter_fold.h>

#include "coro/iter.h"

/* Close `it`, which nobody else uses, and pass `rc` on. */
static int closed(cede_iter *it, int rc)
{
    (void)cede_iter_close(it); /* an iterator that is busy has refused already */
    return rc;
}

int cede_iter_for_each(cede_iter *it, cede_iter_each_fn *fn, void *arg)
{
    void *item;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0) {
        rc = fn(item, arg);
        if (rc != 0)
            break;
    }
    return closed(it, rc);
}

int cede_iter_reduce(cede_iter *it, cede_iter_fold_fn *fn, void *arg, void *total)
{
    void *item;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0) {
        rc = fn(total, item, arg);
        if (rc < 0)
            break;
    }
    return closed(it, rc);
}

int cede_iter_sum_int64(cede_iter *it, int64_t *sum)
{
    int64_t total = 0;
    void *item;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0) {
        if (cede__unlikely(__builtin_add_overflow(total, *(const int64_t *)item, &total))) {
            rc = cede_raise(-EOVERFLOW, "the sum does not fit in 64 bits");
            break;
        }
    }
    if (rc == 0)
        *sum = total;
    return closed(it, rc);
}

int cede_iter_sum_double(cede_iter *it, double *sum)
{
    double total = 0, lost = 0; /* Neumaier: what rounding lost is summed apart */
    void *item;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0) {
        const double value = *(const double *)item;
        const double next = total + value;

        lost += fabs(total) >= fabs(value) ? (total - next) + value : (value - next) + total;
        total = next;
    }
    if (rc == 0)
        *sum = isfinite(total) ? total + lost : total;
    return closed(it, rc);
}

/* The first item to which none is `direction` times greater. */
static int iter_extreme(cede_iter *it, cede_iter_compare_fn *compare, void *arg, int direction,
                        void *out)
{
    void *best = NULL;
    void *item;
    int rc = it ? cede__iter_check_keepable(it, direction > 0 ? "max" : "min") : 0;

    if (rc >= 0)
        rc = cede_iter_next(it, &item);
    if (rc > 0) {
        best = cede__malloc(cede__iter_kept_size(it));
        if (!best)
            rc = cede_raise(-ENOMEM, "no memory for an item of '%s'", it->kind->name);
    }
    const bool is_found = rc > 0;
    for (bool is_better = true; rc > 0; rc = cede_iter_next(it, &item)) {
        if (!is_better) {
            const int order = compare(item, cede__iter_kept(it, best), arg);
            is_better = direction > 0 ? order > 0 : order < 0;
        }
        if (is_better)
            cede_iter_keep(it, best, item);
        is_better = false;
    }
    if (rc == 0 && is_found) {
        cede_iter_keep(it, out, cede__iter_kept(it, best));
        rc = 1;
    }
    cede__free(best);
    return closed(it, rc);
}

int cede_iter_min(cede_iter *it, cede_iter_compare_fn *compare, void *arg, void *min)
{
    return iter_extreme(it, compare, arg, -1, min);
}

int cede_iter_max(cede_iter *it, cede_iter_compare_fn *compare, void *arg, void *max)
{
    return iter_extreme(it, compare, arg, 1, max);
}

/* 1 if `test` says `wanted` of an item; takes none after it. */
static int iter_find(cede_iter *it, cede_iter_test_fn *test, void *arg, bool wanted)
{
    void *item;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0) {
        rc = test ? test(item, arg) : *(const bool *)item;
        if (rc < 0)
            break;
        if ((rc > 0) == wanted) {
            rc = 1;
            break;
        }
    }
    return closed(it, rc);
}

int cede_iter_any(cede_iter *it, cede_iter_test_fn *test, void *arg)
{
    return iter_find(it, test, arg, true);
}

int cede_iter_all(cede_iter *it, cede_iter_test_fn *test, void *arg)
{
    const int rc = iter_find(it, test, arg, false);

    return rc < 0 ? rc : !rc;
}

int cede_iter_length(cede_iter *it, uint64_t *n)
{
    uint64_t length = 0;
    void *item;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0)
        length++;
    if (rc == 0 && n)
        *n = length;
    return closed(it, rc);
}

/* Folds of common totals. */

int cede_fold_sum_int64(void *total, void *item, void *arg)
{
    int64_t sum;

    (void)arg;
    if (__builtin_add_overflow(*(int64_t *)total, *(const int64_t *)item, &sum))
        return cede_raise(-EOVERFLOW, "the sum does not fit in 64 bits");
    *(int64_t *)total = sum;
    return 0;
}

int cede_fold_product_int64(void *total, void *item, void *arg)
{
    int64_t product;

    (void)arg;
    if (__builtin_mul_overflow(*(int64_t *)total, *(const int64_t *)item, &product))
        return cede_raise(-EOVERFLOW, "the product does not fit in 64 bits");
    *(int64_t *)total = product;
    return 0;
}

int cede_fold_min_int64(void *total, void *item, void *arg)
{
    (void)arg;
    if (*(const int64_t *)item < *(int64_t *)total)
        *(int64_t *)total = *(const int64_t *)item;
    return 0;
}

int cede_fold_max_int64(void *total, void *item, void *arg)
{
    (void)arg;
    if (*(const int64_t *)item > *(int64_t *)total)
        *(int64_t *)total = *(const int64_t *)item;
    return 0;
}

int cede_fold_sum_double(void *total, void *item, void *arg)
{
    (void)arg;
    *(double *)total += *(const double *)item;
    return 0;
}

int cede_fold_product_double(void *total, void *item, void *arg)
{
    (void)arg;
    *(double *)total *= *(const double *)item;
    return 0;
}

int cede_fold_min_double(void *total, void *item, void *arg)
{
    (void)arg;
    if (*(const double *)item < *(double *)total)
        *(double *)total = *(const double *)item;
    return 0;
}

int cede_fold_max_double(void *total, void *item, void *arg)
{
    (void)arg;
    if (*(const double *)item > *(double *)total)
        *(double *)total = *(const double *)item;
    return 0;
}
