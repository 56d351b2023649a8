/* iter_owning.c - an iterator that takes something along, to be given back when it is closed.
 *
 * What is to be given back stands behind the source among the sources, an iterator that is never
 * asked: sources are closed in order, each with all that it owns, so it comes last.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/itertools.h>

#include "coro/iter.h"

struct belonging {
    cede_iter iter;
    void (*release)(void *arg);
    void *arg;
};

static int belonging_next(cede_iter *it, void **item)
{
    (void)it;
    (void)item;
    return 0;
}

static void belonging_close(cede_iter *it)
{
    struct belonging *belonging = (struct belonging *)it;

    belonging->release(belonging->arg);
    cede__iter_free(it);
}

static const cede_iter_kind belonging_kind = {
    .name = "belonging",
    .next = belonging_next,
    .close = belonging_close,
};

static int owning_next(cede_iter *it, void **item)
{
    return cede__iter_pull(it->sources, item);
}

static void owning_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede_iter_size_hint(it->sources, lo, hi);
}

static int owning_reverse(cede_iter *it)
{
    return cede__iter_reverse(it->sources);
}

static const cede_iter_kind owning_kind = {
    .name = "owning",
    .next = owning_next,
    .close = cede__iter_free,
    .size_hint = owning_size_hint,
    .reverse = owning_reverse,
};

cede_iter *cede_iter_owning(cede_iter *source, void (*release)(void *arg), void *arg)
{
    cede_iter *it = cede__iter_create_over(&owning_kind, sizeof *it, source);
    struct belonging *belonging =
        it ? cede__iter_create(&belonging_kind, sizeof *belonging, CEDE_ITEM_UNKNOWN) : NULL;

    if (!belonging) {
        (void)cede_iter_close(it);
        release(arg);
        return NULL;
    }
    belonging->release = release;
    belonging->arg = arg;
    cede_iter_adopt(it, &belonging->iter);
    return it;
}
