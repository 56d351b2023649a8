/* cede/future.h - the one handle to something unfinished
 *
 * A task, a job in a thread, a promise that somebody keeps: all are cede_future. A task that awaits
 * one is suspended, a plain thread that awaits one blocks. A future belongs to a loop and is
 * touched by that loop's thread only, until it is shared; the futures of jobs are shared from
 * birth.
 *
 * Each reference is given back by cede_future_unref or cede_join. A failure that nobody looked at
 * is reported when the last reference goes.
 * Source: src/task/future.c, src/task/await.c   Tests: tests/task/test_future.c
 * Guide: docs/future.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_FUTURE_H
#define CEDE_FUTURE_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/error.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_future cede_future;

/* Called with a future that is done, on the loop that added it, next turn; added outside a loop, in
 * the completing thread. */
typedef void cede_done_fn(cede_future *future, void *arg);

/**
 * Wait for a future and take its outcome.
 *
 * A task that is cancelled while it waits passes the cancellation on: a task or promise it waits
 * for is cancelled and waited for to its end (cede_shield does not); if that ended with a result
 * all the same, the result counts. A job that runs cannot be cancelled and is left to run. A plain
 * thread waits no longer than the deadline of its innermost scope.
 *
 * @param future  borrowed; NULL (a failed spawn) is -EINVAL
 * @return the future's status: what the body returned, 0 for a promise that was kept; or
 *   -ECANCELED     the caller's scope is cancelled
 *   CEDE_EREVOKED  the future was cancelled
 *   -EDEADLK       a task awaits itself; jobs await each other in a circle, which is reported; or
 *                  the caller is a callback on a loop's thread
 *   CEDE_EFOREIGN  it belongs to another loop and is not shared
 *   CEDE_ESHUTDOWN its loop was closed before it was done
 *   -EINVAL        NULL
 * Suspends: if the future is not done.  Cancellation point: always.  Call from: a task, or a thread
 * without a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_await(cede_future *future);

/**
 * cede_await, and give the reference back, whatever the outcome.
 *
 * @param future  taken; NULL is -EINVAL
 * @return as cede_await
 * Suspends: if the future is not done.  Cancellation point: always.  Call from: a task, or a thread
 * without a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_join(cede_future *future);

/**
 * cede_await that keeps a cancellation of the caller from the future, which goes on.
 *
 * @param future  borrowed; NULL is -EINVAL
 * @return as cede_await
 * Suspends: if the future is not done.  Cancellation point: always.  Call from: a task, or a thread
 * without a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_shield(cede_future *future);

/**
 * cede_await for at most `timeout`; then the future is cancelled and waited for to its end.
 *
 * @param future   borrowed; NULL is -EINVAL
 * @param timeout  nanoseconds; CEDE_NEVER: no limit; 0 or negative: take the outcome if it is
 *                 there, else cancel
 * @return as cede_await; -ETIMEDOUT: time was up and the future ended cancelled
 * Suspends: if the future is not done.  Cancellation point: always.  Call from: a task, or a thread
 * without a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_wait_for(cede_future *future, cede_time timeout);

/**
 * Ask what the future stands for to stop. A task's root scope is cancelled, once more each time; a
 * promise is done at once; a job that is still queued is withdrawn.
 *
 * @param future  borrowed; NULL is nothing
 * @return true if it was asked; false if it is done, or a job that runs
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API bool cede_cancel(cede_future *future);

/**
 * Create a promise: a future that somebody completes with cede_future_set or cede_future_fail.
 *
 * @return owned by the caller, of the current loop, or shared if the thread has none; NULL where
 *         there is no memory
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK cede_future *cede_future_create(void);

/**
 * Keep a promise.
 *
 * @param future  borrowed, made by cede_future_create
 * @param value   what cede_future_value will give; borrowed by the future
 * @return 0, or
 *   CEDE_EDONE      it is done already
 *   -EINVAL         NULL, or no promise
 *   CEDE_EFOREIGN   it belongs to another loop and is not shared
 *   CEDE_ESHUTDOWN  its loop was closed
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API int cede_future_set(cede_future *future, void *value);

/**
 * Break a promise. The error record that is here, if it is of the same code, goes with it.
 *
 * @param future  borrowed, made by cede_future_create
 * @param code    negative; -ECANCELED counts as cancelled
 * @return as cede_future_set; -EINVAL: also if the code is not negative
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API int cede_future_fail(cede_future *future, int code);

/**
 * One more reference.
 *
 * @param future  borrowed; NULL is NULL
 * @return future
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API cede_future *cede_future_ref(cede_future *future);

/**
 * Give a reference back. What the future stands for goes on.
 *
 * @param future  taken; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API void cede_future_unref(cede_future *future);

/**
 * Let other threads await, cancel and watch the future from now on; to be called before they learn
 * of it.
 *
 * @param future  borrowed, of the current loop
 * @return future
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop.
 */
CEDE_API cede_future *cede_future_share(cede_future *future);

/**
 * Whether the outcome is there.
 *
 * @param future  borrowed
 * @return true once it is finished or cancelled
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API bool cede_future_is_done(const cede_future *future);

/**
 * Whether it ended cancelled.
 *
 * @param future  borrowed
 * @return true if it is done and was cancelled
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API bool cede_future_is_cancelled(const cede_future *future);

/**
 * The outcome, without waiting. Counts as having looked at a failure.
 *
 * @param future  borrowed
 * @return its status; CEDE_EREVOKED: it was cancelled; CEDE_ENOTDONE: it is not done
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API int cede_future_status(cede_future *future);

/**
 * The value: what the body gave to cede_return, or a promise was kept with.
 *
 * @param future     borrowed
 * @param value_out  receives the value, NULL if there was none; not written on failure
 * @return 0 or more as its status, or as cede_future_status
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API int cede_future_value(cede_future *future, void **value_out);

/**
 * The record of a failure. Counts as having looked at it.
 *
 * @param future  borrowed
 * @return borrowed, valid as long as the future; NULL if it has none
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API const cede_error *cede_future_error(cede_future *future);

/**
 * Call fn(future, arg) when it is done; at once, next turn, if it is.
 *
 * @param future  borrowed; kept alive until the call
 * @param fn      the callback
 * @param arg     handed to it; borrowed until the call
 * @return 0, or -ENOMEM; CEDE_EFOREIGN: it belongs to another loop and is not shared
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API CEDE_CHECK int cede_future_on_done(cede_future *future, cede_done_fn *fn, void *arg);

/**
 * Take callbacks back that were added here, while the future is not done.
 *
 * @param future  borrowed
 * @param fn      the callback; all of it with this `arg` are taken back
 * @param arg     as given to cede_future_on_done
 * @return how many there were
 * Suspends: never.  Cancellation point: no.  Call from: the loop, or the thread, that added them.
 */
CEDE_API size_t cede_future_remove_on_done(cede_future *future, cede_done_fn *fn, void *arg);

/**
 * A line about the future, as Python's repr: <Task pending name='fetch' at get.c:42 waiting for
 * sleep 0.3s>
 *
 * @param future  borrowed
 * @param buffer  receives the text, cut to fit, terminated; may be NULL if `size` is 0
 * @param size    bytes of `buffer`
 * @return the length of the whole text, as snprintf does
 * Suspends: never.  Cancellation point: no.  Call from: the future's loop; any thread if it is
 * shared.
 */
CEDE_API size_t cede_future_format(const cede_future *future, char *buffer, size_t size);

CEDE_END_DECLS

#endif
