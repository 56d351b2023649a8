/* cede/local.h - values that belong to a task and go on to the tasks it spawns
 *
 *     static cede_local request_id;          one for the program; its address is the key
 *     ...
 *     CEDE_TRY(cede_local_set(&request_id, "7f3a"));   here, and in tasks spawned from here on
 *     log("%s", (const char *)cede_local_get(&request_id));        however deep, in any of them
 *
 * A task begins with what its spawner has at that moment; what either sets afterwards the other
 * does not see (asyncio: contextvars). As long as no task of a loop has any, spawning there costs
 * nothing more.
 * Source: src/task/local.c   Tests: tests/task/test_local.c   Guide: docs/local.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_LOCAL_H
#define CEDE_LOCAL_H

#include <cede/def.h>

CEDE_BEGIN_DECLS

/* Of static storage: it is looked for by its address. */
typedef struct cede_local {
    void *initial; /* what it is for those for whom nobody has set it */
} cede_local;

/**
 * Set it for the running task, and for those it spawns from now on.
 *
 * @param local  borrowed for ever
 * @param value  borrowed as long as this task, or one that inherits it, may ask for it
 * @return 0, or
 *   CEDE_ENOTASK  there is no task here
 *   -ENOMEM       then it is as it was
 * Suspends: never.  Cancellation point: no.  Call from: a task.
 */
CEDE_API CEDE_CHECK int cede_local_set(const cede_local *local, void *value);

/**
 * What it is for the running task; outside of tasks, in callbacks and jobs in threads for example,
 * its initial value.
 *
 * @param local  borrowed
 * @return what was set, by this task or by one it descends from before that spawned the next; else
 *         local->initial
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API void *cede_local_get(const cede_local *local);

CEDE_END_DECLS

#endif
