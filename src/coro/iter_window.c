/* iter_window.c - several items that follow each other at a time: pairwise, batched, windowed.
 *
 * All three copy each item once, into one of as many slots as a tuple has parts, and hand out a
 * tuple of pointers to slots. A window's slots are a ring: the oldest is overwritten first.
 * Memory: the struct, the tuple's pointers, for windowed the ring's, the slots.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_keep.h>

#include "coro/iter.h"

struct window {
    cede_iter iter;
    cede_tuple tuple;
    size_t n;     /* slots */
    size_t step;  /* items that the window moves on by */
    void *fill;   /* borrowed; of the last window */
    size_t first; /* the ring's oldest slot */
    bool strict;  /* batched: no short last one */
    bool is_full; /* the ring: it has been handed out */
    bool is_last; /* there is no window after this one */
    void **ring;  /* items by slot: the slot's own, or fill */
    char *slots;
    void *items[];
};

enum { ALIGN = _Alignof(max_align_t) };

/* An adaptor of `source` with `n` slots. NULL: raised, and the source closed. */
static struct window *window_create(const cede_iter_kind *kind, cede_iter *source, size_t n)
{
    struct window *window;
    size_t bytes = 0;

    if (!source)
        return NULL;
    int rc = cede__iter_check_keepable(source, kind->name);
    if (rc == 0 && n == 0)
        rc = cede_raise(-EINVAL, "a '%s' of no items at a time", kind->name);
    if (rc == 0 &&
        (__builtin_mul_overflow(n, cede__iter_kept_size(source) + 2 * sizeof(void *), &bytes) ||
         bytes > PTRDIFF_MAX - sizeof *window - ALIGN))
        rc = cede_raise(-EOVERFLOW, "a '%s' of %zu items at a time", kind->name, n);
    if (rc < 0) {
        (void)cede_iter_close(source);
        return NULL;
    }
    window = cede__iter_create_over(kind, sizeof *window + bytes + ALIGN, source);
    if (!window)
        return NULL;
    window->n = n;
    window->tuple.items = window->items;
    window->ring = window->items + n;
    window->slots = (char *)(((uintptr_t)(window->ring + n) + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1));
    rc = cede__iter_shape_tuple(&window->iter, source, 1, n);
    if (rc < 0) {
        (void)cede_iter_close(&window->iter);
        return NULL;
    }
    return window;
}

/* Copy an item to slot `i`; where it is now. */
static void *window_keep(struct window *window, size_t i, const void *item)
{
    const cede_iter *source = window->iter.sources;
    void *slot = window->slots + i * cede__iter_kept_size(source);

    cede_iter_keep(source, slot, item);
    return cede__iter_kept(source, slot);
}

/* pairwise: two slots in turn, `first` that of the item before. */

static int pairwise_next(cede_iter *it, void **item)
{
    struct window *window = (struct window *)it;
    void *from;
    int rc;

    if (!window->is_full) {
        rc = cede__iter_pull(it->sources, &from);
        if (rc <= 0)
            return rc;
        window->items[1] = window_keep(window, 0, from);
        window->is_full = true;
    }
    rc = cede__iter_pull(it->sources, &from);
    if (rc <= 0)
        return rc;
    window->first = 1 - window->first;
    window->items[0] = window->items[1];
    window->items[1] = window_keep(window, window->first, from);
    window->tuple.n = 2;
    *item = &window->tuple;
    return 1;
}

static void pairwise_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
    if (((const struct window *)it)->is_full)
        return;
    *lo -= *lo > 0 && *lo < CEDE_ENDLESS;
    *hi -= *hi > 0 && *hi < CEDE_ENDLESS;
}

static const cede_iter_kind pairwise_kind = {
    .name = "pairwise",
    .next = pairwise_next,
    .close = cede__iter_free,
    .size_hint = pairwise_size_hint,
};

cede_iter *cede_iter_pairwise(cede_iter *source)
{
    struct window *window = window_create(&pairwise_kind, source, 2);

    return window ? &window->iter : NULL;
}

/* batched */

static int batched_next(cede_iter *it, void **item)
{
    struct window *window = (struct window *)it;
    size_t n = 0;
    void *from;
    int rc = 1;

    for (; n < window->n; n++) {
        rc = cede__iter_pull(it->sources, &from);
        if (rc <= 0)
            break;
        window->items[n] = window_keep(window, n, from);
    }
    if (rc < 0 || n == 0)
        return rc;
    if (n < window->n && window->strict)
        return cede_raise(-EINVAL, "the last batch has %zu items, not %zu", n, window->n);
    window->tuple.n = n;
    *item = &window->tuple;
    return 1;
}

/* Batches of `bound` items; of the last, if it is short, a strict one makes an error. */
static uint64_t batches_of(const struct window *window, uint64_t bound)
{
    if (bound == CEDE_ENDLESS)
        return bound;
    return bound / window->n + (bound % window->n > 0 && !window->strict);
}

static void batched_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
    *lo = batches_of((const struct window *)it, *lo);
    *hi = batches_of((const struct window *)it, *hi);
}

static const cede_iter_kind batched_kind = {
    .name = "batched",
    .next = batched_next,
    .close = cede__iter_free,
    .size_hint = batched_size_hint,
};

cede_iter *cede_iter_batched(cede_iter *source, size_t n, bool strict)
{
    struct window *window = window_create(&batched_kind, source, n);

    if (!window)
        return NULL;
    window->strict = strict;
    return &window->iter;
}

/* windowed */

/* Take up to `n` items of the source, and leave those out that the window has passed. How many
 * there were, to `*n_taken`; 1, 0 or a negative code: how the last call ended. */
static int window_take(struct window *window, size_t n, size_t *n_taken)
{
    int rc = 1;

    for (*n_taken = 0; *n_taken < n; ++*n_taken) {
        void *from;
        rc = cede__iter_pull(window->iter.sources, &from);
        if (rc <= 0)
            break;
        if (n - *n_taken > window->n)
            continue;
        window->ring[window->first] = window_keep(window, window->first, from);
        window->first = (window->first + 1) % window->n;
    }
    return rc;
}

/* The places of `n` items that there are not any more. */
static void window_fill(struct window *window, size_t n)
{
    for (; n > 0; n--) {
        window->ring[window->first] = window->fill;
        window->first = (window->first + 1) % window->n;
    }
}

static int windowed_next(cede_iter *it, void **item)
{
    struct window *window = (struct window *)it;
    const size_t wanted = window->is_full ? window->step : window->n;
    /* Items that have to come before the first of a window that is filled up. */
    const size_t n_skipped = wanted > window->n ? wanted - window->n : 0;
    size_t n_taken;

    if (window->is_last)
        return 0;
    const int rc = window_take(window, wanted, &n_taken);
    if (rc < 0)
        return rc;
    if (n_taken < wanted) {
        window->is_last = true;
        if (n_taken <= n_skipped)
            return 0;
        window_fill(window, wanted - n_taken);
    }
    for (size_t i = 0; i < window->n; i++)
        window->items[i] = window->ring[(window->first + i) % window->n];
    window->is_full = true;
    window->tuple.n = window->n;
    *item = &window->tuple;
    return 1;
}

/* Windows made of `bound` more items. */
static uint64_t windows_of(const struct window *window, uint64_t bound)
{
    const size_t n_skipped = window->step > window->n ? window->step - window->n : 0;
    uint64_t n = 0;

    if (bound == CEDE_ENDLESS || bound == 0 || window->is_last)
        return window->is_last ? 0 : bound;
    if (!window->is_full) {
        if (bound <= window->n)
            return 1;
        bound -= window->n;
        n = 1;
    }
    return n + bound / window->step + (bound % window->step > n_skipped);
}

static void windowed_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
    *lo = windows_of((const struct window *)it, *lo);
    *hi = windows_of((const struct window *)it, *hi);
}

static const cede_iter_kind windowed_kind = {
    .name = "windowed",
    .next = windowed_next,
    .close = cede__iter_free,
    .size_hint = windowed_size_hint,
};

cede_iter *cede_iter_windowed(cede_iter *source, size_t n, size_t step, void *fill)
{
    struct window *window;

    if (source && step == 0) {
        (void)cede_raise(-EINVAL, "a window that moves on by no items");
        (void)cede_iter_close(source);
        return NULL;
    }
    window = window_create(&windowed_kind, source, n);
    if (!window)
        return NULL;
    window->step = step;
    window->fill = fill;
    return &window->iter;
}
