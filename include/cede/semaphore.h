/* cede/semaphore.h - at most so many at once
 *
 *     cede_semaphore slots = CEDE_SEMAPHORE_INIT("downloads", 5);
 *     ...
 *     CEDE_TRY(cede_semaphore_acquire(&slots));
 *     rc = download(url);                        at most five tasks are here
 *     cede_semaphore_release(&slots);
 *
 * A released slot is handed to the one who waited longest: nobody who comes later finds it free
 * first. Unlike a lock a semaphore has no owners: anyone may release. Reports of who waits for what
 * name those who took a slot last and have not given one back themselves.
 *
 * Source: src/task/semaphore.c   Tests: tests/task/test_semaphore.c   Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_SEMAPHORE_H
#define CEDE_SEMAPHORE_H

#include <cede/def.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

/* The caller's memory; its members are the library's. Zeroed memory is one without slots. */
typedef struct cede_semaphore {
    struct cede__sync sync;
    size_t n_free; /* slots that nobody has; 0 while anybody waits */
    size_t limit;  /* of a bounded one; 0: none */
    struct cede__takers takers;
    void *spare[1];
} cede_semaphore;

typedef struct cede_semaphore_options {
    cede_sync_options sync; /* its name, and whether threads share it */
    size_t n_slots;         /* free at first */
    bool bounded;           /* more can never be free (asyncio: BoundedSemaphore) */
} cede_semaphore_options;

/* Static initialisers: for the tasks of one loop; for several loops and for threads. */
#define CEDE_SEMAPHORE_INIT(name, n_slots)                                                         \
    {                                                                                              \
        CEDE__SYNC_INIT((name), false), (n_slots), 0, {{0}},                                       \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define CEDE_SEMAPHORE_INIT_SHARED(name, n_slots)                                                  \
    {                                                                                              \
        CEDE__SYNC_INIT((name), true), (n_slots), 0, {{0}},                                        \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * Make a semaphore of the memory.
 *
 * @param semaphore  the caller's memory
 * @param options    borrowed during the call; NULL for the defaults: no slots, not bounded
 * @return 0; -EINVAL: bounded by nothing
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_semaphore_init(cede_semaphore *semaphore, const cede_semaphore_options *options);

/**
 * End a semaphore. Who waits for a slot is woken with CEDE_ESHUTDOWN.
 *
 * @param semaphore  NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API void cede_semaphore_fini(cede_semaphore *semaphore);

/**
 * Take a slot, waiting behind those who came before (asyncio: Semaphore.acquire).
 *
 * @param semaphore  borrowed
 * @return 0; or
 *   -ECANCELED      the scope is cancelled, and no slot was taken
 *   CEDE_ESHUTDOWN  it was ended meanwhile
 *   CEDE_ENOTASK    it would have to wait outside of tasks, and the semaphore is not shared
 *   CEDE_EFOREIGN   tasks of another loop wait for it, and it is not shared
 *   -EDEADLK        it would have to wait in a callback on a loop's thread
 * Suspends: if no slot is free.  Cancellation point: always.  Call from: a task; a thread if
 * shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_semaphore_acquire(cede_semaphore *semaphore);

/**
 * Take a slot if one is free.
 *
 * @param semaphore  borrowed
 * @return 0; -EBUSY: none is
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API CEDE_CHECK int cede_semaphore_try_acquire(cede_semaphore *semaphore);

/**
 * Give a slot back, or add one: who waited longest has it.
 *
 * @param semaphore  borrowed
 * @return 0; -EOVERFLOW: it is bounded and all slots are free, or they cannot be counted; nothing
 *         was done; CEDE_EFOREIGN: it is not shared, and who waits is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task or callback of its loop; any thread
 * if shared.
 */
CEDE_API int cede_semaphore_release(cede_semaphore *semaphore);

/**
 * How many slots are free.
 *
 * @param semaphore  borrowed
 * @return the count; 0 while anybody waits
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API size_t cede_semaphore_n_free(cede_semaphore *semaphore);

/**
 * How many wait for a slot.
 *
 * @param semaphore  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API size_t cede_semaphore_n_waiting(cede_semaphore *semaphore);

CEDE_END_DECLS

#endif
