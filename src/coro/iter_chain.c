/* iter_chain.c - iterators one after the other: given at once, or out of an iterator.
 *
 * The one being gone through is the first of the sources. A chain drops it when it has ended and
 * goes on with the next; a chain out of an iterator puts each before that one.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_join.h>

#include "coro/iter.h"

/* chain */

struct chain {
    cede_iter iter;
    size_t n_left; /* sources that have not ended; those that had to stay come behind them */
};

static int chain_next(cede_iter *it, void **item)
{
    struct chain *chain = (struct chain *)it;

    for (; chain->n_left > 0; chain->n_left--) {
        const int rc = cede__iter_pull(it->sources, item);
        if (rc != 0)
            return rc;
        cede__iter_drop_source(it);
    }
    return 0;
}

static void chain_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    cede__iter_hint_sum(it, ((const struct chain *)it)->n_left, lo, hi);
}

static const cede_iter_kind chain_kind = {
    .name = "chain",
    .next = chain_next,
    .close = cede__iter_free,
    .size_hint = chain_size_hint,
};

cede_iter *cede_iter_chain(cede_iter *const *sources, size_t n)
{
    struct chain *chain = cede__iter_create_over_all(&chain_kind, sizeof *chain, sources, n);

    if (!chain)
        return NULL;
    chain->n_left = n;
    cede__iter_like_all(&chain->iter);
    return &chain->iter;
}

/* chain_from: the last source yields the others. */

struct chain_from {
    cede_iter iter;
    bool has_inner; /* the first source is one of them, the second yields them */
};

/* Make the next inner iterator the first source: 1, 0: there is none, or a negative code. */
static int chain_from_advance(cede_iter *it)
{
    void *item;
    const int rc = cede__iter_pull(it->sources, &item);

    if (rc <= 0)
        return rc;
    cede_iter *inner = item;
    cede_iter *outer = it->sources;
    if (!inner)
        return cede__iter_missing();
    if (it->item_size != CEDE_ITEM_UNKNOWN && (inner->item_size != it->item_size || inner->shape)) {
        (void)cede_raise(-EINVAL, "items of '%s' are not of the size %zu that this chain has",
                         inner->kind->name, it->item_size);
        (void)cede_iter_close(inner);
        return -EINVAL;
    }
    it->sources = NULL;
    cede_iter_adopt(it, inner);
    inner->sibling = outer;
    ((struct chain_from *)it)->has_inner = true;
    return 1;
}

static int chain_from_next(cede_iter *it, void **item)
{
    struct chain_from *chain = (struct chain_from *)it;
    int rc = 1;

    while (rc > 0) {
        if (!chain->has_inner) {
            rc = chain_from_advance(it);
            continue;
        }
        rc = cede__iter_pull(it->sources, item);
        if (rc != 0)
            return rc;
        cede_iter *inner = it->sources;
        it->sources = inner->sibling;
        chain->has_inner = false;
        (void)cede_iter_close(inner); /* it has ended: it is not busy */
        rc = 1;
    }
    return rc;
}

static void chain_from_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    uint64_t most;

    if (((const struct chain_from *)it)->has_inner)
        cede_iter_size_hint(it->sources, lo, &most);
    (void)hi; /* nobody knows how many more there will be */
}

static const cede_iter_kind chain_from_kind = {
    .name = "chain_from",
    .next = chain_from_next,
    .close = cede__iter_free,
    .size_hint = chain_from_size_hint,
};

cede_iter *cede_iter_chain_from(cede_iter *source, size_t item_size)
{
    cede_iter *it = cede__iter_create_over(&chain_from_kind, sizeof(struct chain_from), source);

    if (it)
        cede__iter_set_item_size(it, item_size);
    return it;
}
