/* iter_tee.c - several iterators over one source, each of which yields all of its items.
 *
 *      branch            branch       branch
 *        |                 |            |
 *      block --> block --> block --> block          slots: kept items, the newest last
 *
 * Blocks form a list from the oldest to the newest. A block counts the branches that stand in it,
 * and the block before it: when nobody does, it goes, and perhaps those behind it, in a loop. A
 * branch that stands at the end of the newest block asks the source, which the hub owns; the hub is
 * owned by all branches, and BUSY while one of them is inside the source. A failure of the source
 * is remembered, so that each branch meets it in its place.
 */
/* SPDX-License-Identifier: MIT */
#include <cede/iter_keep.h>

#include "coro/iter.h"

enum { BLOCK_ITEMS = 32 };

struct block {
    struct block *next; /* newer; NULL: this is the newest */
    size_t n_refs;
    size_t n; /* items in it */
    _Alignas(max_align_t) char slots[];
};

struct hub {
    cede_iter iter;
    int error; /* of the source; 0: none */
};

struct branch {
    cede_iter iter; /* its one source is the hub */
    struct block *block;
    size_t at; /* the slot that comes next */
};

static struct block *block_create(const cede_iter *it)
{
    struct block *block = NULL;
    size_t bytes;

    if (!__builtin_mul_overflow(cede__iter_kept_size(it), BLOCK_ITEMS, &bytes) &&
        bytes <= PTRDIFF_MAX - sizeof *block)
        block = cede__malloc(sizeof *block + bytes);
    if (!block) {
        (void)cede_raise(-ENOMEM, "no memory for items of a 'tee'");
        return NULL;
    }
    block->next = NULL;
    block->n_refs = 1;
    block->n = 0;
    return block;
}

static void block_unref(struct block *block)
{
    while (block && --block->n_refs == 0) {
        struct block *next = block->next;
        cede__free(block);
        block = next;
    }
}

static void *block_slot(const struct branch *branch, size_t i)
{
    return branch->block->slots + i * cede__iter_kept_size(&branch->iter);
}

/* Go on to the next block, the branch having used up its own, which is full. */
static int branch_advance(struct branch *branch)
{
    struct block *block = branch->block;

    if (!block->next) {
        block->next = block_create(&branch->iter); /* whose one reference is this link */
        if (!block->next)
            return -ENOMEM;
    }
    block->next->n_refs++;
    branch->block = block->next;
    branch->at = 0;
    block_unref(block);
    return 0;
}

/* Put the source's next item into the slot at which the branch stands. */
static int branch_pull(struct branch *branch)
{
    struct hub *hub = (struct hub *)branch->iter.sources;
    void *from;

    if (hub->iter.state == CEDE__ITER_BUSY)
        return cede__iter_refuse_for_now(&branch->iter);
    if (hub->error < 0)
        return cede_raise(hub->error, "the source of this 'tee' iterator has failed");
    hub->iter.state = CEDE__ITER_BUSY;
    const int rc = cede__iter_pull(hub->iter.sources, &from);
    hub->iter.state = CEDE__ITER_READY;
    if (rc <= 0) {
        hub->error = rc;
        return rc;
    }
    cede_iter_keep(&branch->iter, block_slot(branch, branch->block->n), from);
    branch->block->n++;
    return 1;
}

static int branch_next(cede_iter *it, void **item)
{
    struct branch *branch = (struct branch *)it;

    if (branch->at == BLOCK_ITEMS)
        CEDE_TRY(branch_advance(branch));
    if (branch->at == branch->block->n) {
        const int rc = branch_pull(branch);
        if (rc <= 0)
            return rc;
    }
    *item = cede__iter_kept(it, block_slot(branch, branch->at++));
    return 1;
}

static void branch_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct branch *branch = (const struct branch *)it;
    uint64_t n_kept = branch->block->n - branch->at;

    for (const struct block *block = branch->block->next; block; block = block->next)
        n_kept += block->n;
    cede_iter_size_hint(it->sources->sources, lo, hi);
    *lo = cede__iter_hint_add(*lo, n_kept);
    *hi = cede__iter_hint_add(*hi, n_kept);
}

static void branch_close(cede_iter *it)
{
    block_unref(((struct branch *)it)->block);
    cede__iter_free(it);
}

static const cede_iter_kind hub_kind = {.name = "tee", .close = cede__iter_free};

static const cede_iter_kind branch_kind = {
    .name = "tee",
    .next = branch_next,
    .close = branch_close,
    .size_hint = branch_size_hint,
};

/* One more owner of the hub, at the block. */
static cede_iter *branch_create(cede_iter *hub, struct block *block, bool is_first)
{
    struct branch *branch = cede__iter_create(&branch_kind, sizeof *branch, CEDE_ITEM_UNKNOWN);

    if (!branch)
        return NULL;
    cede_iter_like(&branch->iter, hub);
    cede_iter_adopt(&branch->iter, hub);
    hub->n_more_owners += !is_first;
    branch->block = block;
    block->n_refs++;
    return &branch->iter;
}

/* All `n`, or the code of why not; then there are none, and the hub is closed. */
static int branches_create(cede_iter *hub, struct block *block, size_t n, cede_iter **its)
{
    for (size_t i = 0; i < n; i++) {
        its[i] = branch_create(hub, block, i == 0);
        if (its[i])
            continue;
        if (i == 0)
            (void)cede_iter_close(hub);
        while (i > 0)
            (void)cede_iter_close(its[--i]);
        return -ENOMEM;
    }
    return 0;
}

/* The branches of a source that is there, and that there is one to own. */
static int tee_create(cede_iter *source, size_t n, cede_iter **its)
{
    int rc = cede__iter_check_keepable(source, "tee");

    if (rc < 0 || n == 0) {
        (void)cede_iter_close(source);
        return rc;
    }
    if (n > UINT32_MAX) {
        (void)cede_iter_close(source);
        return cede_raise(-EINVAL, "%zu branches of a 'tee'", n);
    }
    cede_iter *hub = cede__iter_create_over(&hub_kind, sizeof(struct hub), source);
    struct block *block = hub ? block_create(hub) : NULL;
    if (!block) {
        (void)cede_iter_close(hub);
        return -ENOMEM;
    }
    rc = branches_create(hub, block, n, its);
    block_unref(block);
    return rc;
}

int cede_iter_tee(cede_iter *source, size_t n, cede_iter **its)
{
    const int rc = source ? tee_create(source, n, its) : cede__iter_missing();

    for (size_t i = 0; rc < 0 && i < n; i++)
        its[i] = NULL;
    return rc;
}
