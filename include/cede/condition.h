/* cede/condition.h - waiting until what a lock protects has changed
 *
 *     CEDE_TRY(cede_lock_acquire(&lock));
 *     int rc = 0;
 *     while (rc == 0 && !ready)
 *         rc = cede_condition_wait(&changed, &lock);
 *     ...                                  the lock is held, whatever rc is
 *     cede_lock_release(&lock);
 *
 * Waiting gives the lock away and has it again when it returns, always: a cancelled wait too stands
 * in the queue of the lock first. Who was notified has been, and returns 0, even if it was
 * cancelled afterwards. Notified tasks go straight from one queue into the other, in order, and
 * wake once.
 *
 * Source: src/task/condition.c   Tests: tests/task/test_condition.c   Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CONDITION_H
#define CEDE_CONDITION_H

#include <cede/def.h>
#include <cede/lock.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

/* The caller's memory; its members are the library's. Zeroed memory is a condition without a
 * name. */
typedef struct cede_condition {
    struct cede__sync sync;
    cede_lock *lock; /* of those who wait */
    void *spare[1];
} cede_condition;

/* Static initialisers: for the tasks of one loop; for several loops and for threads. */
#define CEDE_CONDITION_INIT(name)                                                                  \
    {                                                                                              \
        CEDE__SYNC_INIT((name), false), 0,                                                         \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define CEDE_CONDITION_INIT_SHARED(name)                                                           \
    {                                                                                              \
        CEDE__SYNC_INIT((name), true), 0,                                                          \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * Make a condition of the memory.
 *
 * @param condition  the caller's memory
 * @param options    borrowed during the call; NULL for the defaults; shared as its lock is
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_condition_init(cede_condition *condition, const cede_sync_options *options);

/**
 * End a condition. Who waits for it is woken with CEDE_ESHUTDOWN, with its lock.
 *
 * @param condition  NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API void cede_condition_fini(cede_condition *condition);

/**
 * Release the lock, wait to be notified, acquire the lock (asyncio: Condition.wait). All who wait
 * at one time use the same lock.
 *
 * @param condition  borrowed
 * @param lock       borrowed; held by the caller, before and after, whatever is returned
 * @return 0: notified; or
 *   -ECANCELED      the scope is cancelled, and nobody had notified the caller
 *   -EPERM          the caller does not hold the lock
 *   -EINVAL         others wait with another lock; or only one of the two is shared
 *   CEDE_ESHUTDOWN  the condition was ended meanwhile
 *   CEDE_ENOTASK, CEDE_EFOREIGN, -EDEADLK: as cede_lock_acquire
 * Suspends: always, unless it fails at once.  Cancellation point: always.  Call from: a task; a
 * thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_condition_wait(cede_condition *condition,
                                                          cede_lock *lock);

/**
 * Wait until the predicate holds (asyncio: Condition.wait_for).
 *
 * @param condition  borrowed
 * @param lock       as in cede_condition_wait
 * @param predicate  asked first, and after each notification, while the caller holds the lock
 * @param arg        handed to it
 * @return 0: it holds; else as cede_condition_wait
 * Suspends: if it does not hold.  Cancellation point: always.  Call from: a task; a thread if
 * shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_condition_wait_for(cede_condition *condition,
                                                              cede_lock *lock,
                                                              bool (*predicate)(void *arg),
                                                              void *arg);

/**
 * Notify those who have waited longest. Holding the lock is usual and not needed.
 *
 * @param condition  borrowed
 * @param n          at most so many; SIZE_MAX: all
 * @return how many were; CEDE_EFOREIGN: it is not shared, and who waits is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API int cede_condition_notify(cede_condition *condition, size_t n);

/**
 * Notify all who wait.
 *
 * @param condition  borrowed
 * @return as cede_condition_notify
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API int cede_condition_notify_all(cede_condition *condition);

/**
 * How many wait to be notified.
 *
 * @param condition  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API size_t cede_condition_n_waiting(cede_condition *condition);

CEDE_END_DECLS

#endif
