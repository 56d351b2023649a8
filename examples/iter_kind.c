/* iter_kind.c - iterators of one's own: a source, a countdown, and an adaptor, every n-th item. */
/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cede.h>

/* [source] */
struct countdown {
    cede_iter iter; /* first */
    int64_t value;
};

static int countdown_next(cede_iter *it, void **item)
{
    struct countdown *countdown = (struct countdown *)it;

    if (countdown->value == 0)
        return 0;
    countdown->value--;
    *item = &countdown->value;
    return 1;
}

static void countdown_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    *lo = *hi = (uint64_t)((const struct countdown *)it)->value;
}

static const cede_iter_kind countdown_kind = {
    .name = "countdown",
    .next = countdown_next,
    .size_hint = countdown_size_hint,
};
/* [/source] */

/* [adaptor] */
struct every {
    cede_iter iter;
    int n;
};

static int every_next(cede_iter *it, void **item)
{
    int rc = 1;

    for (int i = 0; rc > 0 && i < ((struct every *)it)->n; i++)
        rc = cede_iter_next(it->sources, item);
    return rc;
}

static void every_close(cede_iter *it)
{
    free(it);
}

static const cede_iter_kind every_kind = {
    .name = "every", .next = every_next, .close = every_close};

static cede_iter *every(cede_iter *source, int n)
{
    struct every *every = source ? malloc(sizeof *every) : NULL;

    if (!every) {
        cede_iter_close(source);
        return NULL;
    }
    every->n = n;
    cede_iter_init(&every->iter, &every_kind, CEDE_ITEM_UNKNOWN);
    cede_iter_adopt(&every->iter, source); /* closed with it, after it */
    cede_iter_like(&every->iter, source); /* the items are the source's, and may be kept as those */
    return &every->iter;
}
/* [/adaptor] */

int main(void)
{
    struct countdown countdown = {.value = 12};
    int rc;

    cede_iter_init(&countdown.iter, &countdown_kind, sizeof countdown.value);
    printf("%" PRId64 " to come\n", cede_iter_total(&countdown.iter));
    cede_iter *pairs = cede_iter_pairwise(every(&countdown.iter, 3));
    CEDE_FOREACH(rc, cede_tuple *, pair, pairs)
        printf("%" PRId64 " before %" PRId64 "\n", *(int64_t *)pair->items[0],
               *(int64_t *)pair->items[1]);
    cede_iter_close(pairs);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * 12 to come
 * 9 before 6
 * 6 before 3
 * 3 before 0
 */
