/* cede/queue_iter.h - the items of a queue as an iterator
 *
 *     cede_iter *it = cede_iter_batched(cede_queue_iter(lines, sizeof(struct line)), 100, false);
 *
 * Source: src/task/queue_iter.c   Tests: tests/task/test_queue_iter.c   Guide: docs/iter.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_QUEUE_ITER_H
#define CEDE_QUEUE_ITER_H

#include <cede/iter.h>
#include <cede/queue.h>

CEDE_BEGIN_DECLS

/**
 * What comes out of a queue, until it is shut down and empty. Each call is a cede_queue_get.
 *
 * @param queue      borrowed until the iterator is closed
 * @param item_size  bytes of an item: those of the queue
 * @return the iterator, the caller's to close or to hand on; items are valid until the next call.
 *         Its calls give what cede_queue_get does; after -ECANCELED it has ended, and what is in
 *         the queue stays there. NULL: -ENOMEM, or -EINVAL for a size of 0, was raised
 * Suspends: never; its calls do.  Cancellation point: no; its calls are.
 * Call from: any thread.
 */
CEDE_API cede_iter *cede_queue_iter(cede_queue *queue, size_t item_size);

CEDE_END_DECLS

#endif
