/* cede/iter_join.h - adaptors of several iterators: chain, zip, product and their kin
 *
 * CEDE_ITERS(a, b) writes the parameters `sources, n`. Each owns its sources from the call on, the
 * array stays the caller's. Each returns the iterator, the caller's to close or to hand on, or NULL
 * with the error raised and all sources closed: -ENOMEM, or -EINVAL for what its comment forbids;
 * given a NULL among the sources, NULL. An error of a source is passed on and ends it.
 *
 * Source: src/coro/iter_chain.c, src/coro/iter_zip.c, src/coro/iter_product.c,
 * src/coro/iter_choice.c
 * Tests: tests/coro/test_iter_join.c
 * Guide: docs/itertools.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ITER_JOIN_H
#define CEDE_ITER_JOIN_H

#include <cede/iter.h>

CEDE_BEGIN_DECLS

/**
 * One after the other (itertools.chain).
 *
 * @param sources  taken, each closed when it has ended
 * @param n        how many
 * @return the iterator; items are of the sources, and can be kept if they are alike
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API cede_iter *cede_iter_chain(cede_iter *const *sources, size_t n);

/**
 * One after the other, themselves out of an iterator (itertools.chain.from_iterable).
 *
 * @param source     taken; its items are `cede_iter *`, each taken, closed when it has ended; NULL
 *                   is an error raised earlier
 * @param item_size  of those iterators; one that says otherwise is -EINVAL, but CEDE_ITEM_UNKNOWN
 *                   takes all
 * @return the iterator; items are of the sources
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_chain_from(cede_iter *source, size_t item_size);

/**
 * The first items together, the second ones ... until one ends (Python: zip). Sources are asked in
 * order, so those before the shortest lose an item.
 *
 * @param sources  taken
 * @param n        how many; 0 yields nothing
 * @return the iterator; items are cede_tuple of n, valid until the next call; they can be kept if
 *         the items of all sources can
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API cede_iter *cede_iter_zip(cede_iter *const *sources, size_t n);

/**
 * cede_iter_zip of sources that must be equally long (Python: zip(strict=True)).
 *
 * @param sources  taken
 * @param n        how many; 0 yields nothing
 * @return the iterator as cede_iter_zip; a call fails with -EINVAL when one ends before the others,
 *         saying which is shorter or longer
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API cede_iter *cede_iter_zip_strict(cede_iter *const *sources, size_t n);

/**
 * cede_iter_zip until the longest ends (itertools.zip_longest).
 *
 * @param sources  taken
 * @param n        how many; 0 yields nothing
 * @param fill     borrowed until closed: stands for the items of those that have ended; may be
 *                 NULL, whose place in the tuple is then NULL. To keep tuples, it must be as large
 *                 as an item of each
 * @return the iterator as cede_iter_zip
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API cede_iter *cede_iter_zip_longest(cede_iter *const *sources, size_t n, void *fill);

/**
 * An item of each in turn, until one ends (more_itertools.interleave).
 *
 * @param sources  taken
 * @param n        how many
 * @return the iterator; items are of the sources, and can be kept if they are alike. A
 *         round is begun only if all have an item: they are taken together
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API cede_iter *cede_iter_interleave(cede_iter *const *sources, size_t n);

/**
 * An item of each in turn, leaving out those that have ended (more_itertools.interleave_longest,
 * roundrobin).
 *
 * @param sources  taken, each closed when it has ended
 * @param n        how many
 * @return the iterator; items are of the sources, and can be kept if they are alike
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API cede_iter *cede_iter_interleave_longest(cede_iter *const *sources, size_t n);

/* Those below take all of their sources at the first call and keep the items until closed; what
 * they yield are cede_tuple, valid until the next call, whose parts are valid until closed.
 * Positions decide, not values: equal items are different ones. They can be kept. */

/**
 * Every combination of an item of each, the last varying fastest (itertools.product).
 *
 * @param sources  taken; raises -EINVAL if items of one cannot be kept
 * @param n        how many; of none the product is one empty tuple
 * @param repeat   so many times the sources over: product(a, repeat=2) is product(a, a). n * repeat
 *                 too large raises -EOVERFLOW
 * @return the iterator; items are cede_tuple of n * repeat
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has them.
 */
CEDE_API cede_iter *cede_iter_product(cede_iter *const *sources, size_t n, size_t repeat);

/**
 * Every choice of `r` items in every order (itertools.permutations).
 *
 * @param source  taken; raises -EINVAL if its items cannot be kept
 * @param r       how many; CEDE_ALL_ITEMS: as many as there are; too many to count the bytes of
 *                raises -EOVERFLOW
 * @return the iterator; items are cede_tuple of r; none if there are fewer items
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_permutations(cede_iter *source, size_t r);

#define CEDE_ALL_ITEMS SIZE_MAX

/**
 * Every choice of `r` items in the order they came (itertools.combinations).
 *
 * @param source  taken; raises -EINVAL if its items cannot be kept
 * @param r       how many; too many to count the bytes of raises -EOVERFLOW
 * @return the iterator; items are cede_tuple of r; none if there are fewer items
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_combinations(cede_iter *source, size_t r);

/**
 * Every choice of `r` items in the order they came, where an item may be chosen again
 * (itertools.combinations_with_replacement).
 *
 * @param source  taken; raises -EINVAL if its items cannot be kept
 * @param r       how many; too many to count the bytes of raises -EOVERFLOW
 * @return the iterator; items are cede_tuple of r; none if there are no items but r is not 0
 * Suspends: never.  Cancellation point: no.  Call from: the thread that has it.
 */
CEDE_API cede_iter *cede_iter_combinations_replaced(cede_iter *source, size_t r);

CEDE_END_DECLS

#endif
