/* cede/queue.h - handing items from who makes them to who uses them
 *
 *     const cede_queue_options options = {.item_size = sizeof(struct job), .max_size = 10};
 *     cede_queue *jobs;
 *     CEDE_TRY(cede_queue_create(&options, &jobs));
 *     ...
 *     CEDE_TRY(cede_queue_put(jobs, &job));        copies a job in, waiting while ten are there
 *     CEDE_TRY(cede_queue_get(jobs, &job));        copies one out, waiting while there is none
 *
 * Items are copied as bytes: structs, numbers, pointers. Putters and getters are served in the
 * order they came. An item for which somebody waits goes straight to the one who waited longest and
 * is theirs from then on: a cancellation in the same turn does not lose it. A shared queue connects
 * threads and tasks: a thread puts, a task gets.
 *
 * Source: src/task/queue.c   Tests: tests/task/test_queue.c   Guide: docs/queue.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_QUEUE_H
#define CEDE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

typedef struct cede_queue cede_queue;

typedef enum cede_queue_order {
    CEDE_QUEUE_FIFO,     /* first in, first out */
    CEDE_QUEUE_LIFO,     /* last in, first out */
    CEDE_QUEUE_PRIORITY, /* the smallest first; of equal ones, the one put first */
} cede_queue_order;

typedef struct cede_queue_options {
    cede_sync_options sync; /* its name, and whether threads share it */
    size_t item_size;       /* bytes; 0: those of a pointer */
    size_t max_size;        /* items it holds at most; 0: as many as there is memory for */
    cede_queue_order order;
    /* By priority, and only then: negative if a goes before b, 0 if they are equal. Called inside
     * puts and gets, it must not use the queue. */
    int (*compare)(const void *a, const void *b);
    /* Called with each item that is discarded by shutdown or destroy; NULL: nothing. */
    void (*drop)(void *item);
} cede_queue_options;

/* What a queue looks like at a moment. */
typedef struct cede_queue_state {
    size_t size;         /* items in it */
    size_t n_getting;    /* who wait for an item */
    size_t n_putting;    /* who wait for a place */
    size_t n_unfinished; /* items put and not yet told done */
    bool is_full;        /* to put is to wait */
    bool is_shut_down;
} cede_queue_state;

/**
 * Make a queue.
 *
 * @param options    borrowed during the call; NULL for the defaults: pointers, without limit, first
 *                   in, first out
 * @param queue_out  receives the queue, the caller's until cede_queue_destroy
 * @return 0; -EINVAL: by priority without `compare`, or the other way round; -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK int cede_queue_create(const cede_queue_options *options,
                                          cede_queue **queue_out);

/**
 * Destroy a queue. Items left are dropped; who waits is woken with CEDE_ESHUTDOWN.
 *
 * @param queue  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API void cede_queue_destroy(cede_queue *queue);

/**
 * Put an item, waiting while the queue is full (asyncio: Queue.put).
 *
 * @param queue  borrowed
 * @param item   copied; while waiting too, borrowed until the call returns
 * @return 0; or
 *   -ECANCELED      the scope is cancelled; it was not put
 *   CEDE_ESHUTDOWN  the queue is shut down; it was not put
 *   -ENOMEM         there is no memory for one more
 *   CEDE_ENOTASK    it would have to wait outside of tasks, and the queue is not shared
 *   CEDE_EFOREIGN   tasks of another loop wait for it, and it is not shared
 *   -EDEADLK        it would have to wait in a callback on a loop's thread
 * Suspends: if it is full.  Cancellation point: always.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_queue_put(cede_queue *queue, const void *item);

/**
 * Take the next item, waiting until there is one (asyncio: Queue.get).
 *
 * @param queue     borrowed
 * @param item_out  receives item_size bytes; not written on failure
 * @return 0; or
 *   -ECANCELED      the scope is cancelled; nothing was taken
 *   CEDE_ESHUTDOWN  the queue is shut down and everything put has been taken
 *   CEDE_ENOTASK, CEDE_EFOREIGN, -EDEADLK: as cede_queue_put
 * Suspends: if there is none.  Cancellation point: always.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_queue_get(cede_queue *queue, void *item_out);

/**
 * Put an item if there is room (asyncio: put_nowait).
 *
 * @param queue  borrowed
 * @param item   copied
 * @return 0; -EAGAIN: it is full; CEDE_ESHUTDOWN, -ENOMEM, CEDE_EFOREIGN: as cede_queue_put
 * Suspends: never.  Cancellation point: no.  Call from: a task or callback of its loop; any thread
 * if shared.
 */
CEDE_API CEDE_CHECK int cede_queue_try_put(cede_queue *queue, const void *item);

/**
 * Take the next item if there is one (asyncio: get_nowait).
 *
 * @param queue     borrowed
 * @param item_out  receives item_size bytes; not written on failure
 * @return 0; -EAGAIN: it is empty; CEDE_ESHUTDOWN, CEDE_EFOREIGN: as cede_queue_get
 * Suspends: never.  Cancellation point: no.  Call from: a task or callback of its loop; any thread
 * if shared.
 */
CEDE_API CEDE_CHECK int cede_queue_try_get(cede_queue *queue, void *item_out);

/**
 * Say that what was to be done with an item that was taken is done.
 *
 * @param queue  borrowed
 * @return 0; -EINVAL: said more often than items were put; CEDE_EFOREIGN: as cede_queue_put
 * Suspends: never.  Cancellation point: no.  Call from: a task or callback of its loop; any thread
 * if shared.
 */
CEDE_API int cede_queue_task_done(cede_queue *queue);

/**
 * Wait until every item that was put is done.
 *
 * @param queue  borrowed
 * @return 0; -ECANCELED, CEDE_ESHUTDOWN (it was destroyed), CEDE_ENOTASK, CEDE_EFOREIGN, -EDEADLK
 * Suspends: if any is not.  Cancellation point: always.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_queue_join(cede_queue *queue);

/**
 * Take no more items: who puts, or waits to put, gets CEDE_ESHUTDOWN; who gets does too, once the
 * queue is empty.
 *
 * @param queue      borrowed; again is possible, first gently, then immediately
 * @param immediate  drop what is in it too, as done
 * @return 0; CEDE_EFOREIGN: as cede_queue_put
 * Suspends: never.  Cancellation point: no.  Call from: a task or callback of its loop; any thread
 * if shared.
 */
CEDE_API int cede_queue_shutdown(cede_queue *queue, bool immediate);

/**
 * How many items are in a queue.
 *
 * @param queue  borrowed
 * @return the count; of a shared queue it may be otherwise when this returns
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API size_t cede_queue_size(cede_queue *queue);

/**
 * Look at a queue.
 *
 * @param queue      borrowed
 * @param state_out  receives what it looks like
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API void cede_queue_look(cede_queue *queue, cede_queue_state *state_out);

CEDE_END_DECLS

#endif
