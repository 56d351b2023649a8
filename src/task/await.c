/* await.c - waiting for one future, in a task or in a plain thread. */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sys/clock.h"
#include "sys/thread.h"
#include "task/job_wait.h"
#include "task/task.h"

/* A task that waits for a future. */

static void awaiter_notify(struct cede__watcher *watcher)
{
    cede__waiter_wake(&cede__container_of(watcher, struct cede__awaiter, watcher)->waiter, 0);
}

static const struct cede__watcher_kind awaiter_kind = {.notify = awaiter_notify};

static void awaiter_cancel(struct cede__waiter *waiter)
{
    struct cede__awaiter *awaiter = cede__container_of(waiter, struct cede__awaiter, waiter);

    /* Completed and under way to us: then completion wins. */
    if (cede__future_unwatch(awaiter->future, &awaiter->watcher))
        cede__waiter_wake(waiter, -ECANCELED);
}

/* "an Event 'bell'" */
static void future_describe(const struct cede_future *future, struct cede__text *text)
{
    const char *noun = future->kind->noun;

    cede__text_add(text, "%s %s", strchr("AEIU", noun[0]) ? "an" : "a", noun);
    if (future->kind->describe)
        future->kind->describe(future, text);
}

static void awaiter_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct cede__awaiter *awaiter = cede__container_of(waiter, struct cede__awaiter, waiter);
    const struct cede_task *task = cede__task_of(awaiter->future);

    if (task)
        cede__text_add(text, "task '%s'", task->coro.site->name);
    else
        future_describe(awaiter->future, text);
}

static struct cede_future *awaiter_awaited(const struct cede__waiter *waiter)
{
    return cede__container_of(waiter, struct cede__awaiter, waiter)->future;
}

#define FUTURE_AT                                                                                  \
    (int)(offsetof(struct cede__awaiter, future) - offsetof(struct cede__awaiter, waiter))

static const struct cede__wait_kind awaiting = {.cancel = awaiter_cancel,
                                                .describe = awaiter_describe,
                                                .noun = "a future",
                                                .look = CEDE__LOOK_FUTURE,
                                                .future_at = FUTURE_AT,
                                                .awaited = awaiter_awaited};
static const struct cede__wait_kind awaiting_shielded = {.describe = awaiter_describe,
                                                         .noun = "a future",
                                                         .look = CEDE__LOOK_FUTURE,
                                                         .future_at = FUTURE_AT,
                                                         .awaited = awaiter_awaited};

/* What is shared, another thread may complete; one that runs a loop in a job may let another stand
 * in for it. */
static int task_wait_shared(struct cede_task *task, struct cede__awaiter *awaiter,
                            const struct cede__wait_kind *how)
{
    struct cede_future *future = awaiter->future;
    const struct cede__future_kind *kind = future->kind;
    bool lent;
    int rc;

    awaiter->waiter.kind = how;
    awaiter->watcher.kind = &awaiter_kind;
    if (!cede__future_watch(future, &awaiter->watcher))
        return 0;
    lent = kind->lend && kind->lend(future);
    task->loop->n_wakers++;
    rc = cede__task_park(task, &awaiter->waiter);
    task->loop->n_wakers--;
    if (lent)
        kind->reclaim(future);
    return rc;
}

/* Inlined: every frame between a body and the switch is a return that the processor mispredicts
 * where many tasks are resumed in turn, for they were not called in the opposite order. */
static inline __attribute__((always_inline)) void task_wait(struct cede_task *task,
                                                            const struct cede__wait_kind *how)
{
    struct cede__awaiter *awaiter = &task->awaiter;

    awaiter->waiter.kind = how;
    awaiter->watcher.kind = &awaiter_kind;
    cede__future_link(awaiter->future, &awaiter->watcher);
    cede__loop_here->parked = &task->ready;
    cede__task_leave(task, &awaiter->waiter);
}

/* A thread that waits for a future. */

struct sleeping_thread {
    struct cede__watcher watcher;
    uint32_t told;
};

static void thread_notify(struct cede__watcher *watcher)
{
    struct sleeping_thread *thread = cede__container_of(watcher, struct sleeping_thread, watcher);
    uint32_t *told = &thread->told;

    /* After the store the thread may be gone with its stack; waking an address that nobody sleeps
     * on is harmless. */
    __atomic_store_n(told, 1, __ATOMIC_RELEASE);
    cede__futex_wake(told, 1);
}

static const struct cede__watcher_kind thread_kind = {.notify = thread_notify};

static int thread_sleep_until_done(struct cede_future *future, struct cede__thread_wait *wait,
                                   cede_time deadline)
{
    struct sleeping_thread thread = {.watcher = {.kind = &thread_kind}};

    if (!cede__future_watch(future, &thread.watcher))
        return 0;
    while (!__atomic_load_n(&thread.told, __ATOMIC_ACQUIRE)) {
        if (deadline != CEDE_NEVER && cede__clock_monotonic() >= deadline) {
            if (cede__future_unwatch(future, &thread.watcher))
                return -ECANCELED;
            deadline = CEDE_NEVER; /* being told: any moment now */
        }
        cede__thread_sleep(wait, &thread.told, 0, deadline);
    }
    return 0;
}

/* Give way for some microseconds, if that is all it takes: to fall asleep and be woken takes
 * longer, and costs the one who wakes as much. */
static bool thread_sees_it_done(const struct cede_future *future)
{
    enum { ROUNDS = 16 };

    for (int i = 0; i < ROUNDS; i++) {
        if (cede__future_done(future))
            return true;
        cede__thread_yield();
    }
    return cede__future_done(future);
}

/* Another thread may stand in for this one while it sleeps. */
static int thread_sleep_lent(struct cede_future *future, struct cede__thread_wait *wait,
                             cede_time deadline)
{
    const struct cede__future_kind *kind = future->kind;
    const bool lent = kind->lend && kind->lend(future);
    const int rc = thread_sleep_until_done(future, wait, deadline);

    if (lent)
        kind->reclaim(future);
    cede__thread_wait_end(wait);
    return rc;
}

static int thread_wait(struct cede_future *future, bool shielded)
{
    const cede_time deadline = shielded ? CEDE_NEVER : cede__thread_deadline();
    const struct cede__future_kind *kind = future->kind;
    struct cede__thread_wait wait = {.futures = (const char *)&future, .n = 1};

    /* Work that was begun here could not be left when a deadline passes. */
    if (kind->work_here && deadline == CEDE_NEVER)
        kind->work_here(future);
    if (thread_sees_it_done(future))
        return 0;
    if (cede__job_frame_here && deadline == CEDE_NEVER)
        CEDE_TRY(cede__job_wait_begin(&wait, shielded));
    return thread_sleep_lent(future, &wait, deadline);
}

int cede__future_wait(struct cede_future *future, bool shielded)
{
    struct cede_task *task = cede__task_here();

    if (cede__future_done(future))
        return 0;
    CEDE_TRY(cede__wait_check(task));
    if (!task)
        return thread_wait(future, shielded);

    const struct cede__wait_kind *how = shielded ? &awaiting_shielded : &awaiting;
    task->awaiter.future = future;
    if (future->is_shared)
        return task_wait_shared(task, &task->awaiter, how);
    task_wait(task, how);
    return task->awaiter.waiter.rc;
}

/* Refuse what can never succeed; look at the scope. */
static int await_check(const struct cede_future *future)
{
    const struct cede_task *task = cede__task_here();

    CEDE_TRY(cede__future_check_wait(future));
    if (cede__unlikely(task && &task->future == future))
        return cede_raise(-EDEADLK, "task '%s' awaits itself", task->coro.site->name);
    return cede_checkpoint();
}

struct cede__party *cede__waiter_awaited(const struct cede__waiter *waiter)
{
    if (waiter->kind->holder)
        return waiter->kind->holder(waiter);
    return waiter->kind->awaited ? cede__party_of_future(waiter->kind->awaited(waiter)) : NULL;
}

/* What a task of this loop waits for, if that is one. One that is done has no waiter there, but
 * perhaps what is left to be done with it. */
static const struct cede_task *task_awaited(const struct cede_task *task)
{
    const struct cede__waiter *waiter =
        cede__future_done(&task->future) ? NULL : task->ready.waiter;

    /* Outside of a look, no other parties are found. */
    return waiter ? cede__party_task(cede__waiter_awaited(waiter)) : NULL;
}

/* Whether the task is around us: one whose group we are in, however deep. It ends after us. */
static bool is_around_us(const struct cede_task *task, const struct cede_task *us)
{
    for (const struct cede_scope *scope = us->root.parent; scope; scope = scope->parent) {
        if (scope->task == task)
            return true;
    }
    return false;
}

/* Whether the future is a task that waits, through others perhaps, for the running one. */
static bool waits_for_us(const cede_future *future)
{
    enum { FAR = 64 }; /* longer circles are left to the deadlock report */
    const struct cede_task *us = cede__task_here();
    const struct cede_task *task = us && future->loop == us->loop ? cede__task_of(future) : NULL;

    for (int i = 0; task && i < FAR; i++, task = task_awaited(task)) {
        if (task == us || is_around_us(task, us))
            return true;
    }
    return false;
}

/* The awaiter was cancelled: so is what it waits for. That may still use what we own, so we stay
 * until it has ended; its result, if it has one all the same, is not lost: we meet our own
 * cancellation at the next point. In a circle of awaits the last one to be told does not stay. */
static int await_cancelled(cede_future *future)
{
    if (!cede_cancel(future) && !cede__future_done(future))
        return -ECANCELED; /* a job that runs: nobody can stop it */
    if (waits_for_us(future))
        return -ECANCELED;
    (void)cede__future_wait(future, true);
    return future->status == -ECANCELED ? -ECANCELED : cede__future_outcome(future);
}

/* What nearly every await is: of a future of this very loop, by a task that is not cancelled. */
static inline bool await_is_plain(const cede_future *future, const struct cede_task *task)
{
    return task && future && !future->is_shared && future->loop == cede__loop_here &&
           !task->coro.is_cancelled && future != &task->future;
}

static __attribute__((noinline)) int await_failed(cede_future *future, int rc)
{
    return rc == -ECANCELED ? await_cancelled(future) : rc;
}

static __attribute__((noinline)) int await_slowly(cede_future *future)
{
    int rc = await_check(future);

    if (rc < 0)
        return rc == -ECANCELED && !cede__future_done(future) ? await_cancelled(future) : rc;
    rc = cede__future_wait(future, false);
    return rc < 0 ? await_failed(future, rc) : cede__future_outcome(future);
}

static __attribute__((noinline)) int await_done(cede_future *future)
{
    return cede__likely(future->status >= 0) ? future->status : cede__future_outcome(future);
}

/* Returns by a jump only if other tasks have parked meanwhile: else what the processor foretells is
 * right, and the end is left to others, who return as usual. */
CEDE__RETURNS_AFTER_SWITCH int cede_await(cede_future *future)
{
    struct cede_task *task = cede__task_here();

    if (cede__unlikely(!await_is_plain(future, task)))
        return await_slowly(future);
    if (future->state == CEDE__FUTURE_DONE)
        return await_done(future);
    task->awaiter.future = future;
    task_wait(task, &awaiting);
    /* No register outlives a switch: to look where we are again is cheaper than a place on the
     * stack, which takes another line of it. */
    task = cede__task_running();
    future = task->awaiter.future;
    if (cede__unlikely(task->awaiter.waiter.rc < 0))
        return await_failed(future, task->awaiter.waiter.rc);
    if (cede__loop_here->parked == &task->ready || future->status < 0)
        return await_done(future);
    cede__context_foretell();
    return future->status;
}

int cede_shield(cede_future *future)
{
    CEDE_TRY(await_check(future));
    CEDE_TRY(cede__future_wait(future, false));
    return cede__future_outcome(future);
}

/* A shared one that is done, like a job: nothing to wait for either. */
static int join_done(cede_future *future)
{
    int rc = cede_checkpoint();

    /* Jobs lie side by side, and are mostly joined in the order in which they were submitted. */
    __builtin_prefetch(future + 4, 1);
    if (cede__likely(rc >= 0))
        rc = cede__likely(future->status >= 0) ? future->status : cede__future_outcome(future);
    cede__future_unref(future);
    return rc;
}

static __attribute__((noinline)) int join_slowly(cede_future *future)
{
    const int rc = cede_await(future);

    cede_future_unref(future);
    return rc;
}

int cede_join(cede_future *future)
{
    /* A plain task that has ended well: nothing to wait for, nobody else to know it, its stack is
     * ready for the next. */
    if (cede__likely(await_is_plain(future, cede__task_here()) &&
                     future->kind == &cede__task_kind && future->state == CEDE__FUTURE_DONE)) {
        struct cede_task *task = cede__container_of(future, struct cede_task, future);
        if (cede__likely(!task->is_special && future->n_refs == 1)) {
            cede__task_recycle(task);
            return future->status;
        }
    }
    const int rc = cede__likely(future && future->is_shared) && cede__future_done(future)
                       ? join_done(future)
                       : join_slowly(future);
    __asm__ volatile(""); /* a call, not a jump: backtraces show this function */
    return rc;
}

int cede_wait_for(cede_future *future, cede_time timeout)
{
    cede_scope scope;

    CEDE_TRY(cede__future_check(future));
    if (timeout <= 0 && cede__future_done(future))
        return cede__future_outcome(future);
    cede_scope_enter(&scope, cede_after(timeout));
    return cede_scope_exit(&scope, cede_await(future));
}
