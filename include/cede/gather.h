/* cede/gather.h - waiting for several futures at once
 *
 * Any mix: tasks, promises, jobs of different pools. A plain thread may wait as well. The same
 * future given twice counts once.
 * Source: src/task/gather.c, src/task/wait_set.c   Tests: tests/task/test_gather.c
 * Guide: docs/gather.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_GATHER_H
#define CEDE_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/future.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_gather_options {
    bool return_early; /* return at the first failure while the others go on, as asyncio does */
} cede_gather_options;

/**
 * Wait for all. If the caller is cancelled, so are they, and they are waited for to their end.
 *
 * @param futures  n borrowed futures; none may be NULL
 * @param n        how many; 0 returns at once
 * @param options  borrowed during the call; NULL for the defaults
 * @return 0 if all succeeded; else the status of the one that failed first in time (CEDE_EREVOKED
 *         if it was cancelled); or
 *   -ECANCELED     the caller's scope is cancelled
 *   -EINVAL        one is NULL
 *   CEDE_EFOREIGN  one belongs to another loop and is not shared
 *   CEDE_ESHUTDOWN one is not done, and its loop was closed
 *   -EDEADLK       called in a callback on a loop's thread
 *   -ENOMEM        then nothing was waited for
 * Suspends: if one is not done.  Cancellation point: always.  Call from: a task, or a thread
 * without a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_gather(cede_future *const *futures, size_t n,
                                       const cede_gather_options *options);

typedef enum cede_wait_until {
    CEDE_ALL_COMPLETED,
    CEDE_FIRST_COMPLETED,
    CEDE_FIRST_ERROR, /* one failed, or all are done; cancelled ones do not count as failed */
} cede_wait_until;

typedef struct cede_wait_options {
    cede_wait_until until; /* CEDE_ALL_COMPLETED */
    /* on the clock of cede_now; 0: none. Its passing is a result, not a failure */
    cede_time deadline;
} cede_wait_options;

/**
 * Wait for some of several futures; none is cancelled.
 *
 * @param futures     n borrowed futures; none may be NULL
 * @param n           at least 1
 * @param options     borrowed during the call; NULL for the defaults
 * @param n_done_out  receives how many different ones are done, also when the deadline passed; may
 *                    be NULL; not written on failure
 * @return 0, or
 *   -ECANCELED     the caller's scope is cancelled
 *   -EINVAL        n is 0, or one is NULL
 *   CEDE_EFOREIGN  one belongs to another loop and is not shared
 *   CEDE_ESHUTDOWN one is not done, and its loop was closed
 *   -EDEADLK       called in a callback on a loop's thread
 *   -ENOMEM
 * Suspends: if it has to wait.  Cancellation point: always.  Call from: a task, or a thread without
 * a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_wait(cede_future *const *futures, size_t n,
                                     const cede_wait_options *options, size_t *n_done_out);

/* Futures in the order in which they complete. */
typedef struct cede_completion cede_completion;

/**
 * Begin to watch several futures.
 *
 * @param futures  n borrowed futures, referenced until delivered; none may be NULL
 * @param n        how many; 0 is an end at once
 * @param deadline  on the clock of cede_now, for all together; CEDE_NEVER: none
 * @param completion_out  receives what cede_completion_next takes; owned by the caller:
 *                        cede_completion_destroy
 * @return 0, or
 *   -EINVAL        one is NULL
 *   CEDE_EFOREIGN  one belongs to another loop and is not shared
 *   CEDE_ESHUTDOWN one is not done, and its loop was closed
 *   -EDEADLK       called in a callback on a loop's thread
 *   -ENOMEM
 * Suspends: never.  Cancellation point: no.  Call from: a task, or a thread without a loop.
 */
CEDE_API CEDE_CHECK int cede_as_completed(cede_future *const *futures, size_t n, cede_time deadline,
                                          cede_completion **completion_out);

/**
 * The next one that is done; those done already come first, in the order given.
 *
 * @param completion  borrowed
 * @param future_out  receives a future that is done, borrowed as it was given; not written
 *                    otherwise
 * @return 1; 0: each was delivered; or
 *   -ETIMEDOUT  the deadline passed; the message says how many were unfinished. Again for each
 *               further call
 *   -ECANCELED  the caller's scope is cancelled
 * Suspends: if none is done.  Cancellation point: always.  Call from: the task or thread that began
 * it.
 */
CEDE_API CEDE_SUSPENDS int cede_completion_next(cede_completion *completion,
                                                cede_future **future_out);

/**
 * Stop watching. The futures go on.
 *
 * @param completion  taken; NULL is nothing
 * Suspends: only while a completion from another thread is on its way.  Cancellation point: no.
 * Call from: the task or thread that began it.
 */
CEDE_API CEDE_SUSPENDS void cede_completion_destroy(cede_completion *completion);

CEDE_END_DECLS

#endif
