/* iter_cycle.c - items again and again: handed on and copied the first time, then the copies. */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_keep.h>

#include "coro/iter_store.h"

struct cycle {
    cede_iter iter;
    struct cede__iter_store kept;
    size_t at;          /* the copy that comes next */
    bool is_first_over; /* the source has ended */
};

static int cycle_next(cede_iter *it, void **item)
{
    struct cycle *cycle = (struct cycle *)it;
    void *from;

    if (!cycle->is_first_over) {
        int rc = cede__iter_pull(it->sources, &from);
        if (rc > 0)
            rc = cede__iter_store_put(&cycle->kept, it, from) < 0 ? -ENOMEM : 1;
        if (rc > 0)
            *item = from;
        if (rc != 0)
            return rc;
        cycle->is_first_over = true;
        cede__iter_drop_source(it);
    }
    if (cycle->kept.n == 0)
        return 0;
    *item = cede__iter_store_at(&cycle->kept, it, cycle->at);
    cycle->at = cycle->at + 1 < cycle->kept.n ? cycle->at + 1 : 0;
    return 1;
}

static void cycle_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct cycle *cycle = (const struct cycle *)it;

    if (!cycle->is_first_over)
        cede_iter_size_hint(it->sources, lo, hi);
    if (cycle->kept.n > 0 || *lo > 0)
        *lo = CEDE_ENDLESS;
    if (*lo > 0 || *hi > 0)
        *hi = CEDE_ENDLESS;
}

static void cycle_close(cede_iter *it)
{
    cede__iter_store_fini(&((struct cycle *)it)->kept);
    cede__iter_free(it);
}

static const cede_iter_kind cycle_kind = {
    .name = "cycle",
    .next = cycle_next,
    .close = cycle_close,
    .size_hint = cycle_size_hint,
};

cede_iter *cede_iter_cycle(cede_iter *source)
{
    if (source && cede__iter_check_keepable(source, "cycle") < 0) {
        (void)cede_iter_close(source);
        return NULL;
    }
    return cede__iter_create_over(&cycle_kind, sizeof(struct cycle), source);
}
