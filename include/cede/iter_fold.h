/* cede/iter_fold.h - using an iterator up: reduce, sum, any, collect and their kin
 *
 * Each takes the iterator and closes it, whatever the outcome; cede_iter_borrow lets one go on
 * with what is left. Given NULL, each returns the error that the constructor raised. An error of
 * the iterator or of a callback is returned, and outputs are not written then. All may suspend
 * where the iterator or a callback does, and are cancellation points where those are.
 *
 * Source: src/coro/iter_fold.c, src/coro/iter_collect.c
 * Tests: tests/coro/test_iter_fold.c
 * Guide: docs/iter.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ITER_FOLD_H
#define CEDE_ITER_FOLD_H

#include <cede/iter.h>

CEDE_BEGIN_DECLS

/**
 * Call `fn` with each item.
 *
 * @param it   taken; closed
 * @param fn   returns 0 to go on, 1 to end here
 * @param arg  handed to it
 * @return 0; 1: fn ended it; or a negative code
 * Suspends: if `it` or fn does.  Cancellation point: if those are.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_for_each(cede_iter *it, cede_iter_each_fn *fn,
                                                         void *arg);

/**
 * Fold all items into a total (functools.reduce with an initial value).
 *
 * @param it     taken; closed
 * @param fn     adds an item to the total
 * @param arg    handed to it
 * @param total  what it begins with, and changed as it goes; after an error, as far as it went
 * @return 0 or a negative code
 * Suspends: if `it` or fn does.  Cancellation point: if those are.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_reduce(cede_iter *it, cede_iter_fold_fn *fn,
                                                       void *arg, void *total);

/* cede_iter_fold_fn of common totals, for reduce and accumulate; `arg` is not looked at. Where a
 * whole number does not fit: -EOVERFLOW. */
extern CEDE_API cede_iter_fold_fn cede_fold_sum_int64, cede_fold_product_int64, cede_fold_min_int64,
    cede_fold_max_int64;
extern CEDE_API cede_iter_fold_fn cede_fold_sum_double, cede_fold_product_double,
    cede_fold_min_double, cede_fold_max_double;

/**
 * The sum of items that are int64_t (Python: sum).
 *
 * @param it   taken; closed
 * @param sum  receives it; of no items 0
 * @return 0, -EOVERFLOW if it does not fit, or another negative code
 * Suspends: if `it` does.  Cancellation point: if that is.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_sum_int64(cede_iter *it, int64_t *sum);

/**
 * The sum of items that are double, its rounding errors made up for (Python: math.fsum, nearly).
 *
 * @param it   taken; closed
 * @param sum  receives it; of no items 0
 * @return 0 or a negative code
 * Suspends: if `it` does.  Cancellation point: if that is.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_sum_double(cede_iter *it, double *sum);

/**
 * The least item, the first of those that are equal (Python: min).
 *
 * @param it       taken; closed. -EINVAL if its items cannot be kept
 * @param compare  as qsort's; cede_compare_int64 ...
 * @param arg      handed to it
 * @param min      receives a copy: room for item_size bytes, or for a pointer where items outlive
 *                 the iteration, though those that do so only until it is closed are gone
 * @return 1; 0: there are no items; or a negative code
 * Suspends: if `it` or compare does.  Cancellation point: if those are.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_min(cede_iter *it, cede_iter_compare_fn *compare,
                                                    void *arg, void *min);

/**
 * The greatest item, the first of those that are equal (Python: max).
 *
 * @param it       taken; closed. -EINVAL if its items cannot be kept
 * @param compare  as qsort's; cede_compare_int64 ...
 * @param arg      handed to it
 * @param max      receives a copy, as cede_iter_min
 * @return 1; 0: there are no items; or a negative code
 * Suspends: if `it` or compare does.  Cancellation point: if those are.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_max(cede_iter *it, cede_iter_compare_fn *compare,
                                                    void *arg, void *max);

/**
 * Whether `test` says yes of an item; takes none after that (Python: any).
 *
 * @param it    taken; closed
 * @param test  NULL: items are bool
 * @param arg   handed to it
 * @return 1, 0, or a negative code
 * Suspends: if `it` or test does.  Cancellation point: if those are.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_any(cede_iter *it, cede_iter_test_fn *test,
                                                    void *arg);

/**
 * Whether `test` says yes of every item; takes none after one it denies (Python: all).
 *
 * @param it    taken; closed
 * @param test  NULL: items are bool
 * @param arg   handed to it
 * @return 1, 0, or a negative code
 * Suspends: if `it` or test does.  Cancellation point: if those are.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_all(cede_iter *it, cede_iter_test_fn *test,
                                                    void *arg);

/**
 * How many items there are; takes them all (more_itertools.ilen).
 *
 * @param it     taken; closed
 * @param n      receives the number; may be NULL, to only use it up
 * @return 0 or a negative code
 * Suspends: if `it` does.  Cancellation point: if that is.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_length(cede_iter *it, uint64_t *n);

/**
 * All items in one array (Python: list).
 *
 * @param it     taken; closed. -EINVAL if its items cannot be kept
 * @param array  receives the array, NULL if there are no items: of the items' bytes, item_size
 *               each; of pointers to them where they are tuples or cede_numbered, which it holds
 *               too, or outlive the iteration (those that stay only until it is closed are gone).
 *               The caller's: cede_iter_release
 * @param n      receives the number of items
 * @return 0 or a negative code
 * Suspends: if `it` does.  Cancellation point: if that is.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_collect(cede_iter *it, void **array, size_t *n);

/**
 * Give back what cede_iter_collect made.
 *
 * @param array  owned; NULL does nothing
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API void cede_iter_release(void *array);

/**
 * The first items, into the caller's array; the rest is not taken.
 *
 * @param it     taken; closed. -EINVAL if its items cannot be kept
 * @param array  room for `max` items of item_size bytes, or pointers, as cede_iter_collect
 * @param max    items at most
 * @param n      receives how many there were; of an error, how many before it
 * @return 0 or a negative code
 * Suspends: if `it` does.  Cancellation point: if that is.  Call from: its thread.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_fill(cede_iter *it, void *array, size_t max,
                                                     size_t *n);

CEDE_END_DECLS

#endif
