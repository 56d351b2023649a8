/* cede/iter_source.h - where items come from: arrays, ranges, lines, functions
 *
 * Every constructor here returns an iterator that is the caller's to close or to hand on, or NULL
 * with the error raised: -ENOMEM, or what its comment names.
 *
 * Source: src/coro/iter_source.c, src/coro/iter_range.c, src/coro/iter_lines.c
 * Tests: tests/coro/test_iter_source.c
 * Guide: docs/iter.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ITER_SOURCE_H
#define CEDE_ITER_SOURCE_H

#include <stdio.h>

#include <cede/iter.h>

CEDE_BEGIN_DECLS

/**
 * The elements of an array. Can be reversed.
 *
 * @param array      borrowed until closed; items point into it; may be NULL if n is 0
 * @param n          elements
 * @param item_size  bytes of one; 0 raises -EINVAL
 * @return the iterator, or NULL; its items live as long as the array
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_array(const void *array, size_t n, size_t item_size);

/* The elements of a true array, `long values[] = {1, 2, 3}`. */
#define CEDE_ITER_ARRAY(array)                                                                     \
    cede_iter_array((array), sizeof(array) / sizeof((array)[0]), sizeof((array)[0]))

/**
 * The pointers of an array are themselves the items: strings, usually. Can be reversed.
 *
 * @param pointers  borrowed until closed, and so is what they point to; may be NULL if n is 0
 * @param n         pointers
 * @return the iterator, or NULL; its items outlive the iteration
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_pointers(const void *pointers, size_t n);

/**
 * The whole numbers from `start` to before `stop` (Python: range). Can be reversed.
 *
 * @param start  the first
 * @param stop   the end, not among them
 * @param step   between them; negative counts down; 0 raises -EINVAL
 * @return the iterator, or NULL; items are int64_t, valid until the next call. Nothing overflows:
 *         a number beyond int64_t would be beyond `stop`
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_range(int64_t start, int64_t stop, int64_t step);

/**
 * `n` numbers, start + i * step each, so that errors do not add up. Can be reversed.
 *
 * @param start  the first
 * @param step   between them
 * @param n      how many
 * @return the iterator, or NULL; items are double, valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_range_double(double start, double step, uint64_t n);

/**
 * Whole numbers without an end (itertools.count).
 *
 * @param start  the first
 * @param step   between them; may be 0 or negative
 * @return the iterator, or NULL; items are int64_t, valid until the next call. Where the next
 *         number does not fit in int64_t, the call for it fails with -EOVERFLOW
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_count(int64_t start, int64_t step);

/**
 * Numbers without an end, start + i * step each.
 *
 * @param start  the first
 * @param step   between them
 * @return the iterator, or NULL; items are double, valid until the next call; where they become
 *         too large they are infinite
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_count_double(double start, double step);

/**
 * The same item again and again (itertools.repeat). Can be reversed.
 *
 * @param item       borrowed until closed; may be NULL
 * @param item_size  bytes of it, or CEDE_ITEM_OUTLIVES
 * @param n          how often; CEDE_ENDLESS: without an end
 * @return the iterator, or NULL; what it yields is `item` itself, not a copy
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_repeat(void *item, size_t item_size, uint64_t n);

/**
 * No items.
 *
 * @return the iterator, or NULL
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_empty(void);

/**
 * What a function returns, called again and again (Python: iter(callable, sentinel)).
 *
 * @param fn         writes an item to `out` and returns 1; 0: the end
 * @param arg        handed to it; borrowed until closed
 * @param sentinel   the item that is the end instead, compared by its bytes; NULL: none. With
 *                   item_size 0 it is compared as a pointer
 * @param item_size  bytes of an item; 0: fn writes a pointer, which is the item
 * @return the iterator, or NULL; items are valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_call(cede_iter_call_fn *fn, void *arg, const void *sentinel,
                                   size_t item_size);

/**
 * Another iterator, which stays its owner's: closing this one leaves that one open, where it
 * stands. For a part of the items to go through adaptors or into a function that closes.
 *
 * @param it  borrowed until closed; NULL gives NULL
 * @return the iterator, or NULL; items are of `it`
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_borrow(cede_iter *it);

/* How lines are read; may be combined. */
enum {
    CEDE_LINES_CHOMP = 1, /* leave out the newline at the end of each */
    CEDE_LINES_KEEP = 2   /* items outlive the iteration: each line's memory until it is closed */
};

/**
 * The lines of a stream, each with its newline if it has one, as `const char *`, terminated. A
 * zero byte within a line ends its text early. Blocks the thread while it reads.
 *
 * @param file   borrowed until closed, open for reading; it stays open
 * @param flags  CEDE_LINES_CHOMP ..., or 0
 * @return the iterator, or NULL; its calls give -ENOMEM or the error of the read. Items are valid
 *         until the next call and cannot be kept, unless CEDE_LINES_KEEP is given
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_lines(FILE *file, unsigned flags);

/**
 * The lines of a file that this opens, and closes when there are no more or it is closed.
 *
 * @param path   borrowed during the call
 * @param flags  as cede_iter_lines
 * @return the iterator as cede_iter_lines, or NULL; raises what open says too: -ENOENT, -EACCES ...
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
CEDE_API cede_iter *cede_iter_lines_of(const char *path, unsigned flags);

CEDE_END_DECLS

#endif
