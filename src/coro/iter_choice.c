/* iter_choice.c - every choice of r items of one iterator: permutations, combinations, and those
 * with replacement.
 *
 * The first call copies all items into a pool of n. `places` holds indices into the pool, the first
 * r of which are the choice; each call counts them on as the kind says, and points the tuple at
 * what they say now. Permutations have n places, the rest of the pool behind the choice, and for
 * each of the r how many turns it has left before it begins anew, as Python has them.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/iter_join.h>

#include "coro/iter_store.h"

struct choice {
    cede_iter iter;
    cede_iter items; /* never asked: says how items are copied */
    cede_tuple tuple;
    struct cede__iter_store pool;
    size_t r;     /* or CEDE_ALL_ITEMS, until that is known */
    size_t n;     /* of the pool, once it is filled */
    size_t n_max; /* parts of a tuple at most, for those who keep some */
    size_t *places;
    size_t *turns; /* of permutations */
    uint64_t n_yielded;
    bool has_begun;
};

/* What the kinds differ in. */
struct choice_kind {
    cede_iter_kind iter;
    bool (*advance)(struct choice *choice);    /* whether there is another */
    uint64_t (*count)(uint64_t n, uint64_t r); /* of all; CEDE_ENDLESS: too many */
    bool is_replaced;                          /* an item may be chosen again */
};

static const struct choice_kind *choice_kind_of(const struct choice *choice)
{
    return cede__container_of(choice->iter.kind, struct choice_kind, iter);
}

/* n * (n - 1) * ... , r factors; divided by r! if they are not ordered. */
static uint64_t count_of(uint64_t n, uint64_t r, bool is_ordered)
{
    uint64_t count = 1;

    if (r > n)
        return 0;
    if (!is_ordered && r > n - r)
        r = n - r;
    for (uint64_t i = 0; i < r; i++) {
        unsigned __int128 next = (unsigned __int128)count * (n - i);

        if (!is_ordered)
            next /= i + 1;
        if (next >= CEDE_ENDLESS)
            return CEDE_ENDLESS;
        count = (uint64_t)next;
    }
    return count;
}

static uint64_t count_permutations(uint64_t n, uint64_t r)
{
    return count_of(n, r, true);
}

static uint64_t count_combinations(uint64_t n, uint64_t r)
{
    return count_of(n, r, false);
}

static uint64_t count_replaced(uint64_t n, uint64_t r)
{
    if (n == 0)
        return r == 0;
    return n - 1 > CEDE_ENDLESS - r ? CEDE_ENDLESS : count_of(n - 1 + r, r, false);
}

/* Counting on. */

static bool advance_permutation(struct choice *choice)
{
    size_t *places = choice->places;

    for (size_t i = choice->r; i-- > 0;) {
        if (--choice->turns[i] > 0) {
            const size_t other = choice->n - choice->turns[i];
            const size_t swap = places[i];

            places[i] = places[other];
            places[other] = swap;
            return true;
        }
        const size_t first = places[i];
        memmove(&places[i], &places[i + 1], (choice->n - 1 - i) * sizeof places[0]);
        places[choice->n - 1] = first;
        choice->turns[i] = choice->n - i;
    }
    return false;
}

static bool advance_combination(struct choice *choice)
{
    size_t *places = choice->places;

    for (size_t i = choice->r; i-- > 0;) {
        if (places[i] == choice->n - choice->r + i)
            continue;
        places[i]++;
        for (size_t j = i + 1; j < choice->r; j++)
            places[j] = places[j - 1] + 1;
        return true;
    }
    return false;
}

static bool advance_replaced(struct choice *choice)
{
    size_t *places = choice->places;

    for (size_t i = choice->r; i-- > 0;) {
        if (places[i] == choice->n - 1)
            continue;
        const size_t index = places[i] + 1;
        for (size_t j = i; j < choice->r; j++)
            places[j] = index;
        return true;
    }
    return false;
}

/* The first call. */

/* Memory for places, turns and the tuple's pointers, at their first values. */
static int choice_make_places(struct choice *choice, bool is_replaced)
{
    const size_t n_places = choice->n > choice->r ? choice->n : choice->r;

    choice->places = n_places < PTRDIFF_MAX / (3 * sizeof(void *))
                         ? cede__malloc((n_places + 1) * 3 * sizeof(void *))
                         : NULL;
    if (!choice->places)
        return cede_raise(-ENOMEM, "no memory to choose %zu items", choice->r);
    choice->turns = choice->places + n_places + 1;
    choice->tuple = (cede_tuple){choice->r, (void **)(void *)(choice->turns + n_places + 1)};
    for (size_t i = 0; i < n_places; i++)
        choice->places[i] = is_replaced ? 0 : i;
    for (size_t i = 0; i < choice->r && !is_replaced; i++)
        choice->turns[i] = choice->n - i;
    return 0;
}

/* 1, 0: there are no choices, or a negative code. */
static int choice_begin(struct choice *choice)
{
    const bool is_replaced = choice_kind_of(choice)->is_replaced;
    cede_iter *it = &choice->iter;

    CEDE_TRY(cede__iter_store_take_all(&choice->pool, &choice->items, it->sources));
    cede__iter_drop_source(it);
    choice->n = choice->pool.n;
    choice->has_begun = true;
    if (choice->r == CEDE_ALL_ITEMS && it->item_size != CEDE_ITEM_UNKNOWN &&
        choice->n > choice->n_max)
        return cede_raise(-EINVAL, "the size hint said %zu items, and there are %zu", choice->n_max,
                          choice->n);
    if (choice->r == CEDE_ALL_ITEMS)
        choice->r = choice->n;
    if (is_replaced ? choice->n == 0 && choice->r > 0 : choice->r > choice->n)
        return 0;
    const int rc = choice_make_places(choice, is_replaced);
    return rc < 0 ? rc : 1;
}

static int choice_next(cede_iter *it, void **item)
{
    struct choice *choice = (struct choice *)it;

    if (!choice->has_begun) {
        const int rc = choice_begin(choice);
        if (rc <= 0)
            return rc;
    } else if (!choice_kind_of(choice)->advance(choice)) {
        return 0;
    }
    for (size_t i = 0; i < choice->r; i++)
        choice->tuple.items[i] =
            cede__iter_store_at(&choice->pool, &choice->items, choice->places[i]);
    choice->n_yielded++;
    *item = &choice->tuple;
    return 1;
}

static void choice_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    const struct choice *choice = (const struct choice *)it;
    uint64_t (*count)(uint64_t n, uint64_t r) = choice_kind_of(choice)->count;
    uint64_t few = choice->n, many = choice->n;

    if (!choice->has_begun)
        cede_iter_size_hint(it->sources, &few, &many);
    const bool is_all = choice->r == CEDE_ALL_ITEMS;
    const uint64_t least = few < CEDE_ENDLESS ? count(few, is_all ? few : choice->r) : CEDE_ENDLESS;
    const uint64_t most =
        many < CEDE_ENDLESS ? count(many, is_all ? many : choice->r) : CEDE_ENDLESS;
    /* Too many to count is not without an end. */
    *lo = least < CEDE_ENDLESS ? least - choice->n_yielded : CEDE_ENDLESS - 1;
    *hi = most < CEDE_ENDLESS ? most - choice->n_yielded : CEDE_ENDLESS;
}

static void choice_close(cede_iter *it)
{
    struct choice *choice = (struct choice *)it;

    cede__iter_store_fini(&choice->pool);
    cede__iter_set_item_size(&choice->items, CEDE_ITEM_UNKNOWN);
    cede__free(choice->places);
    cede__iter_free(it);
}

static cede_iter *choice_create(const struct choice_kind *kind, cede_iter *source, size_t r,
                                size_t n_parts)
{
    struct choice *choice = cede__iter_create_over(&kind->iter, sizeof *choice, source);
    int rc;

    if (!choice)
        return NULL;
    choice->r = r;
    choice->n_max = n_parts;
    cede_iter_init(&choice->items, &kind->iter, CEDE_ITEM_UNKNOWN);
    cede_iter_like(&choice->items, source);
    rc = cede__iter_check_keepable(source, kind->iter.name);
    if (rc == 0 && n_parts > PTRDIFF_MAX / (3 * sizeof(void *)))
        rc = cede_raise(-EOVERFLOW, "'%s' of %zu items", kind->iter.name, r);
    if (rc == 0)
        rc = cede__iter_shape_tuple(&choice->iter, source, 1, n_parts);
    if (rc < 0) {
        (void)cede_iter_close(&choice->iter);
        return NULL;
    }
    return &choice->iter;
}

/* The kinds. */

#define CHOICE_ITER(name_)                                                                         \
    {                                                                                              \
        .name = (name_), .next = choice_next, .close = choice_close, .size_hint = choice_size_hint \
    }

static const struct choice_kind permutations_kind = {
    .iter = CHOICE_ITER("permutations"),
    .advance = advance_permutation,
    .count = count_permutations,
};

static const struct choice_kind combinations_kind = {
    .iter = CHOICE_ITER("combinations"),
    .advance = advance_combination,
    .count = count_combinations,
};

static const struct choice_kind replaced_kind = {
    .iter = CHOICE_ITER("combinations_replaced"),
    .advance = advance_replaced,
    .count = count_replaced,
    .is_replaced = true,
};

cede_iter *cede_iter_permutations(cede_iter *source, size_t r)
{
    uint64_t lo = 0, hi = 0;
    cede_iter *it;

    if (r != CEDE_ALL_ITEMS)
        return choice_create(&permutations_kind, source, r, r);
    /* How large a tuple is has to be known now, for those who keep some. */
    if (source)
        cede_iter_size_hint(source, &lo, &hi);
    const bool is_known = lo == hi && hi < PTRDIFF_MAX / (3 * sizeof(void *));
    it = choice_create(&permutations_kind, source, r, is_known ? (size_t)hi : 0);
    if (it && !is_known)
        cede__iter_set_item_size(it, CEDE_ITEM_UNKNOWN);
    return it;
}

cede_iter *cede_iter_combinations(cede_iter *source, size_t r)
{
    return choice_create(&combinations_kind, source, r, r);
}

cede_iter *cede_iter_combinations_replaced(cede_iter *source, size_t r)
{
    return choice_create(&replaced_kind, source, r, r);
}
