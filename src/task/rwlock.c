/* rwlock.c - many readers or one writer: an owner or a count, and one queue of both kinds.
 *
 * Whoever changes what is held lets in as many from the head of the queue as now fit: the writer
 * there alone, or all readers up to the next writer. So at rest the first in the queue never fits:
 * a writer while anybody is in, a reader while a writer is. Newcomers stand behind it.
 */
/* SPDX-License-Identifier: MIT */
#include "task/owner.h"
#include "task/takers.h"
#include <cede/rwlock.h>

/* What a spot wants. */
static const char to_read = 'r', to_write = 'w';

static void rwlock_left(struct cede__spot *spot);
static void rwlock_describe(const struct cede__waiter *waiter, struct cede__text *text);
static struct cede__party *rwlock_holder(const struct cede__waiter *waiter);
static struct cede__party *rwlock_blockers(const struct cede__waiter *waiter, const void **at);

static const struct cede__spot_kind waiting_for_rwlock = {
    .wait = {.cancel = cede__spot_cancel,
             .describe = rwlock_describe,
             .takers = {"read by", offsetof(cede_rwlock, takers), CEDE__N_TAKERS, true},
             .noun = "rwlock",
             .look = CEDE__LOOK_OWNED,
             .holder = rwlock_holder,
             .blockers = rwlock_blockers},
    .left = rwlock_left};

static cede_rwlock *rwlock_of(struct cede__sync *sync)
{
    return cede__container_of(sync, cede_rwlock, owned.sync);
}

static void rwlock_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    cede_rwlock *lock = rwlock_of(cede__spot_of(waiter)->sync);
    const size_t n_readers = cede_rwlock_n_readers(lock);

    cede__owned_describe(&lock->owned, "rwlock", text);
    if (n_readers == 0)
        return;
    cede__text_add(text, " held by %zu reader%s", n_readers, n_readers > 1 ? "s" : "");
    if (cede__takers_any(waiter)) {
        cede__text_add(text, ": ");
        cede__takers_name(waiter, text);
    }
}

static struct cede__party *rwlock_holder(const struct cede__waiter *waiter)
{
    return cede__owned_party(&rwlock_of(cede__spot_of(waiter)->sync)->owned);
}

/* The writer; else, of the first in the line, the readers, and of the others the first, as nobody
 * overtakes. */
static struct cede__party *rwlock_blockers(const struct cede__waiter *waiter, const void **at)
{
    const struct cede__spot *spot = cede__spot_of(waiter);
    cede_rwlock *lock = rwlock_of(spot->sync);
    struct cede__party *party = NULL;

    cede__sync_enter(&lock->owned.sync);
    const struct cede__spot *first = cede__line_first(&lock->owned.sync.line);
    const bool is_written = lock->owned.owner != NULL;
    const uint64_t ahead = first && first != spot ? cede__spot_number(first) : 0;
    cede__sync_leave(&lock->owned.sync);
    if (!is_written && ahead == 0)
        return cede__takers_next(waiter, at);
    if (!*at)
        party = is_written ? rwlock_holder(waiter) : cede__party_numbered(ahead);
    *at = lock;
    return party;
}

void cede_rwlock_init(cede_rwlock *lock, const cede_sync_options *options)
{
    *lock = (cede_rwlock){.n_readers = 0};
    cede__sync_init(&lock->owned.sync, options);
}

void cede_rwlock_fini(cede_rwlock *lock)
{
    if (!lock)
        return;
    cede__owned_report_end(&lock->owned, "rwlock");
    if (lock->n_readers > 0)
        cede__report("cede: rwlock '%s' is ended while %zu readers hold it\n",
                     lock->owned.sync.name ? lock->owned.sync.name : "", lock->n_readers);
    if (cede__owned_task(&lock->owned))
        cede__owned_drop(&lock->owned, lock->owned.owner);
    lock->owned.owner = NULL;
    lock->n_readers = 0;
    lock->takers = (struct cede__takers){{0}};
    cede__sync_fini(&lock->owned.sync);
}

/* Let in all that fit now. Inside the guard. */
static void rwlock_admit(cede_rwlock *lock)
{
    struct cede__spot *first;

    while ((first = cede__line_first(&lock->owned.sync.line)) && !lock->owned.owner) {
        if (first->item == &to_read) {
            lock->n_readers++;
            cede__takers_add_spot(&lock->takers, first);
            cede__spot_grant(first, 0);
            continue;
        }
        if (lock->n_readers > 0)
            return;
        cede__owned_give_spot(&lock->owned, first);
        cede__spot_grant(first, 0);
    }
}

/* A writer that gave up may have stood before readers that fit. */
static void rwlock_left(struct cede__spot *spot)
{
    rwlock_admit(rwlock_of(spot->sync));
}

/* Take it if nobody has to be waited for. Inside the guard. */
static bool rwlock_take(cede_rwlock *lock, struct cede_task *task, bool writes)
{
    if (lock->owned.owner || lock->owned.sync.line.first || (writes && lock->n_readers > 0))
        return false;
    if (writes) {
        cede__owned_give(&lock->owned, cede__owner_self(task), task ? task->loop : NULL);
        cede__owned_hold(&lock->owned, task, "rwlock");
    } else {
        lock->n_readers++;
        cede__takers_add(&lock->takers, cede__taker_number(&lock->owned.sync, task));
    }
    return true;
}

/* It cannot be had at once: whether there is any point in waiting. Inside the guard. */
static int rwlock_check_wait(const cede_rwlock *lock, const struct cede_task *task)
{
    const void *self = task ? task : cede__owner_thread(cede__thread_number());

    if (lock->owned.owner == self)
        return cede_raise(-EDEADLK, "a reader-writer lock is acquired by who writes already");
    if (!lock->owned.sync.shared && task && lock->owned.owner_loop && lock->owned.owner &&
        lock->owned.owner_loop != task->loop)
        return cede__sync_refuse(&lock->owned.sync);
    return 0;
}

static int rwlock_acquire(cede_rwlock *lock, bool writes)
{
    struct cede_task *task = cede__task_here();
    int rc;

    CEDE_TRY(cede_checkpoint());
    CEDE_TRY(cede__sync_may_wait(&lock->owned.sync, task));
    cede__sync_enter(&lock->owned.sync);
    if (rwlock_take(lock, task, writes)) {
        cede__sync_leave(&lock->owned.sync);
        return 0;
    }
    rc = rwlock_check_wait(lock, task);
    if (rc < 0) {
        cede__sync_leave(&lock->owned.sync);
        return rc;
    }
    rc = cede__sync_wait(&lock->owned.sync, &waiting_for_rwlock,
                         (void *)(writes ? &to_write : &to_read), task);
    if (rc == 0 && writes)
        cede__owned_hold(&lock->owned, task, "rwlock");
    return rc;
}

int cede_rwlock_acquire_read(cede_rwlock *lock)
{
    return rwlock_acquire(lock, false);
}

int cede_rwlock_acquire_write(cede_rwlock *lock)
{
    return rwlock_acquire(lock, true);
}

static int rwlock_try_acquire(cede_rwlock *lock, bool writes)
{
    CEDE_TRY(cede__sync_debug(&lock->owned.sync));
    cede__sync_enter(&lock->owned.sync);
    const bool taken = rwlock_take(lock, cede__task_here(), writes);
    cede__sync_leave(&lock->owned.sync);
    return taken ? 0 : -EBUSY;
}

int cede_rwlock_try_acquire_read(cede_rwlock *lock)
{
    return rwlock_try_acquire(lock, false);
}

int cede_rwlock_try_acquire_write(cede_rwlock *lock)
{
    if (!lock->owned.sync.shared && !cede__task_here())
        return cede__sync_check_wait(&lock->owned.sync);
    return rwlock_try_acquire(lock, true);
}

/* More readers are known than there are. */
static void rwlock_forget_readers(cede_rwlock *lock)
{
    if (lock->n_readers < CEDE__N_TAKERS && lock->takers.numbers[lock->n_readers])
        lock->takers = (struct cede__takers){{0}};
}

int cede_rwlock_release(cede_rwlock *lock)
{
    struct cede_task *task = cede__task_here();
    const void *self = cede__owner_self(task);
    bool held = true;

    CEDE_TRY(cede__sync_check(&lock->owned.sync));
    cede__sync_enter(&lock->owned.sync);
    if (lock->owned.owner == self) {
        cede__owned_drop(&lock->owned, task);
        lock->owned.owner = NULL;
    } else if (lock->n_readers > 0) {
        lock->n_readers--;
        /* Released for another, against the rules: it is not known for whom. */
        if (!cede__takers_remove(&lock->takers, &lock->owned.sync, task))
            rwlock_forget_readers(lock);
    } else {
        held = false;
    }
    if (held)
        rwlock_admit(lock);
    cede__sync_leave(&lock->owned.sync);
    return held ? 0
                : cede_raise(-EPERM, "a reader-writer lock is released by who does not hold it");
}

cede_future *cede_rwlock_writer(cede_rwlock *lock)
{
    struct cede_task *task = cede__owned_task(&lock->owned);

    return task ? &task->future : NULL;
}

size_t cede_rwlock_n_readers(cede_rwlock *lock)
{
    cede__sync_enter(&lock->owned.sync);
    const size_t n = lock->n_readers;
    cede__sync_leave(&lock->owned.sync);
    return n;
}

size_t cede_rwlock_n_waiting(cede_rwlock *lock)
{
    return cede__sync_count(&lock->owned.sync);
}
