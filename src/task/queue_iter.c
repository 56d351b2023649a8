/* queue_iter.c - an iterator that takes from a queue, each item into the same room. */
/* SPDX-License-Identifier: MIT */
#include <cede/queue_iter.h>

#include "coro/iter.h"

struct taken {
    cede_iter iter;
    cede_queue *queue; /* borrowed */
    _Alignas(max_align_t) char item[];
};

static int taken_next(cede_iter *it, void **item)
{
    struct taken *taken = (struct taken *)it;
    const int rc = cede_queue_get(taken->queue, taken->item);

    if (rc == CEDE_ESHUTDOWN) {
        cede_error_clear(); /* handled: to a queue that is used up, this is the end */
        return 0;
    }
    if (rc < 0)
        return rc;
    *item = taken->item;
    return 1;
}

static const cede_iter_kind taken_kind = {
    .name = "queue",
    .next = taken_next,
    .close = cede__iter_free,
};

cede_iter *cede_queue_iter(cede_queue *queue, size_t item_size)
{
    struct taken *taken;

    if (item_size == 0 || item_size > PTRDIFF_MAX / 2) {
        (void)cede_raise(-EINVAL, "items of a queue cannot have %zu bytes", item_size);
        return NULL;
    }
    taken = cede__iter_create(&taken_kind, sizeof *taken + item_size, item_size);
    if (!taken)
        return NULL;
    taken->queue = queue;
    return &taken->iter;
}
