/* cede/once.h - what is done once, by whoever needs it first
 *
 *     static cede_once opened = CEDE_ONCE_INIT("database");
 *     ...
 *     CEDE_TRY(cede_once_run(&opened, open_database, &database));
 *
 * The first caller runs the function; who comes meanwhile waits for its end. A function that fails
 * has not been done: its caller gets the error, and the next in the queue tries.
 *
 * Source: src/task/once.c   Tests: tests/task/test_once.c   Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_ONCE_H
#define CEDE_ONCE_H

#include <cede/def.h>
#include <cede/sync.h>
#include <cede/task.h>

CEDE_BEGIN_DECLS

/* The caller's memory; its members are the library's. Zeroed memory is one not done, without a
 * name. */
typedef struct cede_once {
    struct cede__owned owned; /* by who runs it */
    bool done;                /* atomic if shared */
    void *spare[1];
} cede_once;

/* Static initialisers: for the tasks of one loop; for several loops and for threads. */
#define CEDE_ONCE_INIT(name)                                                                       \
    {                                                                                              \
        CEDE__OWNED_INIT((name), false), false,                                                    \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define CEDE_ONCE_INIT_SHARED(name)                                                                \
    {                                                                                              \
        CEDE__OWNED_INIT((name), true), false,                                                     \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * Make one of the memory, not done.
 *
 * @param once     the caller's memory
 * @param options  borrowed during the call; NULL for the defaults
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_once_init(cede_once *once, const cede_sync_options *options);

/**
 * Run a function unless it was done; wait while another runs it.
 *
 * @param once  borrowed
 * @param fn    run in the caller if it is the first, or if those before it failed
 * @param arg   handed to it
 * @return 0: it was done, now or before, and what it wrote is seen; or
 *   what fn returned, if it ran here and that is negative
 *   -ECANCELED  the scope is cancelled
 *   -EDEADLK    called by fn itself; or it would have to wait in a callback on a loop's thread
 *   CEDE_ENOTASK, CEDE_EFOREIGN: as cede_lock_acquire
 * Suspends: while another runs it, and as fn does.  Cancellation point: unless it was done.
 * Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_once_run(cede_once *once, cede_fn *fn, void *arg);

/**
 * Whether it was done.
 *
 * @param once  borrowed
 * @return whether; what it wrote is seen by who sees it done
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API bool cede_once_is_done(const cede_once *once);

/**
 * Who is doing it, for dumps and tests.
 *
 * @param once  borrowed
 * @return borrowed: the task, if it is one of this thread's loop; NULL: nobody, a thread, or a task
 *         of another loop
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API cede_future *cede_once_runner(cede_once *once);

/**
 * How many wait until it is done.
 *
 * @param once  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API size_t cede_once_n_waiting(cede_once *once);

CEDE_END_DECLS

#endif
