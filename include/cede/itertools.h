/* cede/itertools.h - adaptors that hand items on as they come: map, filter, islice and their kin
 *
 * Those that keep items are in iter_keep.h, those of several iterators in iter_join.h.
 *
 * Each owns its source from the call on. Each returns the iterator, the caller's to close or to
 * hand on, or NULL with the error raised and the source closed: -ENOMEM, or -EINVAL for what its
 * comment forbids; given NULL, it returns NULL. An item "of the source" lives as long as the
 * source says. An error of the source, or of a callback, is passed on and ends it.
 *
 * Source: src/coro/iter_map.c, src/coro/iter_filter.c, src/coro/iter_slice.c,
 * src/coro/iter_owning.c
 * Tests: tests/coro/test_itertools.c, tests/coro/test_iter_adaptors.c
 * Guide: docs/itertools.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ITERTOOLS_H
#define CEDE_ITERTOOLS_H

#include <cede/iter.h>

CEDE_BEGIN_DECLS

/**
 * What `fn` makes of each item (Python: map). Reversed if its source can be.
 *
 * @param source    taken
 * @param fn        called for each item
 * @param arg       handed to it; borrowed until closed
 * @param out_size  bytes of a result; 0: fn writes a pointer that outlives the iteration
 * @return the iterator; results are valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_map(cede_iter *source, cede_iter_map_fn *fn, void *arg,
                                  size_t out_size);

/**
 * What `fn` makes of the items of each tuple (itertools.starmap); of a zip it is Python's map of
 * several.
 *
 * @param source    taken; its items must be cede_tuple
 * @param fn        called with cede_tuple.items of each
 * @param arg       handed to it; borrowed until closed
 * @param out_size  as cede_iter_map
 * @return the iterator; results are valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_starmap(cede_iter *source, cede_iter_star_fn *fn, void *arg,
                                      size_t out_size);

/**
 * Running totals (itertools.accumulate).
 *
 * @param source   taken
 * @param fn       adds an item to the total, as cede_fold_sum_int64 does
 * @param arg      handed to it; borrowed until closed
 * @param initial  the first total, copied; NULL: the first item is
 * @param size     bytes of a total; without `initial` that of the items
 * @return the iterator; totals are valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_accumulate(cede_iter *source, cede_iter_fold_fn *fn, void *arg,
                                         const void *initial, size_t size);

/* An item and its number. */
typedef struct cede_numbered {
    int64_t number;
    void *item;
} cede_numbered;

/**
 * Each item with its number (Python: enumerate).
 *
 * @param source  taken
 * @param start   the number of the first; a number that does not fit is -EOVERFLOW
 * @return the iterator; items are cede_numbered, valid until the next call
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_enumerate(cede_iter *source, int64_t start);

/**
 * The items for which `test` says yes (Python: filter). Reversed if its source can be.
 *
 * @param source  taken
 * @param test    called for each item
 * @param arg     handed to it; borrowed until closed
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_filter(cede_iter *source, cede_iter_test_fn *test, void *arg);

/**
 * The items for which `test` says no (itertools.filterfalse). Reversed if its source can be.
 *
 * @param source  taken
 * @param test    called for each item
 * @param arg     handed to it; borrowed until closed
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_filterfalse(cede_iter *source, cede_iter_test_fn *test, void *arg);

/**
 * The items before the first for which `test` says no, which is lost (itertools.takewhile).
 *
 * @param source  taken; closed at that item
 * @param test    called for each item
 * @param arg     handed to it; borrowed until closed
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_takewhile(cede_iter *source, cede_iter_test_fn *test, void *arg);

/**
 * The items from the first on for which `test` says no (itertools.dropwhile).
 *
 * @param source  taken
 * @param test    called for each item until then
 * @param arg     handed to it; borrowed until closed
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_dropwhile(cede_iter *source, cede_iter_test_fn *test, void *arg);

/**
 * The items beside which `selectors` has a true (itertools.compress); ends with the shorter.
 *
 * @param source     taken; asked first
 * @param selectors  taken; items are bool
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_compress(cede_iter *source, cede_iter *selectors);

#define CEDE_NO_STOP INT64_MAX /* of cede_iter_islice: to the end */

/**
 * The items with the numbers start, start + step ... below stop (itertools.islice). Takes no more
 * than `stop` items of the source, and closes it when done.
 *
 * @param source  taken
 * @param start   from 0; negative is -EINVAL
 * @param stop    from 0, or CEDE_NO_STOP; negative is -EINVAL
 * @param step    from 1; less is -EINVAL
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_islice(cede_iter *source, int64_t start, int64_t stop, int64_t step);

/**
 * The same items, of which the next can be looked at (more_itertools.peekable).
 *
 * @param source  taken
 * @return the iterator, for cede_iter_peek; items are of the source, and end with a peek too
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_peekable(cede_iter *source);

/**
 * Look at the item that comes next, without taking it.
 *
 * @param it    borrowed; of cede_iter_peekable
 * @param item  receives the item; as cede_iter_next
 * @return as cede_iter_next; an error stays to be met by the next call;
 *   -EINVAL  it is no peekable one
 * Suspends: if the source does.  Cancellation point: if the source is one.
 * Call from: the thread that has it.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_iter_peek(cede_iter *it, void **item);

/**
 * The same items from the last to the first (Python: reversed). In place; nothing is collected.
 *
 * @param source  taken; what its constructor says can be reversed; else raises -ENOTSUP
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_reversed(cede_iter *source);

/**
 * The same items, and something to be given back with them: the array they lie in, a callback's
 * argument. Reversed if its source can be.
 *
 * @param source   taken; NULL gives NULL
 * @param release  called once: when it is closed, after its source; before this returns NULL
 * @param arg      handed to it
 * @return the iterator; items are of the source
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_owning(cede_iter *source, void (*release)(void *arg), void *arg);

CEDE_END_DECLS

#endif
