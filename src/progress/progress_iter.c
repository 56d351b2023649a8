/* progress_iter.c - an adaptor that hands items on and lets a bar count them. */
/* SPDX-License-Identifier: MIT */
#include <cede/progress_iter.h>

#include "coro/iter.h"

struct counted {
    cede_iter iter;
    cede_progress *bar; /* borrowed; or NULL */
    bool is_pending;    /* the item handed out last is not counted yet */
};

static int counted_next(cede_iter *it, void **item)
{
    struct counted *counted = (struct counted *)it;

    if (counted->is_pending)
        cede_progress_add(counted->bar, 1);
    counted->is_pending = false;
    const int rc = cede__iter_pull(it->sources, item);
    counted->is_pending = rc > 0;
    return rc;
}

static void counted_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
}

static const cede_iter_kind counted_kind = {
    .name = "progress",
    .next = counted_next,
    .close = cede__iter_free,
    .size_hint = counted_size_hint,
};

cede_iter *cede_progress_iter(cede_progress *bar, cede_iter *source)
{
    struct counted *counted = cede__iter_create_over(&counted_kind, sizeof *counted, source);
    int64_t total;

    if (!counted)
        return NULL;
    counted->bar = bar;
    total = cede_iter_total(source);
    if (total > 0)
        cede_progress_set_total(bar, cede_progress_count(bar) + total);
    return &counted->iter;
}
