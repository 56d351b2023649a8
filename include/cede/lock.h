/* cede/lock.h - one at a time
 *
 *     static cede_lock lock = CEDE_LOCK_INIT("accounts");
 *     ...
 *     CEDE_TRY(cede_lock_acquire(&lock));
 *     ... what may wait, and must not be entered by another task meanwhile
 *     cede_lock_release(&lock);
 *
 * A released lock is handed to the one who waited longest. The lock knows its owner: only it
 * releases, it cannot acquire twice, and a deadlock report names it. Between two places where a
 * task waits nothing else runs in its loop, so what does not wait needs no lock.
 *
 * Source: src/task/lock.c   Tests: tests/task/test_lock.c   Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOCK_H
#define CEDE_LOCK_H

#include <cede/def.h>
#include <cede/future.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

/* The caller's memory; its members are the library's. Zeroed memory is a free lock without a
 * name. */
typedef struct cede_lock {
    struct cede__owned owned;
    void *spare[2];
} cede_lock;

/* Static initialisers: for the tasks of one loop; for several loops and for threads. */
#define CEDE_LOCK_INIT(name)                                                                       \
    {                                                                                              \
        CEDE__OWNED_INIT((name), false),                                                           \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }
#define CEDE_LOCK_INIT_SHARED(name)                                                                \
    {                                                                                              \
        CEDE__OWNED_INIT((name), true),                                                            \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }

/**
 * Make a free lock of the memory.
 *
 * @param lock     the caller's memory
 * @param options  borrowed during the call; NULL for the defaults
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_lock_init(cede_lock *lock, const cede_sync_options *options);

/**
 * End a lock. Who waits for it is woken with CEDE_ESHUTDOWN. If it is
 * held, that is reported.
 *
 * @param lock  free, or held by the caller; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API void cede_lock_fini(cede_lock *lock);

/**
 * Acquire a lock, waiting behind those who came before (asyncio: Lock.acquire).
 *
 * @param lock  borrowed
 * @return 0: it is the caller's; or
 *   -ECANCELED      the scope is cancelled; it is not
 *   -EDEADLK        the caller holds it already; or called in a callback on a loop's thread
 *   CEDE_ENOTASK    called outside of tasks, and the lock is not shared
 *   CEDE_EFOREIGN   tasks of another loop use it, and it is not shared
 *   CEDE_ESHUTDOWN  it was ended meanwhile
 * Suspends: if it is held.  Cancellation point: always.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_lock_acquire(cede_lock *lock);

/**
 * Acquire a lock if it is free.
 *
 * @param lock  borrowed
 * @return 0: it is the caller's; -EBUSY: somebody holds it; CEDE_ENOTASK: called outside of tasks,
 *         and the lock is not shared
 * Suspends: never.  Cancellation point: no.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK int cede_lock_try_acquire(cede_lock *lock);

/**
 * Release a lock: who waited longest has it from now on.
 *
 * @param lock  borrowed, held by the caller
 * @return 0; -EPERM: the caller does not hold it
 * Suspends: never.  Cancellation point: no.  Call from: the task or thread that acquired it.
 */
CEDE_API int cede_lock_release(cede_lock *lock);

/**
 * Who holds a lock, for dumps and tests.
 *
 * @param lock  borrowed
 * @return borrowed: the task, if it is one of this thread's loop; NULL: nobody, a thread, or a task
 *         of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API cede_future *cede_lock_owner(cede_lock *lock);

/**
 * Whether anybody holds a lock (asyncio: Lock.locked).
 *
 * @param lock  borrowed
 * @return whether; of a shared lock it may be otherwise when this returns
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API bool cede_lock_is_held(cede_lock *lock);

/**
 * How many wait for a lock.
 *
 * @param lock  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API size_t cede_lock_n_waiting(cede_lock *lock);

CEDE_END_DECLS

#endif
