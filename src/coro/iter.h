/* iter.h - what the makers of iterators share: their memory, their sources, and how items are kept.
 * Floor 2. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CORO_ITER_H
#define CEDE_CORO_ITER_H

#include <cede/iter.h>

#include "base/base.h"

/* Memory for a source of a library's kind, zeroed behind its head; NULL: raised. */
void *cede__iter_create(const cede_iter_kind *kind, size_t size, size_t item_size);

/* Memory for an adaptor, `size` bytes, zeroed behind its head, which owns `source` and whose items
 * are like that one's. NULL: raised, if there was a source, and the source closed. */
void *cede__iter_create_over(const cede_iter_kind *kind, size_t size, cede_iter *source);

/* The same over several. NULL: one of them is NULL, or raised; all are closed. Its items are of
 * unknown size. */
void *cede__iter_create_over_all(const cede_iter_kind *kind, size_t size, cede_iter *const *sources,
                                 size_t n);

/* The close of kinds that hold nothing but their memory. */
void cede__iter_free(cede_iter *it);

/* Close the first source of `it`, which is not asked any more; one whose items outlive the
 * iteration is retired instead: it has to stay as long as they might be looked at. */
void cede__iter_drop_source(cede_iter *it);

/* Yield what is left from its end: 0, or -ENOTSUP and the like, raised. */
int cede__iter_reverse(cede_iter *it);

/* Say that items of `it` are plain, of `item_size` bytes, and no longer like its source's. */
void cede__iter_set_item_size(cede_iter *it, size_t item_size);

/* A bound of a hint with `n` items more; CEDE_ENDLESS stays. */
static inline uint64_t cede__iter_hint_add(uint64_t bound, uint64_t n)
{
    return bound < CEDE_ENDLESS - n ? bound + n : CEDE_ENDLESS;
}

/* The hints of the first `n` sources of `it`, added up. */
void cede__iter_hint_sum(const cede_iter *it, size_t n, uint64_t *lo, uint64_t *hi);

/* The code of the error because of which there is no iterator. */
static inline int cede__iter_missing(void)
{
    return cede__iter_refuse(NULL);
}

/* A range of whole numbers: src/coro/iter_range.c. */
struct cede__range {
    cede_iter iter;
    uint64_t n_left;
    int64_t value; /* the item; before the first, one step before it, modulo 2^64 */
    int64_t step;
};
extern const cede_iter_kind cede__range_kind;

/* The next item of a source: as cede_iter_next; it is not NULL. Most pipelines begin in a range,
 * and a comparison is cheaper than a call. */
static inline __attribute__((always_inline)) int cede__iter_pull(cede_iter *it, void **item)
{
    struct cede__range *range = (struct cede__range *)it;

    if (it->kind == &cede__range_kind && cede__likely(range->n_left > 0)) {
        range->n_left--;
        range->value = (int64_t)((uint64_t)range->value + (uint64_t)range->step);
        *item = &range->value;
        return 1;
    }
    if (cede__unlikely(it->state != CEDE__ITER_READY))
        return cede__iter_refuse(it);
    it->state = CEDE__ITER_BUSY;
    const int rc = it->kind->next(it, item);
    it->state = CEDE__ITER_READY;
    if (cede__unlikely(rc <= 0))
        cede__iter_stop(it);
    return rc;
}

/* What `next` of a kind returns where another is in the way, and it is to be asked again. */
int cede__iter_refuse_for_now(cede_iter *it);

/* How items that are made of parts are copied: shape.c. Counted references, of one thread. */
struct cede__iter_shape;

/* The shape of tuples of `n` items at most: item i is like those of the (i modulo n_parts)-th of
 * `parts` and its siblings. Sets item_size and shape of `it`; unknown, if those of a part are. 0 or
 * -ENOMEM, raised. */
int cede__iter_shape_tuple(cede_iter *it, const cede_iter *parts, size_t n_parts, size_t n);

/* The shape of cede_numbered around an item like that of `part`. */
int cede__iter_shape_numbered(cede_iter *it, const cede_iter *part);

void cede__iter_shape_ref(struct cede__iter_shape *shape);   /* takes NULL */
void cede__iter_shape_unref(struct cede__iter_shape *shape); /* takes NULL */
void cede__iter_shape_keep(const struct cede__iter_shape *shape, void *to, const void *item);

/* Say that items of `it` are like those of that of its sources which covers the others; if there is
 * none, their size is unknown. */
void cede__iter_like_all(cede_iter *it);

/* Whether whoever can keep items of `it` can keep those of the other in the same way. */
bool cede__iter_covers(const cede_iter *it, const cede_iter *other);

/* Bytes that a kept item takes: a pointer, if items outlive. */
static inline size_t cede__iter_kept_size(const cede_iter *it)
{
    return it->item_size == CEDE_ITEM_OUTLIVES ? sizeof(void *) : it->item_size;
}

/* The item that was kept at `slot`. */
static inline void *cede__iter_kept(const cede_iter *it, void *slot)
{
    return it->item_size == CEDE_ITEM_OUTLIVES ? *(void **)slot : slot;
}

/* 0, or -EINVAL, raised: items of `it` may not be kept, which `who` would. */
int cede__iter_check_keepable(const cede_iter *it, const char *who);

#endif
