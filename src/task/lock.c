/* lock.c - one at a time: an owner, and those who wait to be the next.
 *
 * While anybody waits the lock has an owner: releasing makes the first in the queue the owner, in
 * one step. So a lock is never free with somebody waiting, and nobody can take it in between.
 */
/* SPDX-License-Identifier: MIT */
#include "task/lock.h"

static void lock_describe(const struct cede__waiter *waiter, struct cede__text *text);
static struct cede__party *lock_holder(const struct cede__waiter *waiter);

static const struct cede__spot_kind waiting_for_lock = {.wait = {.cancel = cede__spot_cancel,
                                                                 .describe = lock_describe,
                                                                 .noun = "lock",
                                                                 .look = CEDE__LOOK_OWNED,
                                                                 .holder = lock_holder}};

static cede_lock *lock_of(const struct cede__waiter *waiter)
{
    return cede__container_of(cede__spot_of(waiter)->sync, cede_lock, owned.sync);
}

static void lock_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede__owned_describe(&lock_of(waiter)->owned, "lock", text);
}

static struct cede__party *lock_holder(const struct cede__waiter *waiter)
{
    return cede__owned_party(&lock_of(waiter)->owned);
}

void cede_lock_init(cede_lock *lock, const cede_sync_options *options)
{
    *lock = (cede_lock){.owned.owner = NULL};
    cede__sync_init(&lock->owned.sync, options);
}

void cede_lock_fini(cede_lock *lock)
{
    if (!lock)
        return;
    cede__owned_report_end(&lock->owned, "lock");
    if (cede__owned_task(&lock->owned))
        cede__owned_drop(&lock->owned, lock->owned.owner);
    lock->owned.owner = NULL;
    cede__sync_fini(&lock->owned.sync);
}

/* It is free: take it, inside the guard. */
static inline void lock_take(cede_lock *lock, struct cede_task *task)
{
    cede__owned_give(&lock->owned, cede__owner_self(task), task ? task->loop : NULL);
    cede__owned_hold(&lock->owned, task, "lock");
}

static const char *lock_name(const cede_lock *lock)
{
    return lock->owned.sync.name ? lock->owned.sync.name : "the lock";
}

/* It is held: whether there is any point in waiting for it. Inside the guard. */
static int lock_check_wait(const cede_lock *lock, struct cede_task *task)
{
    const void *self = cede__owner_self(task);

    if (lock->owned.owner == self)
        return cede_raise(-EDEADLK, "'%s' is acquired by who holds it already", lock_name(lock));
    if (!lock->owned.sync.shared && lock->owned.owner_loop && lock->owned.owner_loop != task->loop)
        return cede__sync_refuse(&lock->owned.sync);
    return 0;
}

static __attribute__((noinline)) int lock_acquire_slowly(cede_lock *lock, struct cede_task *task)
{
    int rc;

    CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__sync_check_wait(&lock->owned.sync));
    if (task)
        task->spot.grant_rc = 0;
    cede__sync_enter(&lock->owned.sync);
    if (!lock->owned.owner) {
        lock_take(lock, task);
        cede__sync_leave(&lock->owned.sync);
        return 0;
    }
    rc = lock_check_wait(lock, task);
    if (rc < 0) {
        cede__sync_leave(&lock->owned.sync);
        return rc;
    }
    rc = cede__sync_wait(&lock->owned.sync, &waiting_for_lock, NULL, task);
    if (rc == 0)
        cede__owned_hold(&lock->owned, task, "lock");
    return rc;
}

int cede_lock_acquire(cede_lock *lock)
{
    struct cede_task *task = cede__task_here();
    int rc;

    if (cede__unlikely(!task || task->coro.is_cancelled || lock->owned.sync.shared ||
                       cede__loop_is_debugged()))
        return lock_acquire_slowly(lock, task);
    if (!lock->owned.owner) {
        lock_take(lock, task);
        return 0;
    }
    if (cede__unlikely(lock->owned.owner == task || lock->owned.owner_loop != task->loop))
        return lock_acquire_slowly(lock, task);
    task->spot.grant_rc = 0;
    rc = cede__line_wait_plain(&lock->owned.sync.line, &lock->owned.sync, &waiting_for_lock, NULL,
                               task);
    if (cede__likely(rc == 0))
        cede__owned_hold(&lock->owned, task, "lock");
    return rc;
}

int cede_lock_try_acquire(cede_lock *lock)
{
    struct cede_task *task = cede__task_here();
    bool taken;

    if (!task && !lock->owned.sync.shared)
        return cede__sync_check_wait(&lock->owned.sync);
    CEDE_TRY(cede__sync_debug(&lock->owned.sync));
    cede__sync_enter(&lock->owned.sync);
    taken = !lock->owned.owner;
    if (taken)
        lock_take(lock, task);
    cede__sync_leave(&lock->owned.sync);
    return taken ? 0 : -EBUSY;
}

/* Inside the guard. */
static inline void lock_pass(cede_lock *lock)
{
    struct cede__spot *next = cede__line_first(&lock->owned.sync.line);

    if (!next) {
        lock->owned.owner = NULL;
        return;
    }
    cede__owned_give_spot(&lock->owned, next);
    cede__spot_grant(next, next->grant_rc);
}

void cede__lock_pass(cede_lock *lock)
{
    cede__sync_enter(&lock->owned.sync);
    lock_pass(lock);
    cede__sync_leave(&lock->owned.sync);
}

void cede__lock_queue(cede_lock *lock, struct cede__spot *spot, int rc)
{
    struct cede__sync *sync = &lock->owned.sync;

    cede__sync_enter(sync);
    spot->grant_rc = rc;
    spot->sync = sync;
    cede__line_append(&sync->line, spot);
    if (!lock->owned.owner)
        lock_pass(lock);
    else if (!sync->shared)
        sync->loop = cede__loop_here;
    cede__sync_leave(sync);
}

int cede__lock_check_held(cede_lock *lock, const struct cede_task *task)
{
    char buffer[128] = "nobody";
    struct cede__text text = {buffer, sizeof buffer, 0};
    const void *self = task ? task : cede__owner_thread(cede__thread_number());

    cede__sync_enter(&lock->owned.sync);
    const bool held = lock->owned.owner == self;
    if (!held && lock->owned.owner)
        cede__owned_name(&lock->owned, &text);
    cede__sync_leave(&lock->owned.sync);
    if (held)
        return 0;
    return cede_raise(-EPERM, "'%s' is not the caller's: it is held by %s", lock_name(lock),
                      buffer);
}

int cede_lock_release(cede_lock *lock)
{
    struct cede_task *task = cede__task_here();

    if (cede__unlikely(!task || lock->owned.owner != task || lock->owned.sync.shared))
        CEDE_TRY(cede__lock_check_held(lock, task));
    cede__owned_drop(&lock->owned, task);
    cede__lock_pass(lock);
    return 0;
}

cede_future *cede_lock_owner(cede_lock *lock)
{
    struct cede_task *task = cede__owned_task(&lock->owned);

    return task ? &task->future : NULL;
}

bool cede_lock_is_held(cede_lock *lock)
{
    cede__sync_enter(&lock->owned.sync);
    const bool held = lock->owned.owner != NULL;
    cede__sync_leave(&lock->owned.sync);
    return held;
}

size_t cede_lock_n_waiting(cede_lock *lock)
{
    return cede__sync_count(&lock->owned.sync);
}
