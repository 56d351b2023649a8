/* cede/rwlock.h - many readers or one writer
 *
 *     CEDE_TRY(cede_rwlock_acquire_read(&table));
 *     rc = look_up(key);                          with other readers, without writers
 *     cede_rwlock_release(&table);
 *
 * Readers and writers stand in one queue, in the order they came: a reader that comes after a
 * waiting writer waits too, so a stream of readers cannot keep a writer out. Four readers at a time
 * are known by name, to reports of who waits for what.
 *
 * Source: src/task/rwlock.c   Tests: tests/task/test_rwlock.c   Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_RWLOCK_H
#define CEDE_RWLOCK_H

#include <cede/def.h>
#include <cede/future.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

/* The caller's memory; its members are the library's. Zeroed memory is a free one without a
 * name. */
typedef struct cede_rwlock {
    struct cede__owned owned;   /* by the writer */
    size_t n_readers;           /* that are in */
    struct cede__takers takers; /* the readers */
    void *spare[1];
} cede_rwlock;

/* Static initialisers: for the tasks of one loop; for several loops and for threads. */
#define CEDE_RWLOCK_INIT(name)                                                                     \
    {                                                                                              \
        CEDE__OWNED_INIT((name), false), 0, {{0}},                                                 \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define CEDE_RWLOCK_INIT_SHARED(name)                                                              \
    {                                                                                              \
        CEDE__OWNED_INIT((name), true), 0, {{0}},                                                  \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * Make a free reader-writer lock of the memory.
 *
 * @param lock     the caller's memory
 * @param options  borrowed during the call; NULL for the defaults
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_rwlock_init(cede_rwlock *lock, const cede_sync_options *options);

/**
 * End a reader-writer lock. Who waits for it is woken with CEDE_ESHUTDOWN. If it is
 * held, that is reported.
 *
 * @param lock  free, or held by the caller; NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API void cede_rwlock_fini(cede_rwlock *lock);

/**
 * Acquire for reading: beside other readers.
 *
 * @param lock  borrowed. A reader that reads again may wait for ever, behind a writer that waits
 *              for it
 * @return 0; else as cede_lock_acquire, -EDEADLK: the caller writes
 * Suspends: if a writer is in or waits.  Cancellation point: always.  Call from: a task; a thread
 * if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_rwlock_acquire_read(cede_rwlock *lock);

/**
 * Acquire for writing: alone.
 *
 * @param lock  borrowed, not held by the caller
 * @return 0; else as cede_lock_acquire, -EDEADLK: the caller writes already
 * Suspends: if anybody is in.  Cancellation point: always.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_rwlock_acquire_write(cede_rwlock *lock);

/**
 * Acquire for reading if that needs no waiting.
 *
 * @param lock  borrowed
 * @return 0; -EBUSY: a writer is in or waits
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API CEDE_CHECK int cede_rwlock_try_acquire_read(cede_rwlock *lock);

/**
 * Acquire for writing if that needs no waiting.
 *
 * @param lock  borrowed
 * @return 0; -EBUSY: somebody is in; CEDE_ENOTASK: called outside of tasks, and it is not shared
 * Suspends: never.  Cancellation point: no.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK int cede_rwlock_try_acquire_write(cede_rwlock *lock);

/**
 * Release what the caller has, for reading or for writing: the next are let in.
 *
 * @param lock  borrowed
 * @return 0; -EPERM: nobody reads, and the caller does not write; CEDE_EFOREIGN: it is not shared,
 *         and who waits is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: who acquired it.
 */
CEDE_API int cede_rwlock_release(cede_rwlock *lock);

/**
 * Who writes, for dumps and tests.
 *
 * @param lock  borrowed
 * @return borrowed: the task, if it is one of this thread's loop; NULL: nobody, a thread, or a task
 *         of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API cede_future *cede_rwlock_writer(cede_rwlock *lock);

/**
 * How many read.
 *
 * @param lock  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API size_t cede_rwlock_n_readers(cede_rwlock *lock);

/**
 * How many wait, for either.
 *
 * @param lock  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API size_t cede_rwlock_n_waiting(cede_rwlock *lock);

CEDE_END_DECLS

#endif
