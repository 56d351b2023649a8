/* default_pool.c - the pool that every process has: made when it is asked for, ended at exit.
 *
 * When the process ends, what is queued is withdrawn and idle threads are joined. Jobs that run are
 * given a moment, but never hold up the end: they are let go then. The pool itself stays where it
 * is, closed: a thread that still has it is told so. In a child of fork, which has none of its
 * threads, nothing is done.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "sys/clock.h"
#include "sys/thread.h"
#include "task/thread_pool.h"

enum { MOMENT = 50 }; /* milliseconds */

static cede_executor *default_pool; /* atomic */
static bool has_ended;              /* atomic; written under the lock */
static int owner;                   /* the process that made it */
static struct cede__mutex lock;

static void default_pool_end(void)
{
    if (cede__process_number() != owner)
        return;
    cede__mutex_lock(&lock);
    __atomic_store_n(&has_ended, true, __ATOMIC_RELAXED);
    cede__mutex_unlock(&lock);
    cede__pool_end(default_pool, cede__clock_monotonic() + CEDE_MS(MOMENT));
}

/* Under the lock. */
static cede_executor *default_pool_create(void)
{
    cede_executor *pool = cede_thread_pool(NULL);

    if (!pool)
        return NULL;
    owner = cede__process_number();
    (void)atexit(default_pool_end); /* where that fails its threads end with the process */
    __atomic_store_n(&default_pool, pool, __ATOMIC_RELEASE);
    return pool;
}

cede_executor *cede_default_pool(void)
{
    cede_executor *pool = __atomic_load_n(&default_pool, __ATOMIC_ACQUIRE);

    if (cede__unlikely(__atomic_load_n(&has_ended, __ATOMIC_RELAXED))) {
        (void)cede_raise(CEDE_ESHUTDOWN, "the process is ending");
        return NULL;
    }
    if (cede__likely(pool != NULL))
        return pool;
    cede__mutex_lock(&lock);
    pool = default_pool ? default_pool : default_pool_create();
    cede__mutex_unlock(&lock);
    return pool;
}
