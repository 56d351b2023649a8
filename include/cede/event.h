/* cede/event.h - waiting until something has happened
 *
 *     static cede_event ready = CEDE_EVENT_INIT("ready");
 *     ...
 *     CEDE_TRY(cede_event_wait(&ready));            in any number of tasks
 *     ...
 *     cede_event_set(&ready);                       all of them go on
 *
 * Setting wakes everyone who waits at that moment, for good: they go on even if the event is
 * cleared before their turn comes. With a value and for one time, a promise (cede_future_create) is
 * the better fit.
 *
 * Source: src/task/event.c   Tests: tests/task/test_event.c   Guide: docs/sync.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EVENT_H
#define CEDE_EVENT_H

#include <cede/def.h>
#include <cede/sync.h>

CEDE_BEGIN_DECLS

/* The caller's memory; its members are the library's. Zeroed memory is an event that is not set,
 * without a name. */
typedef struct cede_event {
    struct cede__sync sync;
    bool is_set; /* atomic if shared */
    void *spare[1];
} cede_event;

/* Static initialisers: for the tasks of one loop; for several loops and for threads. */
#define CEDE_EVENT_INIT(name)                                                                      \
    {                                                                                              \
        CEDE__SYNC_INIT((name), false), false,                                                     \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define CEDE_EVENT_INIT_SHARED(name)                                                               \
    {                                                                                              \
        CEDE__SYNC_INIT((name), true), false,                                                      \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/**
 * Make an event of the memory, not set.
 *
 * @param event    the caller's memory
 * @param options  borrowed during the call; NULL for the defaults
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void cede_event_init(cede_event *event, const cede_sync_options *options);

/**
 * End an event. Who waits for it is woken with CEDE_ESHUTDOWN.
 *
 * @param event  NULL is nothing
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API void cede_event_fini(cede_event *event);

/**
 * Wait until an event is set (asyncio: Event.wait).
 *
 * @param event  borrowed
 * @return 0: it is, or was since; or
 *   -ECANCELED      the scope is cancelled
 *   CEDE_ESHUTDOWN  it was ended meanwhile
 *   CEDE_ENOTASK    it would have to wait outside of tasks, and the event is not shared
 *   CEDE_EFOREIGN   tasks of another loop wait for it, and it is not shared
 *   -EDEADLK        it would have to wait in a callback on a loop's thread
 * Suspends: if it is not set.  Cancellation point: always.  Call from: a task; a thread if shared.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS int cede_event_wait(cede_event *event);

/**
 * Set an event: everyone who waits goes on, in the order they came.
 *
 * @param event  borrowed; set already: nothing happens
 * @return 0; CEDE_EFOREIGN: it is not shared, and who waits is of another loop
 * Suspends: never.  Cancellation point: no.  Call from: a task or callback of its loop; any thread
 * if shared.
 */
CEDE_API int cede_event_set(cede_event *event);

/**
 * Clear an event: who waits from now on waits until it is set again.
 *
 * @param event  borrowed; in debug mode one that is not shared stays as it is if another loop uses
 *               it, with CEDE_EFOREIGN in the error record
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API void cede_event_clear(cede_event *event);

/**
 * Whether an event is set.
 *
 * @param event  borrowed
 * @return whether; what was done before it was set is seen by who sees it set
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API bool cede_event_is_set(const cede_event *event);

/**
 * How many wait for an event.
 *
 * @param event  borrowed
 * @return the count
 * Suspends: never.  Cancellation point: no.  Call from: a task of its loop; any thread if shared.
 */
CEDE_API size_t cede_event_n_waiting(cede_event *event);

CEDE_END_DECLS

#endif
