/* iter_slice.c - adaptors that go by position: islice, peekable. */
/* SPDX-License-Identifier: MIT */
#include <cede/itertools.h>

#include "coro/iter.h"

/* islice */

struct islice {
    cede_iter iter;
    int64_t taken; /* items of the source so far */
    int64_t next;  /* the number of the next item to yield; CEDE_NO_STOP: none */
    int64_t stop;  /* CEDE_NO_STOP: the source's end */
    int64_t step;
};

/* The end, or an error: nothing is wanted of the source any more. */
static int islice_end(cede_iter *it, int rc)
{
    if (rc == 0)
        cede__iter_drop_source(it);
    return rc;
}

/* As Python's does, it takes the items up to `stop`, or up to `start`, though it yields none of
 * them. */
static int islice_next(cede_iter *it, void **item)
{
    struct islice *islice = (struct islice *)it;
    void *from;
    int rc;

    for (; islice->taken < islice->next; islice->taken++) {
        rc = cede__iter_pull(it->sources, &from);
        if (rc <= 0)
            return islice_end(it, rc);
    }
    if (islice->taken >= islice->stop)
        return islice_end(it, 0);
    rc = cede__iter_pull(it->sources, item);
    if (rc <= 0)
        return islice_end(it, rc);
    islice->taken++;
    if (__builtin_add_overflow(islice->next, islice->step, &islice->next) ||
        islice->next > islice->stop)
        islice->next = islice->stop;
    return 1;
}

/* How many of `left` items of the source are yielded. */
static uint64_t islice_count(const struct islice *islice, uint64_t left)
{
    const uint64_t end = cede__iter_hint_add((uint64_t)islice->taken, left);
    const uint64_t next = (uint64_t)islice->next;
    const uint64_t stop = islice->stop == CEDE_NO_STOP ? CEDE_ENDLESS : (uint64_t)islice->stop;
    const uint64_t last = end < stop ? end : stop;

    if (last == CEDE_ENDLESS)
        return CEDE_ENDLESS;
    return next < last ? (last - next - 1) / (uint64_t)islice->step + 1 : 0;
}

static void islice_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct islice *islice = (const struct islice *)it;

    cede_iter_size_hint(it->sources, lo, hi);
    *lo = islice_count(islice, *lo);
    *hi = islice_count(islice, *hi);
}

static const cede_iter_kind islice_kind = {
    .name = "islice",
    .next = islice_next,
    .close = cede__iter_free,
    .size_hint = islice_size_hint,
};

cede_iter *cede_iter_islice(cede_iter *source, int64_t start, int64_t stop, int64_t step)
{
    struct islice *islice;

    if (source && (start < 0 || stop < 0 || step < 1)) {
        (void)cede_raise(-EINVAL,
                         "a slice from %lld to %lld by %lld: it must be from 0 on, by 1 "
                         "or more",
                         (long long)start, (long long)stop, (long long)step);
        (void)cede_iter_close(source);
        return NULL;
    }
    islice = cede__iter_create_over(&islice_kind, sizeof *islice, source);
    if (!islice)
        return NULL;
    islice->next = start;
    islice->stop = stop;
    islice->step = step;
    return &islice->iter;
}

/* peekable */

struct peekable {
    cede_iter iter;
    void *peeked; /* the item looked at */
    int peek_rc;  /* what came with it: 1, 0 or an error */
    bool has_peeked;
};

static int peekable_next(cede_iter *it, void **item)
{
    struct peekable *peekable = (struct peekable *)it;

    if (!peekable->has_peeked)
        return cede__iter_pull(it->sources, item);
    peekable->has_peeked = false;
    if (peekable->peek_rc > 0)
        *item = peekable->peeked;
    return peekable->peek_rc;
}

static void peekable_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct peekable *peekable = (const struct peekable *)it;

    cede_iter_size_hint(it->sources, lo, hi);
    if (peekable->has_peeked && peekable->peek_rc > 0) {
        *lo = cede__iter_hint_add(*lo, 1);
        *hi = cede__iter_hint_add(*hi, 1);
    }
}

static const cede_iter_kind peekable_kind = {
    .name = "peekable",
    .next = peekable_next,
    .close = cede__iter_free,
    .size_hint = peekable_size_hint,
};

cede_iter *cede_iter_peekable(cede_iter *source)
{
    return cede__iter_create_over(&peekable_kind, sizeof(struct peekable), source);
}

int cede_iter_peek(cede_iter *it, void **item)
{
    struct peekable *peekable = (struct peekable *)it;

    if (it && it->kind != &peekable_kind)
        return cede_raise(-EINVAL, "a '%s' cannot be looked into: make it peekable first",
                          it->kind->name);
    if (!it || it->state != CEDE__ITER_READY)
        return cede__iter_refuse(it);
    if (!peekable->has_peeked) {
        it->state = CEDE__ITER_BUSY; /* it may suspend, and nobody else may take the item then */
        peekable->peek_rc = cede__iter_pull(it->sources, &peekable->peeked);
        it->state = CEDE__ITER_READY;
        peekable->has_peeked = true;
    }
    if (peekable->peek_rc > 0)
        *item = peekable->peeked;
    return peekable->peek_rc;
}
