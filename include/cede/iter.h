/* cede/iter.h - iterators: one item after another, from anything, through anything
 *
 *     int rc;
 *     cede_iter *it = cede_iter_map(cede_iter_range(0, 10, 1), square, NULL, sizeof(int64_t));
 *     CEDE_FOREACH(rc, int64_t *, v, it)
 *         printf("%" PRId64 "\n", *v);
 *     cede_iter_close(it);
 *     CEDE_TRY(rc);
 *
 * Sources are in iter_source.h, adaptors in itertools.h, iter_join.h and iter_keep.h, what uses
 * an iterator up in iter_fold.h, generators as iterators in iter_gen.h.
 *
 * An item is a pointer, valid until the next call for that iterator unless its maker says longer.
 * Adaptors own their sources: closing the outermost closes all. A constructor that is given NULL
 * returns NULL, and one that fails closes its sources, so calls nest and nothing leaks; whoever
 * uses the NULL up gets the error. The callbacks and sources of a task's iterators may suspend:
 * what is said of iterators here holds for asynchronous ones. An iterator belongs to one thread at
 * a time.
 *
 * Source: src/coro/iter.c, src/coro/iter_shape.c   Tests: tests/coro/test_iter.c
 * Guide: docs/iter.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ITER_H
#define CEDE_ITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cede/def.h>

CEDE_BEGIN_DECLS

typedef struct cede_iter cede_iter;

/* Values of item_size that are none. */
#define CEDE_ITEM_OUTLIVES ((size_t)0) /* items stay where they are until the iterator is closed */
#define CEDE_ITEM_UNKNOWN  SIZE_MAX    /* nobody may keep an item: who would gets -EINVAL */

/* Of a size hint: no bound is known, or there is no end. */
#define CEDE_ENDLESS UINT64_MAX

/* What iterators of a kind do; one constant table a kind. */
typedef struct cede_iter_kind {
    const char *name; /* for messages: "map" */

    /* Write the next item to `item`: 1; there is none: 0; or a negative code, raised. It is not
     * called again after either of those, nor while it runs. May suspend. */
    int (*next)(cede_iter *it, void **item);

    /* Give back what it holds, and its own memory if that is its own; what it adopted is closed
     * after it. NULL: there is nothing. May suspend. */
    void (*close)(cede_iter *it);

    /* Write how many items are left, at least and at most; both hold 0 and CEDE_ENDLESS before.
     * NULL: nobody knows. */
    void (*size_hint)(const cede_iter *it, uint64_t *lo, uint64_t *hi);

    /* Yield what is left from its end. 0, or a negative code, raised. NULL: it cannot. */
    int (*reverse)(cede_iter *it);

    void *spare[3];
} cede_iter_kind;

/* Where an iterator stands. */
enum { CEDE__ITER_READY, CEDE__ITER_BUSY, CEDE__ITER_ENDED };

/* The first member of every iterator; cede_iter_init fills it in. Its members are the library's. */
struct cede_iter {
    const cede_iter_kind *kind;
    size_t item_size;               /* bytes of an item, or CEDE_ITEM_OUTLIVES, CEDE_ITEM_UNKNOWN */
    cede_iter *sources;             /* owned: the first of those it adopted */
    cede_iter *sibling;             /* the next that its owner adopted */
    cede_iter *retired;             /* owned: sources that are done with but still hold items */
    struct cede__iter_shape *shape; /* how items that are tuples are copied; a reference */
    uint32_t n_more_owners;         /* beyond the first */
    uint16_t height;                /* adaptors below it, at most */
    uint8_t state;                  /* CEDE__ITER_READY ... */
    bool is_refused;                /* what ends this call does not end it */
    void *spare[1];
};

/* An item made of several: what zip, product, batched and their like yield. */
typedef struct cede_tuple {
    size_t n;
    void **items;
} cede_tuple;

/* Callbacks. Each gives a negative code, raised, where it fails, and may suspend. Where a result is
 * written to `out`, that has the size the iterator was made with, and is filled with zeroes the
 * first time; of size 0, it is a `void **`, to which the item itself is written, which must outlive
 * the iteration. */
typedef int cede_iter_test_fn(void *item, void *arg);                    /* 1: yes, 0: no */
typedef int cede_iter_each_fn(void *item, void *arg);                    /* 0: go on, 1: enough */
typedef int cede_iter_map_fn(void *item, void *out, void *arg);          /* 0 */
typedef int cede_iter_star_fn(void *const *items, void *out, void *arg); /* 0 */
typedef int cede_iter_fold_fn(void *total, void *item, void *arg);       /* changes total; 0 */
typedef int cede_iter_call_fn(void *out, void *arg); /* 1: an item, 0: the end */
typedef int cede_iter_compare_fn(const void *a, const void *b, void *arg); /* as qsort's */

/**
 * Make an iterator of a kind of your own: embed a cede_iter as the first member of your struct.
 *
 * @param it         the memory, which stays where it is until closed
 * @param kind       borrowed, constant
 * @param item_size  bytes of an item for those who keep items, CEDE_ITEM_OUTLIVES (items are at
 *                   rest until it is closed), or CEDE_ITEM_UNKNOWN
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_iter_init(cede_iter *it, const cede_iter_kind *kind, size_t item_size);

/**
 * Make `source` one of those that `it` owns: closing `it` closes it, however deep they nest.
 *
 * @param it      borrowed
 * @param source  taken; becomes the last of it->sources
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API void cede_iter_adopt(cede_iter *it, cede_iter *source);

/**
 * Say that the items of `it` are items of `source`: for an adaptor that hands items on.
 *
 * @param it      borrowed
 * @param source  borrowed
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API void cede_iter_like(cede_iter *it, const cede_iter *source);

/**
 * Copy an item, so that it may be used after the next call; of a tuple, what it is made of too.
 *
 * @param it    borrowed; whose item it is
 * @param to    room for it->item_size bytes, aligned as by malloc; if that is CEDE_ITEM_OUTLIVES,
 *              for a pointer, to which the item is written; CEDE_ITEM_UNKNOWN is not allowed
 * @param item  borrowed; of `it`
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API void cede_iter_keep(const cede_iter *it, void *to, const void *item);

/**
 * Close an iterator and all it owns. A source that suspends while it closes does so here.
 *
 * @param it  owned; NULL does nothing
 * @return 0, or
 *   -EBUSY  it is in the middle of cede_iter_next, for another task or in this very callback:
 *           nothing was closed
 * Suspends: if a source does.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API CEDE_SUSPENDS int cede_iter_close(cede_iter *it);

CEDE_API int cede__iter_refusal(const cede_iter *it) __attribute__((cold));
CEDE_API void cede__iter_stop(cede_iter *it) __attribute__((cold));

/* What whoever asks an iterator that is not ready gets: 0 or a negative code, as analysers see
 * here. */
static inline int cede__iter_refuse(const cede_iter *it)
{
    const int rc = cede__iter_refusal(it);

    if (rc > 0 || (!it && rc == 0))
        __builtin_unreachable();
    return rc;
}

/**
 * The next item (Python: next).
 *
 * @param it    borrowed; NULL, which a constructor that failed returned, gives its error
 * @param item  receives the item, valid until the next call unless said otherwise; not written
 *              if there is none
 * @return 1; 0: there are no more, now and for ever; or a negative code, once, 0 from then on:
 *   -EBUSY  it is in the middle of this call already, for another task or in a callback of its
 *           own; it goes on afterwards as if this had not been
 *   other   of its source or callback
 * Suspends: if a source or callback does.  Cancellation point: if a source or callback is one.
 * Call from: the thread that has it.
 */
CEDE_CHECK CEDE_SUSPENDS static inline int cede_iter_next(cede_iter *it, void **item)
{
    if (__builtin_expect(!it || it->state != CEDE__ITER_READY, 0))
        return cede__iter_refuse(it);
    it->state = CEDE__ITER_BUSY;
    const int rc = it->kind->next(it, item);
    it->state = CEDE__ITER_READY;
    if (__builtin_expect(rc <= 0, 0))
        cede__iter_stop(it);
    return rc;
}

/**
 * How many items are left, without taking any (Python: operator.length_hint; Rust: size_hint).
 *
 * @param it  borrowed; NULL: none
 * @param lo  receives the least; CEDE_ENDLESS for one that does not end
 * @param hi  receives the most; CEDE_ENDLESS: unknown, or it does not end
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API void cede_iter_size_hint(const cede_iter *it, uint64_t *lo, uint64_t *hi);

/**
 * The number of items left where it is certain: what a progress bar wants as its total.
 *
 * @param it  borrowed; NULL: none
 * @return the number; 0 if it is not known, or there is no end
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API int64_t cede_iter_total(const cede_iter *it);

/* What CEDE_FOREACH goes by. */
struct cede__foreach {
    cede_iter *cede_over;
    void *cede_item;
    bool cede_went_on; /* the body was left by its end or by continue, not by break */
};

/**
 * for v in it: `type v`, a pointer, is each item in turn; afterwards `rc` is 0, or the error, or 1
 * after a break. The iterator stays open: close it. `it` is evaluated once, and may be NULL.
 */
#define CEDE_FOREACH(rc, type, v, it)                                                              \
    for (struct cede__foreach cede_each_##v = {(it), NULL, ((rc) = 0, true)};                      \
         cede_each_##v.cede_went_on &&                                                             \
         ((rc) = cede_iter_next(cede_each_##v.cede_over, &cede_each_##v.cede_item)) > 0;)          \
        for (type v = (cede_each_##v.cede_went_on = false, (type)cede_each_##v.cede_item);         \
             (void)v, !cede_each_##v.cede_went_on; cede_each_##v.cede_went_on = true)

/* Several iterators as the two parameters `sources, n`: cede_iter_zip(CEDE_ITERS(a, b)). */
#define CEDE_ITERS(...)                                                                            \
    (cede_iter *[]){__VA_ARGS__}, sizeof((cede_iter *[]){__VA_ARGS__}) / sizeof(cede_iter *)

CEDE_END_DECLS

#endif
