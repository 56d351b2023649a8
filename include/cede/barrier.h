/* cede/barrier.h - waiting for each other
 *
 *     cede_barrier barrier;
 *     CEDE_TRY(cede_barrier_init(&barrier, NULL, 3));
 *     ...
 *     rc = cede_barrier_wait(&barrier);          returns when three have come: 0, 1 and 2
 *     if (rc == 0) print_the_totals();           one of them does what is done once
 *
 * The last to come lets all go in one step, so the barrier is at once ready for the next round, and
 * who is faster than others cannot meet those of the last one.
 *
 * Source: src/task/barrier.c   Tests: tests/task/test_barrier.c   Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_BARRIER_H
#define CEDE_BARRIER_H

#include <cede/def.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

/* The caller's memory; its members are the library's. */
typedef struct cede_barrier {
    struct cede__sync sync;
    unsigned n_parties;
    unsigned n_here; /* of them that have come and wait */
    bool broken;
    void *spare[1];
} cede_barrier;

/* Static initialisers: for the tasks of one loop; for several loops and for threads. */
#define CEDE_BARRIER_INIT(name, n_parties)                                                         \
    {                                                                                              \
        CEDE__SYNC_INIT((name), false), (n_parties), 0, false,                                     \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define CEDE_BARRIER_INIT_SHARED(name, n_parties)                                                  \
    {                                                                                              \
        CEDE__SYNC_INIT((name), true), (n_parties), 0, false,                                      \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * Make a barrier of the memory.
 *
 * @param barrier    the caller's memory
 * @param options    borrowed during the call; NULL for the defaults
 * @param n_parties  how many wait for each other; at least 1
 * @return 0; -EINVAL: for nobody, or for more than INT_MAX
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK int cede_barrier_init(cede_barrier *barrier, const cede_sync_options *options,
                                          unsigned n_parties);

/**
 * End a barrier. Who waits is woken with CEDE_ESHUTDOWN.
 *
 * @param barrier  NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API void cede_barrier_fini(cede_barrier *barrier);

/**
 * Wait until all parties have come (asyncio: Barrier.wait). One that is cancelled has not come: the
 * others wait for another in its place.
 *
 * @param barrier  borrowed
 * @return 0 for the first who came, 1 for the second, and so on, the same for no two of a round; or
 *   -ECANCELED      the scope is cancelled before all had come
 *   CEDE_EBROKEN    it was broken or reset meanwhile, or is broken
 *   CEDE_ESHUTDOWN  it was ended meanwhile
 *   CEDE_ENOTASK, CEDE_EFOREIGN, -EDEADLK: as cede_event_wait
 * Suspends: unless all others have come.  Cancellation point: always.  Call from: a task; a thread
 * if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_barrier_wait(cede_barrier *barrier);

/**
 * Break a barrier: who waits, and who comes, gets CEDE_EBROKEN, until it is reset (asyncio: abort).
 *
 * @param barrier  borrowed
 * @return 0; CEDE_EFOREIGN: it is not shared, and who waits is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API int cede_barrier_break(cede_barrier *barrier);

/**
 * Make a barrier as new: who waits gets CEDE_EBROKEN, who comes begins a new round.
 *
 * @param barrier  borrowed
 * @return 0; CEDE_EFOREIGN: it is not shared, and who waits is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API int cede_barrier_reset(cede_barrier *barrier);

/**
 * Whether a barrier is broken.
 *
 * @param barrier  borrowed
 * @return whether
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API bool cede_barrier_is_broken(cede_barrier *barrier);

/**
 * How many wait at a barrier.
 *
 * @param barrier  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: its loop's thread; any thread if shared.
 */
CEDE_API size_t cede_barrier_n_waiting(cede_barrier *barrier);

CEDE_END_DECLS

#endif
