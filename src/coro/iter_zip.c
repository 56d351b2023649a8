/* iter_zip.c - iterators side by side: zip, strictly or to the longest, and interleave.
 *
 * The sources are gone through along their siblings, in order. A zip has one tuple, whose pointers
 * lie behind its struct and are written anew each time; interleave hands its pointers out one by
 * one.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_join.h>

#include "coro/iter.h"

struct zip {
    cede_iter iter;
    cede_tuple tuple; /* its items are those below */
    void *fill;       /* borrowed; of zip_longest */
    size_t at;        /* of interleave: the item to hand out next; n: begin a round */
    cede_iter *turn;  /* of interleave_longest: whose turn it is; NULL: the first one's */
    void *items[];
};

/* The bounds are those of the shortest source, or of the longest. */
static void hint_shortest(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    *lo = it->sources ? CEDE_ENDLESS : 0;
    *hi = *lo;
    for (const cede_iter *source = it->sources; source; source = source->sibling) {
        uint64_t least, most;

        cede_iter_size_hint(source, &least, &most);
        if (least < *lo)
            *lo = least;
        if (most < *hi)
            *hi = most;
    }
}

static void hint_longest(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    *hi = 0;
    for (const cede_iter *source = it->sources; source; source = source->sibling) {
        uint64_t least, most;

        cede_iter_size_hint(source, &least, &most);
        if (least > *lo)
            *lo = least;
        if (most > *hi)
            *hi = most;
    }
}

static struct zip *zip_create(const cede_iter_kind *kind, cede_iter *const *sources, size_t n)
{
    struct zip *zip =
        cede__iter_create_over_all(kind, sizeof *zip + n * sizeof zip->items[0], sources, n);

    if (zip)
        zip->tuple = (cede_tuple){n, zip->items};
    return zip;
}

/* The same, and what it yields are the tuples. */
static struct zip *zip_create_tuples(const cede_iter_kind *kind, cede_iter *const *sources,
                                     size_t n)
{
    struct zip *zip = zip_create(kind, sources, n);

    if (zip && cede__iter_shape_tuple(&zip->iter, zip->iter.sources, n, n) < 0) {
        (void)cede_iter_close(&zip->iter);
        return NULL;
    }
    return zip;
}

/* zip */

/* An item of each source. 1; or what one gave instead, which is the `*which`-th. */
static int zip_pull_round(struct zip *zip, size_t *which)
{
    cede_iter *source = zip->iter.sources;
    size_t i = 0;

    for (; source; source = source->sibling, i++) {
        const int rc = cede__iter_pull(source, &zip->items[i]);
        if (rc <= 0) {
            *which = i;
            return rc;
        }
    }
    *which = 0;
    return i > 0;
}

static int zip_next(cede_iter *it, void **item)
{
    struct zip *zip = (struct zip *)it;
    size_t which;
    const int rc = zip_pull_round(zip, &which);

    if (rc > 0)
        *item = &zip->tuple;
    return rc;
}

static const cede_iter_kind zip_kind = {
    .name = "zip",
    .next = zip_next,
    .close = cede__iter_free,
    .size_hint = hint_shortest,
};

cede_iter *cede_iter_zip(cede_iter *const *sources, size_t n)
{
    struct zip *zip = zip_create_tuples(&zip_kind, sources, n);

    return zip ? &zip->iter : NULL;
}

/* zip_strict */

/* Source `which`, counted from 0, and those before it are not equally long. */
static int raise_unequal(const cede_iter *source, size_t which, const char *how)
{
    if (which == 1)
        return cede_raise(-EINVAL, "source 2 of a zip ('%s') is %s than source 1",
                          source->kind->name, how);
    return cede_raise(-EINVAL, "source %zu of a zip ('%s') is %s than sources 1 to %zu", which + 1,
                      source->kind->name, how, which);
}

/* The first has ended: have the others? 0, or a negative code. */
static int zip_check_ended(struct zip *zip)
{
    size_t which = 1;

    if (!zip->iter.sources)
        return 0;
    for (cede_iter *source = zip->iter.sources->sibling; source; source = source->sibling) {
        const int rc = cede__iter_pull(source, &zip->items[which]);
        if (rc != 0)
            return rc < 0 ? rc : raise_unequal(source, which, "longer");
        which++;
    }
    return 0;
}

static int zip_strict_next(cede_iter *it, void **item)
{
    struct zip *zip = (struct zip *)it;
    const cede_iter *source = it->sources;
    size_t which;
    const int rc = zip_pull_round(zip, &which);

    if (rc < 0)
        return rc;
    if (rc > 0) {
        *item = &zip->tuple;
        return 1;
    }
    if (which == 0)
        return zip_check_ended(zip);
    for (size_t i = 0; i < which; i++)
        source = source->sibling;
    return raise_unequal(source, which, "shorter");
}

static const cede_iter_kind zip_strict_kind = {
    .name = "zip_strict",
    .next = zip_strict_next,
    .close = cede__iter_free,
    .size_hint = hint_shortest,
};

cede_iter *cede_iter_zip_strict(cede_iter *const *sources, size_t n)
{
    struct zip *zip = zip_create_tuples(&zip_strict_kind, sources, n);

    return zip ? &zip->iter : NULL;
}

/* zip_longest */

static int zip_longest_next(cede_iter *it, void **item)
{
    struct zip *zip = (struct zip *)it;
    size_t i = 0, n_there = 0;

    for (cede_iter *source = it->sources; source; source = source->sibling, i++) {
        const int rc = cede__iter_pull(source, &zip->items[i]);
        if (rc < 0)
            return rc;
        if (rc == 0)
            zip->items[i] = zip->fill;
        n_there += rc > 0;
    }
    if (n_there == 0)
        return 0;
    *item = &zip->tuple;
    return 1;
}

static const cede_iter_kind zip_longest_kind = {
    .name = "zip_longest",
    .next = zip_longest_next,
    .close = cede__iter_free,
    .size_hint = hint_longest,
};

cede_iter *cede_iter_zip_longest(cede_iter *const *sources, size_t n, void *fill)
{
    struct zip *zip = zip_create_tuples(&zip_longest_kind, sources, n);

    if (!zip)
        return NULL;
    zip->fill = fill;
    return &zip->iter;
}

/* interleave */

static int interleave_next(cede_iter *it, void **item)
{
    struct zip *zip = (struct zip *)it;

    if (zip->at == zip->tuple.n) {
        size_t which;
        const int rc = zip_pull_round(zip, &which);
        if (rc <= 0)
            return rc;
        zip->at = 0;
    }
    *item = zip->items[zip->at++];
    return 1;
}

static uint64_t hint_times(uint64_t bound, uint64_t n)
{
    uint64_t product;

    return __builtin_mul_overflow(bound, n, &product) ? CEDE_ENDLESS : product;
}

static void interleave_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct zip *zip = (const struct zip *)it;

    hint_shortest(it, lo, hi);
    *lo = cede__iter_hint_add(hint_times(*lo, zip->tuple.n), zip->tuple.n - zip->at);
    *hi = cede__iter_hint_add(hint_times(*hi, zip->tuple.n), zip->tuple.n - zip->at);
}

static const cede_iter_kind interleave_kind = {
    .name = "interleave",
    .next = interleave_next,
    .close = cede__iter_free,
    .size_hint = interleave_size_hint,
};

cede_iter *cede_iter_interleave(cede_iter *const *sources, size_t n)
{
    struct zip *zip = zip_create(&interleave_kind, sources, n);

    if (!zip)
        return NULL;
    zip->at = n;
    cede__iter_like_all(&zip->iter);
    return &zip->iter;
}

static int interleave_longest_next(cede_iter *it, void **item)
{
    struct zip *zip = (struct zip *)it;

    /* Once around without an item: all have ended. */
    for (size_t n_tried = 0; n_tried < zip->tuple.n; n_tried++) {
        cede_iter *source = zip->turn ? zip->turn : it->sources;
        const int rc = cede__iter_pull(source, item);

        zip->turn = source->sibling;
        if (rc != 0)
            return rc;
    }
    return 0;
}

static void interleave_longest_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede__iter_hint_sum(it, ((const struct zip *)it)->tuple.n, lo, hi);
}

static const cede_iter_kind interleave_longest_kind = {
    .name = "interleave_longest",
    .next = interleave_longest_next,
    .close = cede__iter_free,
    .size_hint = interleave_longest_size_hint,
};

cede_iter *cede_iter_interleave_longest(cede_iter *const *sources, size_t n)
{
    struct zip *zip = zip_create(&interleave_longest_kind, sources, n);

    if (!zip)
        return NULL;
    cede__iter_like_all(&zip->iter);
    return &zip->iter;
}
