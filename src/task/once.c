/* once.c - what is done once: a flag, an owner while it is being done, and those who wait for its
 * end.
 *
 * Ending well grants all who wait DONE. Ending badly grants the first the right to try, TRY, and it
 * is the owner from then on.
 */
/* SPDX-License-Identifier: MIT */
#include "task/owner.h"
#include "task/thread_wait.h"
#include <cede/once.h>

enum { DONE = 0, TRY = 1 };

static void once_describe(const struct cede__waiter *waiter, struct cede__text *text);
static struct cede__party *once_holder(const struct cede__waiter *waiter);

static const struct cede__spot_kind waiting_for_once = {.wait = {.cancel = cede__spot_cancel,
                                                                 .describe = once_describe,
                                                                 .noun = "once",
                                                                 .look = CEDE__LOOK_OWNED,
                                                                 .holder = once_holder}};

static cede_once *once_of(const struct cede__waiter *waiter)
{
    return cede__container_of(cede__spot_of(waiter)->sync, cede_once, owned.sync);
}

static void once_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__owned_describe(&once_of(waiter)->owned, "once", text);
}

static struct cede__party *once_holder(const struct cede__waiter *waiter)
{
    return cede__owned_party(&once_of(waiter)->owned);
}

void cede_once_init(cede_once *once, const cede_sync_options *options)
{
    *once = (cede_once){.done = false};
    cede__sync_init(&once->owned.sync, options);
}

bool cede_once_is_done(const cede_once *once)
{
    return __atomic_load_n(&once->done, __ATOMIC_ACQUIRE);
}

/* DONE, or TRY: the caller is to run it; or negative. */
static int once_enter(cede_once *once, struct cede_task *task)
{
    void *self = cede__owner_self(task);
    int rc = TRY;

    CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__sync_may_wait(&once->owned.sync, task));
    cede__sync_enter(&once->owned.sync);
    if (once->done)
        rc = DONE;
    else if (once->owned.owner == self)
        rc = cede_raise(-EDEADLK, "what is to be done once needs itself");
    else if (once->owned.owner && !once->owned.sync.shared &&
             once->owned.owner_loop != cede__loop_here)
        rc = cede__sync_refuse(&once->owned.sync);
    else if (once->owned.owner)
        return cede__sync_wait(&once->owned.sync, &waiting_for_once, NULL, task);
    else
        cede__owned_give(&once->owned, self, task ? task->loop : NULL);
    cede__sync_leave(&once->owned.sync);
    return rc;
}

static void once_end(cede_once *once, bool done)
{
    struct cede__sync *sync = &once->owned.sync;
    const bool settles = done && sync->shared;
    struct cede__spot *next;

    /* Who is told may free it: nobody is to look at it any more by then. */
    if (settles)
        cede__thread_waits_lock();
    cede__sync_enter(sync);
    next = cede__line_first(&sync->line);
    once->owned.owner = NULL;
    if (done) {
        __atomic_store_n(&once->done, true, __ATOMIC_RELEASE);
        cede__line_grant_all(&sync->line, DONE);
    } else if (next) {
        cede__owned_give_spot(&once->owned, next);
        cede__spot_grant(next, TRY);
    }
    cede__sync_leave(sync);
    if (settles)
        cede__thread_waits_unlock();
}

int cede_once_run(cede_once *once, cede_fn *fn, void *arg)
{
    struct cede_task *task = cede__task_here();
    int rc;

    if (cede__likely(cede_once_is_done(once)))
        return 0;
    rc = once_enter(once, task);
    if (rc != TRY)
        return rc;
    cede__owned_hold(&once->owned, task, "once");
    rc = fn(arg);
    cede__owned_drop(&once->owned, task);
    once_end(once, rc >= 0);
    return rc < 0 ? rc : 0;
}

cede_future *cede_once_runner(cede_once *once)
{
    struct cede_task *task = cede__owned_task(&once->owned);

    return task ? &task->future : NULL;
}

size_t cede_once_n_waiting(cede_once *once)
{
    return cede__sync_count(&once->owned.sync);
}
