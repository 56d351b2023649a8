/* iter_groupby.c - stretches of items with the same key, each an iterator of its own.
 *
 * The groupby and its groups draw on one source. `target` is the key of the group that is current,
 * `found` that of the item taken last, `pending` if nobody has had that item yet. The two groups
 * are used in turn, so that one that was replaced is empty, and still there, until the call after.
 * While one of them is inside the source, or in a key function, the groupby's state is BUSY: nobody
 * else gets in, and it is not closed.
 */
/* SPDX-License-Identifier: MIT */
#include "coro/iter_key.h"

struct groupby;

struct group {
    cede_iter iter;
    struct groupby *owner;
};

struct groupby {
    cede_iter iter;
    struct cede__iter_key key;
    cede_iter items; /* never asked: says how items of groups are copied */
    cede_grouped grouped;
    struct group groups[2];
    struct group *current; /* NULL: none, or it has been left */
    void *item;            /* the one taken last */
    bool is_pending;
    bool has_found;
    bool has_target;
    char *slots; /* two keys: that of `item`, then the target */
};

static void *found_slot(const struct groupby *groupby)
{
    return groupby->slots;
}

static void *target_slot(const struct groupby *groupby)
{
    return groupby->slots + (groupby->key.size + 15) / 16 * 16;
}

/* Take an item. 1, 0: there are no more, or a negative code. */
static int groupby_step(struct groupby *groupby)
{
    int rc = cede__iter_pull(groupby->iter.sources, &groupby->item);

    if (rc <= 0)
        return rc;
    rc = cede__iter_key_make(&groupby->key, found_slot(groupby), groupby->item);
    if (rc < 0)
        return rc;
    groupby->has_found = true;
    groupby->is_pending = true;
    return 1;
}

/* Whether the item taken last belongs to the group that is, or was, current. */
static bool groupby_matches(const struct groupby *groupby)
{
    return cede__iter_key_equal(&groupby->key, target_slot(groupby), found_slot(groupby));
}

static int group_take(struct group *group, void **item)
{
    struct groupby *owner = group->owner;

    if (!owner->is_pending) {
        const int rc = groupby_step(owner);
        if (rc <= 0)
            return rc;
    }
    if (!groupby_matches(owner))
        return 0;
    owner->is_pending = false;
    *item = owner->item;
    return 1;
}

static int group_next(cede_iter *it, void **item)
{
    struct group *group = (struct group *)it;
    struct groupby *owner = group->owner;

    if (owner->current != group)
        return 0;
    /* The owner is not inside the source: then no group would be current. */
    owner->iter.state = CEDE__ITER_BUSY;
    const int rc = group_take(group, item);
    owner->iter.state = CEDE__ITER_READY;
    return rc;
}

static void group_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct groupby *owner = ((const struct group *)it)->owner;

    *hi = 0;
    if (owner->current != (const struct group *)it)
        return;
    cede_iter_size_hint(owner->iter.sources, lo, hi);
    *hi = cede__iter_hint_add(*hi, owner->is_pending);
    *lo = owner->is_pending && groupby_matches(owner);
}

static const cede_iter_kind group_kind = {
    .name = "group",
    .next = group_next,
    .size_hint = group_size_hint,
};

static int groupby_next(cede_iter *it, void **item)
{
    struct groupby *groupby = (struct groupby *)it;
    struct group *group =
        &groupby->groups[groupby->grouped.group == &groupby->groups[0].iter ? 1 : 0];

    groupby->current = NULL;
    while (!groupby->has_found || (groupby->has_target && groupby_matches(groupby))) {
        const int rc = groupby_step(groupby);
        if (rc <= 0)
            return rc;
    }
    cede__iter_key_copy(&groupby->key, target_slot(groupby), found_slot(groupby));
    groupby->has_target = true;
    cede__iter_set_item_size(&group->iter, CEDE_ITEM_UNKNOWN); /* lets go of the shape */
    cede_iter_init(&group->iter, &group_kind, CEDE_ITEM_UNKNOWN);
    cede_iter_like(&group->iter, &groupby->items);
    groupby->current = group;
    groupby->grouped.key = cede__iter_key_at(&groupby->key, target_slot(groupby));
    groupby->grouped.group = &group->iter;
    *item = &groupby->grouped;
    return 1;
}

static void groupby_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct groupby *groupby = (const struct groupby *)it;

    cede_iter_size_hint(it->sources, lo, hi);
    *hi = cede__iter_hint_add(*hi, groupby->is_pending);
    *lo = *lo > 0 && !groupby->has_found;
}

static void groupby_close(cede_iter *it)
{
    struct groupby *groupby = (struct groupby *)it;

    cede__iter_set_item_size(&groupby->groups[0].iter, CEDE_ITEM_UNKNOWN);
    cede__iter_set_item_size(&groupby->groups[1].iter, CEDE_ITEM_UNKNOWN);
    cede__iter_set_item_size(&groupby->items, CEDE_ITEM_UNKNOWN);
    cede__free(groupby->slots);
    cede__iter_free(it);
}

static const cede_iter_kind groupby_kind = {
    .name = "groupby",
    .next = groupby_next,
    .close = groupby_close,
    .size_hint = groupby_size_hint,
};

cede_iter *cede_iter_groupby(cede_iter *source, const cede_iter_key *key)
{
    struct groupby *groupby = cede__iter_create_over(&groupby_kind, sizeof *groupby, source);

    if (!groupby)
        return NULL;
    cede_iter_init(&groupby->items, &group_kind, CEDE_ITEM_UNKNOWN);
    cede_iter_like(&groupby->items, &groupby->iter);
    cede__iter_set_item_size(&groupby->iter, CEDE_ITEM_UNKNOWN);
    for (int i = 0; i < 2; i++) {
        cede_iter_init(&groupby->groups[i].iter, &group_kind, CEDE_ITEM_UNKNOWN);
        groupby->groups[i].owner = groupby;
    }
    if (cede__iter_key_init(&groupby->key, key, &groupby->items, "groupby") < 0)
        goto fail;
    groupby->slots = cede__calloc(2, (groupby->key.size + 15) / 16 * 16);
    if (groupby->slots)
        return &groupby->iter;
    (void)cede_raise(-ENOMEM, "no memory for a 'groupby' iterator");
fail:
    (void)cede_iter_close(&groupby->iter);
    return NULL;
}
