/* iter.c - the head that every iterator begins with: made, asked for hints, and closed.
 *
 * Iterators form a tree: `sources` is the first of those that one owns, `sibling` the next of the
 * same owner. One that several own, the hub of a tee, is the only source of each of them and counts
 * them in `n_more_owners`. Closing goes through the tree with a list threaded through `sibling`, so
 * that depth costs no stack: an owner first, what it owns after it.
 *
 * `state` is what keeps re-entrance out: BUSY while `next` runs, or is suspended in it, so that
 * another call is refused instead of finding a half-changed struct. ENDED is for ever, which is why
 * no kind needs to remember that it has ended.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <cede/itertools.h>

#include "coro/iter.h"

/* Hints and reversing go down the tree by calls; beyond this many adaptors they do not. */
enum { HINT_HEIGHT_MAX = 1000 };

/* The code of the error because of which there is no iterator. */
static int raise_missing(void)
{
    const int code = cede_error_code(cede_error_last());

    if (code < 0)
        return code;
    return cede_raise(-EINVAL, "there is no iterator");
}

int cede__iter_refusal(const cede_iter *it)
{
    if (!it)
        return raise_missing();
    if (it->state == CEDE__ITER_ENDED)
        return 0;
    return cede_raise(-EBUSY, "this '%s' iterator is in the middle of its next item",
                      it->kind->name);
}

void cede__iter_stop(cede_iter *it)
{
    it->state = it->is_refused ? CEDE__ITER_READY : CEDE__ITER_ENDED;
    it->is_refused = false;
}

int cede__iter_refuse_for_now(cede_iter *it)
{
    it->is_refused = true;
    return cede_raise(-EBUSY, "the source of this '%s' iterator is in the middle of its next item",
                      it->kind->name);
}

void cede_iter_init(cede_iter *it, const cede_iter_kind *kind, size_t item_size)
{
    *it = (cede_iter){.kind = kind, .item_size = item_size};
}

void cede_iter_adopt(cede_iter *it, cede_iter *source)
{
    cede_iter **end = &it->sources;

    while (*end)
        end = &(*end)->sibling;
    source->sibling = NULL;
    *end = source;
    if (it->height <= source->height)
        it->height = (uint16_t)(source->height < UINT16_MAX ? source->height + 1 : UINT16_MAX);
}

void cede_iter_like(cede_iter *it, const cede_iter *source)
{
    struct cede__iter_shape *before = it->shape;

    it->item_size = source->item_size;
    it->shape = source->shape;
    cede__iter_shape_ref(it->shape);
    cede__iter_shape_unref(before);
}

void cede_iter_keep(const cede_iter *it, void *to, const void *item)
{
    cede__assert(it->item_size != CEDE_ITEM_UNKNOWN);
    if (it->item_size == CEDE_ITEM_OUTLIVES)
        *(const void **)to = item;
    else if (it->shape)
        cede__iter_shape_keep(it->shape, to, item);
    else
        memcpy(to, item, it->item_size);
}

void cede__iter_set_item_size(cede_iter *it, size_t item_size)
{
    cede__iter_shape_unref(it->shape);
    it->shape = NULL;
    it->item_size = item_size;
}

void cede__iter_like_all(cede_iter *it)
{
    const cede_iter *most = it->sources;

    cede__iter_set_item_size(it, most ? CEDE_ITEM_UNKNOWN : CEDE_ITEM_OUTLIVES);
    if (!most)
        return;
    for (const cede_iter *other = most->sibling; other; other = other->sibling) {
        if (cede__iter_covers(most, other))
            continue;
        if (!cede__iter_covers(other, most))
            return;
        most = other;
    }
    cede_iter_like(it, most);
}

int cede__iter_check_keepable(const cede_iter *it, const char *who)
{
    if (it->item_size != CEDE_ITEM_UNKNOWN)
        return 0;
    return cede_raise(-EINVAL, "'%s' keeps items, and '%s' does not say how large its own are", who,
                      it->kind->name);
}

/* Closing. */

/* Put the list that begins with `first` before `rest`. */
static cede_iter *list_before(cede_iter *first, cede_iter *rest)
{
    cede_iter *last = first;

    if (!first)
        return rest;
    while (last->sibling)
        last = last->sibling;
    last->sibling = rest;
    return first;
}

/* Put what `it` owns before `rest`; what others own as well stays with them. */
static cede_iter *release_sources(cede_iter *it, cede_iter *rest)
{
    cede_iter *first = it->sources;

    if (first && first->n_more_owners > 0) {
        first->n_more_owners--;
        first = NULL;
    }
    rest = list_before(first, list_before(it->retired, rest));
    it->sources = NULL;
    it->retired = NULL;
    return rest;
}

int cede_iter_close(cede_iter *it)
{
    if (it && it->state == CEDE__ITER_BUSY)
        return cede_raise(-EBUSY, "this '%s' iterator is in the middle of its next item",
                          it->kind->name);
    if (it)
        it->sibling = NULL;
    while (it) {
        struct cede__iter_shape *shape = it->shape;
        cede_iter *rest = release_sources(it, it->sibling);

        it->shape = NULL;
        it->state = CEDE__ITER_ENDED;
        if (it->kind->close)
            it->kind->close(it);
        cede__iter_shape_unref(shape);
        it = rest;
    }
    return 0;
}

void cede__iter_free(cede_iter *it)
{
    cede__free(it);
}

void cede__iter_hint_sum(const cede_iter *it, size_t n, uint64_t *lo, uint64_t *hi)
{
    const cede_iter *source = it->sources;

    *lo = *hi = 0;
    for (size_t i = 0; i < n; i++, source = source->sibling) {
        uint64_t least, most;

        cede_iter_size_hint(source, &least, &most);
        *lo = cede__iter_hint_add(*lo, least);
        *hi = cede__iter_hint_add(*hi, most);
    }
}

void cede__iter_drop_source(cede_iter *it)
{
    cede_iter *source = it->sources;

    it->sources = source->sibling;
    if (source->item_size != CEDE_ITEM_OUTLIVES) {
        (void)cede_iter_close(source); /* nobody else asks it: it is not busy */
        return;
    }
    source->sibling = it->retired;
    it->retired = source;
}

/* Making. */

void *cede__iter_create(const cede_iter_kind *kind, size_t size, size_t item_size)
{
    cede_iter *it = cede__calloc(1, size);

    if (!it) {
        (void)cede_raise(-ENOMEM, "no memory for a '%s' iterator", kind->name);
        return NULL;
    }
    cede_iter_init(it, kind, item_size);
    return it;
}

void *cede__iter_create_over(const cede_iter_kind *kind, size_t size, cede_iter *source)
{
    cede_iter *it = source ? cede__iter_create(kind, size, CEDE_ITEM_UNKNOWN) : NULL;

    if (!it) {
        (void)cede_iter_close(source); /* not used yet by anybody */
        return NULL;
    }
    cede_iter_adopt(it, source);
    cede_iter_like(it, source);
    return it;
}

static bool all_are_there(cede_iter *const *sources, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!sources[i])
            return false;
    }
    return true;
}

void *cede__iter_create_over_all(const cede_iter_kind *kind, size_t size, cede_iter *const *sources,
                                 size_t n)
{
    cede_iter *it =
        all_are_there(sources, n) ? cede__iter_create(kind, size, CEDE_ITEM_UNKNOWN) : NULL;

    if (!it) {
        for (size_t i = 0; i < n; i++)
            (void)cede_iter_close(sources[i]);
        return NULL;
    }
    /* From the last to the first: cede_iter_adopt would look for the end each time. */
    for (size_t i = n; i-- > 0;) {
        cede_iter *others = it->sources;

        it->sources = NULL;
        cede_iter_adopt(it, sources[i]);
        sources[i]->sibling = others;
    }
    return it;
}

/* Hints, and going backward. */

int cede__iter_reverse(cede_iter *it)
{
    if (it->state != CEDE__ITER_READY)
        return cede__iter_refuse(it);
    if (!it->kind->reverse || it->height > HINT_HEIGHT_MAX)
        return cede_raise(-ENOTSUP,
                          "a '%s' cannot be gone through from its end; what it yields "
                          "can, once it is collected",
                          it->kind->name);
    return it->kind->reverse(it);
}

cede_iter *cede_iter_reversed(cede_iter *source)
{
    if (!source || cede__iter_reverse(source) == 0)
        return source;
    (void)cede_iter_close(source);
    return NULL;
}

void cede_iter_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi)
{
    uint64_t least = 0, most = CEDE_ENDLESS;

    if (!it || it->state == CEDE__ITER_ENDED)
        most = 0;
    else if (it->kind->size_hint && it->height <= HINT_HEIGHT_MAX)
        it->kind->size_hint(it, &least, &most);
    *lo = least;
    *hi = most;
}

int64_t cede_iter_total(const cede_iter *it)
{
    uint64_t lo, hi;

    cede_iter_size_hint(it, &lo, &hi);
    return lo == hi && hi <= INT64_MAX ? (int64_t)hi : 0;
}
