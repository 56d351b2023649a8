/* iter_range.c - numbers: ranges and counts, of whole numbers and of doubles.
 *
 * The item is a member of the iterator, written anew at each call. A range knows how many numbers
 * are left and not its end, so that no comparison can overflow; its step is added modulo 2^64 and
 * only while a number is left, which is then in range.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_source.h>

#include "coro/iter.h"

/* Whole numbers with an end. */

static int range_next(cede_iter *it, void **item)
{
    struct cede__range *range = (struct cede__range *)it;

    if (range->n_left == 0)
        return 0;
    range->n_left--;
    range->value = (int64_t)((uint64_t)range->value + (uint64_t)range->step);
    *item = &range->value;
    return 1;
}

static void range_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    *lo = *hi = ((const struct cede__range *)it)->n_left;
}

static int range_reverse(cede_iter *it)
{
    struct cede__range *range = (struct cede__range *)it;
    const uint64_t step = (uint64_t)range->step;

    range->value = (int64_t)((uint64_t)range->value + step * (range->n_left + 1));
    range->step = (int64_t)(0 - step);
    return 0;
}

const cede_iter_kind cede__range_kind = {
    .name = "range",
    .next = range_next,
    .close = cede__iter_free,
    .size_hint = range_size_hint,
    .reverse = range_reverse,
};

/* How many numbers lie from `low`, which is among them, to `high`, which is not, `step` apart. */
static uint64_t count_between(int64_t low, int64_t high, uint64_t step)
{
    return low < high ? ((uint64_t)high - (uint64_t)low - 1) / step + 1 : 0;
}

cede_iter *cede_iter_range(int64_t start, int64_t stop, int64_t step)
{
    struct cede__range *range;

    if (step == 0) {
        (void)cede_raise(-EINVAL, "the step of a range is 0");
        return NULL;
    }
    range = cede__iter_create(&cede__range_kind, sizeof *range, sizeof range->value);
    if (!range)
        return NULL;
    range->n_left = step > 0 ? count_between(start, stop, (uint64_t)step)
                             : count_between(stop, start, 0 - (uint64_t)step);
    range->value = (int64_t)((uint64_t)start - (uint64_t)step);
    range->step = step;
    return &range->iter;
}

/* Whole numbers without an end. */

struct count {
    cede_iter iter;
    int64_t value; /* the item */
    int64_t next;
    int64_t step;
    bool overflowed; /* `next` would not fit */
};

static int count_next(cede_iter *it, void **item)
{
    struct count *count = (struct count *)it;

    if (cede__unlikely(count->overflowed))
        return cede_raise(-EOVERFLOW, "the number after %lld, %lld on, does not fit in 64 bits",
                          (long long)count->value, (long long)count->step);
    count->value = count->next;
    count->overflowed = __builtin_add_overflow(count->value, count->step, &count->next);
    *item = &count->value;
    return 1;
}

static void count_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    (void)it;
    *lo = *hi = CEDE_ENDLESS;
}

static const cede_iter_kind count_kind = {
    .name = "count",
    .next = count_next,
    .close = cede__iter_free,
    .size_hint = count_size_hint,
};

cede_iter *cede_iter_count(int64_t start, int64_t step)
{
    struct count *count = cede__iter_create(&count_kind, sizeof *count, sizeof count->value);

    if (!count)
        return NULL;
    count->next = start;
    count->step = step;
    return &count->iter;
}

/* Doubles. */

struct doubles {
    cede_iter iter;
    double value; /* the item */
    double start;
    double step;
    uint64_t at;     /* the number of the next */
    uint64_t n_left; /* CEDE_ENDLESS is not counted down */
    bool backward;
};

static int doubles_next(cede_iter *it, void **item)
{
    struct doubles *doubles = (struct doubles *)it;

    if (doubles->n_left == 0)
        return 0;
    if (doubles->n_left != CEDE_ENDLESS)
        doubles->n_left--;
    doubles->value = doubles->start + (double)doubles->at * doubles->step;
    doubles->at += doubles->backward ? UINT64_MAX : 1; /* modulo 2^64 */
    *item = &doubles->value;
    return 1;
}

static void doubles_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    *lo = *hi = ((const struct doubles *)it)->n_left;
}

static int doubles_reverse(cede_iter *it)
{
    struct doubles *doubles = (struct doubles *)it;

    doubles->at += doubles->backward ? 1 - doubles->n_left : doubles->n_left - 1;
    doubles->backward = !doubles->backward;
    return 0;
}

static const cede_iter_kind range_double_kind = {
    .name = "range_double",
    .next = doubles_next,
    .close = cede__iter_free,
    .size_hint = doubles_size_hint,
    .reverse = doubles_reverse,
};

static const cede_iter_kind count_double_kind = {
    .name = "count_double",
    .next = doubles_next,
    .close = cede__iter_free,
    .size_hint = doubles_size_hint,
};

static cede_iter *doubles_create(const cede_iter_kind *kind, double start, double step, uint64_t n)
{
    struct doubles *doubles = cede__iter_create(kind, sizeof *doubles, sizeof doubles->value);

    if (!doubles)
        return NULL;
    doubles->start = start;
    doubles->step = step;
    doubles->n_left = n;
    return &doubles->iter;
}

cede_iter *cede_iter_range_double(double start, double step, uint64_t n)
{
    /* One less than endless: nobody will see the difference. */
    return doubles_create(&range_double_kind, start, step, n == CEDE_ENDLESS ? n - 1 : n);
}

cede_iter *cede_iter_count_double(double start, double step)
{
    return doubles_create(&count_double_kind, start, step, CEDE_ENDLESS);
}
