/* cede/iter_gen.h - generators as iterators, and iterators in generators
 *
 *     cede_iter *it = cede_iter_islice(cede_iter_gen(cede_gen_create(fibonacci, NULL),
 *                                                    sizeof(long)), 0, 10, 1);
 *
 * Source: src/coro/iter_gen.c   Tests: tests/coro/test_iter_gen.c   Guide: docs/iter.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ITER_GEN_H
#define CEDE_ITER_GEN_H

#include <cede/gen.h>
#include <cede/iter.h>

CEDE_BEGIN_DECLS

/**
 * What a generator yields.
 *
 * @param gen        taken: closing the iterator destroys it; until then it may be sent to and
 *                   thrown into besides. NULL, which a create that failed returned, gives NULL
 * @param item_size  bytes of what it yields, for those who keep items; CEDE_ITEM_OUTLIVES: what it
 *                   yields stays until it ends; CEDE_ITEM_UNKNOWN: nobody may keep it
 * @return the iterator, the caller's to close or to hand on; NULL: -ENOMEM was raised, and the
 *         generator destroyed. Items are valid until the generator is resumed. Yielding NULL where
 *         item_size says that there are bytes is -EINVAL
 * Suspends: on failure, if the generator's clean-up does.  Cancellation point: no.
 * Call from: its thread.
 */
CEDE_API CEDE_SUSPENDS cede_iter *cede_iter_gen(cede_gen *gen, size_t item_size);

/**
 * Yield every item of an iterator (Python: yield from, of what is no generator).
 *
 * @param self  the running generator
 * @param it    borrowed; what is left is still there if this fails; NULL gives its error
 * @return 0: it has ended; or
 *   -ENOTSUP      a value was sent, which an iterator cannot take
 *   CEDE_EGENEXIT `self` is being closed
 *   any code      that was thrown in, or that the iterator failed with
 * Suspends: until resumed, for each item, and if the iterator does.  Cancellation point: if the
 * iterator is one.  Call from: the generator.
 */
CEDE_API CEDE_SUSPENDS CEDE_CHECK int cede_yield_from_iter(cede_gen *self, cede_iter *it);

CEDE_END_DECLS

#endif
