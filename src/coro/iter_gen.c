/* iter_gen.c - a generator behind the head of an iterator, and a generator that hands out what an
 * iterator yields. */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_gen.h>

#include "coro/iter.h"

struct generated {
    cede_iter iter;
    cede_gen *gen; /* owned */
};

static int generated_next(cede_iter *it, void **item)
{
    void *yielded;
    const int rc = cede_next(((struct generated *)it)->gen, &yielded);

    if (rc <= 0)
        return rc;
    if (!yielded && it->item_size != CEDE_ITEM_OUTLIVES && it->item_size != CEDE_ITEM_UNKNOWN)
        return cede_raise(-EINVAL, "the generator yielded NULL, not an item of %zu bytes",
                          it->item_size);
    *item = yielded;
    return 1;
}

static void destroy(cede_gen *gen)
{
    if (cede_gen_destroy(gen) < 0)
        cede__report("cede: a generator was running when its iterator was closed, and is left "
                     "alone\n");
}

static void generated_close(cede_iter *it)
{
    destroy(((struct generated *)it)->gen);
    cede__iter_free(it);
}

static const cede_iter_kind generated_kind = {
    .name = "gen",
    .next = generated_next,
    .close = generated_close,
};

cede_iter *cede_iter_gen(cede_gen *gen, size_t item_size)
{
    struct generated *generated =
        gen ? cede__iter_create(&generated_kind, sizeof *generated, item_size) : NULL;

    if (!generated) {
        if (gen)
            destroy(gen);
        return NULL;
    }
    generated->gen = gen;
    return &generated->iter;
}

int cede_yield_from_iter(cede_gen *self, cede_iter *it)
{
    void *item, *sent;
    int rc;

    while ((rc = cede_iter_next(it, &item)) > 0) {
        CEDE_TRY(cede_yield(self, item, &sent));
        if (sent)
            return cede_raise(-ENOTSUP, "a '%s' iterator cannot take what is sent", it->kind->name);
    }
    CEDE_TRY(rc);
    return 0;
}
