/* cede/iter_keep.h - adaptors that keep items: pairwise, batched, cycle, groupby, tee, sorted
 *
 * They copy what they keep, item_size bytes of it, tuples with what they are made of, and so raise
 * -EINVAL if the source's item_size is CEDE_ITEM_UNKNOWN; where that is CEDE_ITEM_OUTLIVES they
 * keep the pointer. Else as itertools.h: the source is owned from the call on; NULL is returned
 * with the error raised and the source closed (-ENOMEM here or, later, from a call); given NULL,
 * NULL.
 *
 * Source: src/coro/iter_window.c, src/coro/iter_cycle.c, src/coro/iter_unique.c,
 * src/coro/iter_groupby.c, src/coro/iter_tee.c, src/coro/iter_sorted.c
 * Tests: tests/coro/test_iter_keep.c, tests/coro/test_iter_groupby.c, tests/coro/test_iter_tee.c
 * Guide: docs/itertools.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ITER_KEEP_H
#define CEDE_ITER_KEEP_H

#include <cede/iter.h>

CEDE_BEGIN_DECLS

/**
 * Each item with the one after it (itertools.pairwise).
 *
 * @param source  taken
 * @return the iterator; items are cede_tuple of 2, valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_pairwise(cede_iter *source);

/**
 * `n` items at a time; the last time, what is left (itertools.batched, more_itertools.chunked).
 *
 * @param source  taken
 * @param n       items; 0 raises -EINVAL
 * @param strict  a last batch of fewer fails with -EINVAL
 * @return the iterator; items are cede_tuple of n or, the last, fewer, valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_batched(cede_iter *source, size_t n, bool strict);

/**
 * Each `n` items that follow each other, the window moving on by `step` (more_itertools.windowed).
 *
 * @param source  taken
 * @param n       items; 0 raises -EINVAL
 * @param step    items; 0 raises -EINVAL
 * @param fill    borrowed until closed: stands for the items that the last window lacks; may be
 *                NULL, whose place in the tuple is then NULL
 * @return the iterator; items are cede_tuple of n, valid until the next call; of an empty source
 *         none
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_windowed(cede_iter *source, size_t n, size_t step, void *fill);

/**
 * The items again and again (itertools.cycle): of the source the first time, then kept ones. None,
 * if the source has none.
 *
 * @param source  taken; closed after the first time
 * @return the iterator; items are valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_cycle(cede_iter *source);

/**
 * The items in order (Python: sorted). The first call takes all of the source; equal items stay in
 * the order they came.
 *
 * @param source   taken; closed once it has ended
 * @param compare  negative, 0 or positive as a is less than, equal to, greater than b
 * @param arg      handed to it; borrowed until closed
 * @return the iterator; items are kept until it is closed
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_sorted(cede_iter *source, cede_iter_compare_fn *compare, void *arg);

/* Of common items; `arg` is not looked at. NaN is greater than all else; strings are the items. */
extern CEDE_API cede_iter_compare_fn cede_compare_int64, cede_compare_double, cede_compare_string;

/* By what items are the same. NULL for one of these, or all zero: the bytes of the item, or where
 * items outlive the iteration, the pointer. */
typedef struct cede_iter_key {
    cede_iter_map_fn *key; /* writes what counts of an item; NULL: the item itself */
    size_t key_size;       /* bytes of that; 0: key writes a pointer that outlives the iteration */
    bool (*equal)(const void *a, const void *b, void *arg); /* of keys; NULL: the same bytes, or
                                                                 for pointers the same pointer */
    uint64_t (*hash)(const void *key, void *arg); /* the same for equal ones; NULL: of the bytes;
                                                     with `equal` alone, none: each is compared */
    void *arg;                                    /* handed to each */
} cede_iter_key;

/* The key of items that are strings: the same text. */
extern CEDE_API const cede_iter_key cede_iter_key_string;

/**
 * Each item that is not the same as one before (more_itertools.unique_everseen).
 *
 * @param source  taken
 * @param key     copied; NULL: the items themselves
 * @return the iterator; items are of the source. It keeps a key for each
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_unique(cede_iter *source, const cede_iter_key *key);

/**
 * Each item that is not the same as the one just before (more_itertools.unique_justseen).
 *
 * @param source  taken
 * @param key     copied; NULL: the items themselves
 * @return the iterator; items are of the source. It keeps one key
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_unique_justseen(cede_iter *source, const cede_iter_key *key);

/* What groupby yields. */
typedef struct cede_grouped {
    const void *key;  /* valid until the next call of the groupby */
    cede_iter *group; /* the items; borrowed: the groupby closes it */
} cede_grouped;

/**
 * Stretches of items whose key is the same (itertools.groupby).
 *
 * @param source  taken
 * @param key     copied; NULL: the items themselves
 * @return the iterator; items are cede_grouped. The groups share its source: the next call skips
 *         what is left of a group, which is empty from then on and gone at the call after that.
 *         Items of a group are of the source. While a group or the groupby waits inside the source,
 *         the others give -EBUSY
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_groupby(cede_iter *source, const cede_iter_key *key);

/**
 * `n` iterators, each of which yields all items (itertools.tee). An item is kept until the slowest
 * has passed it; the source is closed with the last of them.
 *
 * @param source  taken, on failure too; may be NULL
 * @param n       how many; 0 closes the source
 * @param its     receives the iterators, each the caller's to close, their items valid until its
 *                own next call; receives NULLs on failure. While one waits inside the source,
 *                another that has used up what is kept gives -EBUSY, and may be asked again
 * @return 0, or
 *   -EINVAL  the source's items cannot be kept
 *   -ENOMEM
 *   other    `source` is NULL: the error it is for
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API CEDE_CHECK int cede_iter_tee(cede_iter *source, size_t n, cede_iter **its);

CEDE_END_DECLS

#endif
