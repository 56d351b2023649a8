/* wait_queue.c - parking until a peer hands over what is waited for: the slow sides.
 *
 * What is shared between threads goes this way:
 *
 *     queued --(granted, inside the guard)--> on the circle of the granted
 *        |                                        | the guard is free
 *        |                                        +--> a task of this loop: woken
 *        |                                        +--> a task of another: a message to its loop
 *        |                                        +--> a thread: its word set, its futex woken
 *        +--(its own thread finds it still queued: cancelled, or the deadline passed)--> -ECANCELED
 *
 * Callers: the nouns of this floor, each for its own kind of spot.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sys/clock.h"
#include "task/thread_wait.h"
#include "task/wait_queue.h"

void cede__sync_init(struct cede__sync *sync, const cede_sync_options *options)
{
    *sync = (struct cede__sync){.name = options ? options->name : NULL,
                                .shared = options && options->shared};
}

void cede__sync_fini(struct cede__sync *sync)
{
    cede__sync_enter(sync);
    if (cede__sync_check(sync) == 0)
        cede__line_grant_all(&sync->line, CEDE_ESHUTDOWN);
    cede__sync_leave(sync);
    cede__sync_settle(sync);
}

void cede__sync_settle(const struct cede__sync *sync)
{
    if (!sync->shared)
        return;
    cede__thread_waits_lock();
    cede__thread_waits_unlock();
}

size_t cede__line_count(const struct cede__line *line)
{
    size_t n = 0;

    for (const struct cede__spot *spot = line->first; spot; spot = spot->next)
        n++;
    return n;
}

size_t cede__sync_count(struct cede__sync *sync)
{
    cede__sync_enter(sync);
    const size_t n = cede__line_count(&sync->line);
    cede__sync_leave(sync);
    return n;
}

void cede__sync_describe(const struct cede__sync *sync, const char *noun, struct cede__text *text)
{
    if (sync->name)
        cede__text_add(text, "%s '%s'", noun, sync->name);
    else
        cede__text_add(text, "%s %s", strchr("aeiu", noun[0]) ? "an" : "a", noun);
}

/* Refusals. */

int cede__sync_ended(int rc)
{
    /* Nothing of the object may be named: its memory may be gone. */
    return rc == CEDE_ESHUTDOWN ? cede_raise(rc, "what was waited for was ended meanwhile") : rc;
}

int cede__sync_refuse(const struct cede__sync *sync)
{
    return cede__loop_tell_foreign(cede_raise(CEDE_EFOREIGN,
                                              "'%s' is in use by another loop and not shared",
                                              sync->name ? sync->name : "it"));
}

int cede__sync_debug_use(struct cede__sync *sync)
{
    if (sync->shared || sync->loop == cede__loop_here)
        return 0;
    if (sync->loop && cede__loop_is_live(sync->loop))
        return cede__sync_refuse(sync);
    if (!sync->line.first)
        sync->loop = cede__loop_here;
    return 0;
}

int cede__sync_check_wait(struct cede__sync *sync)
{
    const struct cede_task *task = cede__task_here();

    if (sync->shared)
        return cede__wait_check(task);
    if (!task)
        return cede_raise(CEDE_ENOTASK, "only tasks can wait for '%s', which is not shared",
                          sync->name ? sync->name : "it");
    return cede__sync_check(sync);
}

/* Granting between threads. */

void cede__spot_release_shared(struct cede__spot *spot, int rc)
{
    struct cede__sync *sync = spot->sync;
    struct cede__spot *last = sync->granted;

    spot->told_rc = rc;
    if (last) {
        spot->next = last->next;
        last->next = spot;
    } else {
        spot->next = spot;
    }
    sync->granted = spot;
}

static void spot_delivered(struct cede__message *message)
{
    struct cede__spot *spot = cede__container_of(message, struct cede__spot, message);

    cede__waiter_wake(&spot->waiter, spot->told_rc);
}

/* Its memory may be gone when this returns, and so may be the object. */
static void spot_tell(struct cede__spot *spot)
{
    struct cede__mailbox *mailbox;

    if (!spot->loop) {
        uint32_t *told = &spot->told;
        __atomic_store_n(told, 1, __ATOMIC_RELEASE);
        cede__futex_wake(told, 1);
        return;
    }
    if (spot->loop == cede__loop_here) {
        cede__waiter_wake(&spot->waiter, spot->told_rc);
        return;
    }
    /* A loop outlives its parked tasks, but once told, it may close before post returns. It is not
     * closed now, so the message arrives. */
    mailbox = cede__mailbox_ref(spot->loop->mailbox);
    spot->message.deliver = spot_delivered;
    (void)cede__mailbox_post(mailbox, &spot->message);
    cede__mailbox_unref(mailbox);
}

void cede__sync_leave_shared(struct cede__sync *sync)
{
    struct cede__spot *last = sync->granted;
    struct cede__spot *spot = last ? last->next : NULL;

    sync->granted = NULL;
    cede__mutex_unlock((struct cede__mutex *)(void *)&sync->guard);
    while (spot) {
        struct cede__spot *next = spot == last ? NULL : spot->next;
        spot_tell(spot);
        spot = next;
    }
}

/* Waiting for what is shared. */

static bool spot_leave(struct cede__spot *spot)
{
    const struct cede__spot_kind *kind =
        cede__container_of(spot->waiter.kind, struct cede__spot_kind, wait);
    struct cede__sync *sync;
    bool left;

    if (kind->leave)
        return kind->leave(spot);
    sync = spot->sync;
    cede__sync_enter(sync);
    left = spot->line != NULL; /* else granted and under way to us: completion wins */
    if (left) {
        cede__spot_unlink(spot);
        if (kind->left)
            kind->left(spot);
    }
    cede__sync_leave(sync);
    return left;
}

bool cede__waiter_is_granted(const struct cede__waiter *waiter)
{
    return waiter->kind->cancel == cede__spot_cancel &&
           !__atomic_load_n(&cede__spot_of(waiter)->line, __ATOMIC_RELAXED);
}

void cede__spot_cancel(struct cede__waiter *waiter)
{
    if (spot_leave(cede__spot_of(waiter)))
        cede__waiter_wake(waiter, -ECANCELED);
}

static int thread_park(struct cede__spot *spot)
{
    struct cede__thread_wait wait = {.spot = spot};
    cede_time deadline = cede__thread_deadline();
    int rc = 0;

    while (rc == 0 && !__atomic_load_n(&spot->told, __ATOMIC_ACQUIRE)) {
        if (deadline != CEDE_NEVER && cede__clock_monotonic() >= deadline) {
            if (spot_leave(spot))
                rc = -ECANCELED;
            deadline = CEDE_NEVER; /* being told: any moment now */
        } else {
            cede__thread_sleep(&wait, &spot->told, 0, deadline);
        }
    }
    cede__thread_wait_end(&wait);
    return rc < 0 ? rc : spot->told_rc;
}

int cede__spot_park_shared(struct cede__spot *spot, struct cede_task *task)
{
    int rc;

    if (!task)
        return thread_park(spot);
    task->loop->n_wakers++; /* another thread may wake it */
    rc = cede__task_park(task, &spot->waiter);
    task->loop->n_wakers--;
    return rc;
}

int cede__line_wait_shared(struct cede__line *line, struct cede__sync *sync,
                           const struct cede__spot_kind *kind, void *item)
{
    struct cede_task *task = cede__task_here();
    struct cede__spot thread_spot;
    struct cede__spot *spot = task ? &task->spot : &thread_spot;
    int rc = cede__line_may_wait(line, sync, task);

    if (rc < 0) {
        cede__sync_leave(sync);
        return rc;
    }
    cede__spot_prepare_shared(spot, task);
    cede__spot_queue(spot, line, sync, kind, item);
    cede__sync_leave(sync);
    rc = cede__spot_park_shared(spot, task);
    return rc < 0 ? cede__sync_ended(rc) : rc;
}
