/* cede/change.h - waiting until something is true
 *
 *     static bool tide_is_in(void *arg) { ... }
 *     ...
 *     CEDE_TRY(cede_change_wait(&harbour, tide_is_in, ship));
 *
 * The predicate is asked at once, and again whenever a change is announced: by
 * cede_change_announce, or by resources, containers and stores that were made with `.changes`. The
 * wait returns when the predicate is true and nobody has made it false since. Unlike cede_condition
 * this needs no lock: it is for the tasks of one loop, which change places only where they wait.
 *
 * Source: src/sim/change.c   Tests: tests/sim/test_change.c   Guide: docs/resources.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_CHANGE_H
#define CEDE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

/* Of something that changes: who waits until it is so or so. The caller's memory; its members are
 * the library's. Zeroed memory is one without a name. */
typedef struct cede_change {
    struct cede__sync sync;
    void *spare[1];
} cede_change;

#define CEDE_CHANGE_INIT(name)                                                                     \
    {                                                                                              \
        CEDE__SYNC_INIT((name), false),                                                            \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * There will be no more changes: who waits is woken with CEDE_ESHUTDOWN.
 *
 * @param change  NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API void cede_change_fini(cede_change *change);

/**
 * Wait until a predicate is true.
 *
 * @param change     borrowed
 * @param predicate  asked in this task and where changes are announced: it only looks, and must not
 *                   wait
 * @param arg        handed to it; borrowed during the call
 * @return 0; or
 *   -ECANCELED         the scope is cancelled
 *   CEDE_EINTERRUPTED  the process was interrupted: cede_sim_cause
 *   CEDE_ESHUTDOWN     it was ended meanwhile
 *   CEDE_ENOTASK       there is no task here
 *   CEDE_EFOREIGN      tasks of another loop wait for it
 * Suspends: unless it is true at once.  Cancellation point: always.  Call from: a task.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_change_wait(cede_change *change,
                                                       bool (*predicate)(void *arg), void *arg);

/**
 * Something may have changed: ask the predicates of those who wait, in the order they came, and let
 * those go on whose is true.
 *
 * @param change  borrowed
 * @return how many go on; CEDE_EFOREIGN: who waits is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task or callback of its loop.
 */
CEDE_API int cede_change_announce(cede_change *change);

/**
 * How many wait.
 *
 * @param change  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: the loop's thread.
 */
CEDE_API size_t cede_change_n_waiting(cede_change *change);

CEDE_END_DECLS

#endif
