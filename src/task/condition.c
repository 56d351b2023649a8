/* condition.c - waiting until what a lock protects has changed.
 *
 * A spot starts in the queue of the condition and ends in that of the lock, which wakes it:
 *
 *     condition's queue --(notified: 0)-------------+--> lock's queue --> has the lock, woken
 *                       --(cancelled: -ECANCELED)---+
 *                       --(ended: CEDE_ESHUTDOWN)---+
 *
 * Which of the three it was stands in the spot and is what the wait returns. From the lock's queue
 * there is no way but with the lock. Between the two queues the spot is in neither, and nobody but
 * who moves it touches it; the two guards are never held together.
 */
/* SPDX-License-Identifier: MIT */
#include <limits.h>

#include "task/lock.h"
#include <cede/condition.h>

/* What a spot is for, on the stack of who waits. */
struct cond_wait {
    cede_condition *condition;
    cede_lock *lock;
    bool was_moved; /* out of the condition's queue; written in the condition's guard */
};

static bool condition_leave(struct cede__spot *spot);
static void condition_describe(const struct cede__waiter *waiter, struct cede__text *text);
static struct cede__party *condition_holder(const struct cede__waiter *waiter);

static const struct cede__spot_kind waiting_for_change = {.wait = {.cancel = cede__spot_cancel,
                                                                   .describe = condition_describe,
                                                                   .noun = "condition",
                                                                   .holder = condition_holder},
                                                          .leave = condition_leave};

static struct cond_wait *cond_wait_of(const struct cede__waiter *waiter)
{
    return cede__spot_of(waiter)->item;
}

/* Whether it waits for the lock by now: then the condition may be gone. */
static bool cond_wait_was_moved(const struct cede__waiter *waiter)
{
    const struct cede__line *line = &cond_wait_of(waiter)->lock->owned.sync.line;

    return __atomic_load_n(&cede__spot_of(waiter)->line, __ATOMIC_RELAXED) == line;
}

static void condition_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    struct cond_wait *it = cond_wait_of(waiter);

    if (cond_wait_was_moved(waiter))
        cede__owned_describe(&it->lock->owned, "lock", text);
    else
        cede__sync_describe(&it->condition->sync, "condition", text);
}

static struct cede__party *condition_holder(const struct cede__waiter *waiter)
{
    return cond_wait_was_moved(waiter) ? cede__owned_party(&cond_wait_of(waiter)->lock->owned)
                                       : NULL;
}

/* Take up to n spots off the condition's queue, into a chain. Inside the guard. */
static struct cede__spot *condition_take(cede_condition *condition, size_t n, int *n_taken)
{
    struct cede__spot *first = NULL;
    struct cede__spot **end = &first;

    for (*n_taken = 0; (size_t)*n_taken < n && *n_taken < INT_MAX; (*n_taken)++) {
        struct cede__spot *spot = cede__line_take(&condition->sync.line);
        if (!spot)
            break;
        ((struct cond_wait *)spot->item)->was_moved = true;
        spot->next = NULL;
        *end = spot;
        end = &spot->next;
    }
    return first;
}

/* Move a chain of spots to the queues of their locks. */
static void spots_move(struct cede__spot *spot, int rc)
{
    while (spot) {
        struct cede__spot *next = spot->next;
        cede__lock_queue(((struct cond_wait *)spot->item)->lock, spot, rc);
        spot = next;
    }
}

/* Cancelled: it has to stand in the lock's queue all the same, so it is never woken from here. */
static bool condition_leave(struct cede__spot *spot)
{
    struct cond_wait *it = spot->item;
    bool left;

    cede__sync_enter(&it->condition->sync);
    left = !it->was_moved;
    if (left) {
        cede__spot_unlink(spot);
        it->was_moved = true;
    }
    cede__sync_leave(&it->condition->sync);
    if (left)
        cede__lock_queue(it->lock, spot, -ECANCELED);
    return false;
}

static int condition_release(cede_condition *condition, size_t n, int rc)
{
    struct cede__spot *spots;
    int n_taken;

    CEDE_TRY(cede__sync_check(&condition->sync));
    cede__sync_enter(&condition->sync);
    spots = condition_take(condition, n, &n_taken);
    cede__sync_leave(&condition->sync);
    spots_move(spots, rc);
    return n_taken;
}

void cede_condition_init(cede_condition *condition, const cede_sync_options *options)
{
    *condition = (cede_condition){.lock = NULL};
    cede__sync_init(&condition->sync, options);
}

void cede_condition_fini(cede_condition *condition)
{
    if (!condition)
        return;
    (void)condition_release(condition, SIZE_MAX, CEDE_ESHUTDOWN);
    cede__sync_settle(&condition->sync);
}

static int condition_check(cede_condition *condition, cede_lock *lock, struct cede_task *task)
{
    const bool shared = condition->sync.shared;

    CEDE_TRY(cede__sync_check_wait(&condition->sync));
    CEDE_TRY(cede__lock_check_held(lock, task));
    if (shared != lock->owned.sync.shared)
        return cede_raise(-EINVAL, "a condition and its lock are both shared, or neither is");
    return cede_checkpoint();
}

int cede_condition_wait(cede_condition *condition, cede_lock *lock)
{
    struct cede_task *task = cede__task_here();
    const bool shared = condition->sync.shared;
    struct cond_wait it = {.condition = condition, .lock = lock};
    struct cede__spot thread_spot;
    struct cede__spot *spot = task ? &task->spot : &thread_spot;
    int rc;

    CEDE_TRY(condition_check(condition, lock, task));
    cede__sync_enter(&condition->sync);
    if (condition->sync.line.first && condition->lock != lock) {
        cede__sync_leave(&condition->sync);
        return cede_raise(-EINVAL, "others wait for the condition with another lock");
    }
    condition->lock = lock;
    if (shared)
        cede__spot_prepare_shared(spot, task);
    else
        condition->sync.loop = task->loop;
    cede__spot_queue(spot, &condition->sync.line, &condition->sync, &waiting_for_change, &it);
    cede__sync_leave(&condition->sync);
    cede__owned_drop(&lock->owned, task);
    cede__lock_pass(lock);
    rc = shared ? cede__spot_park_shared(spot, task) : cede__task_park(task, &spot->waiter);
    cede__owned_hold(&lock->owned, task, "lock");
    return rc < 0 ? cede__sync_ended(rc) : rc;
}

int cede_condition_wait_for(cede_condition *condition, cede_lock *lock,
                            bool (*predicate)(void *arg), void *arg)
{
    CEDE_TRY(condition_check(condition, lock, cede__task_here()));
    while (!predicate(arg))
        CEDE_TRY(cede_condition_wait(condition, lock));
    return 0;
}

int cede_condition_notify(cede_condition *condition, size_t n)
{
    return condition_release(condition, n, 0);
}

int cede_condition_notify_all(cede_condition *condition)
{
    return condition_release(condition, SIZE_MAX, 0);
}

size_t cede_condition_n_waiting(cede_condition *condition)
{
    return cede__sync_count(&condition->sync);
}
