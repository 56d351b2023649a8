/* wait_set.c - an entry a future, all watched at once; entries are told one by one and chained in
 * that order.
 *
 * In a task everything happens on its loop's thread. In a plain thread completions come from any
 * thread, so a lock guards the set, and a word that changes with each wakes the thread.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "sys/clock.h"
#include "task/job_wait.h"
#include "task/wait_set.h"

static void set_lock(struct cede__wait_set *set)
{
    if (!set->task)
        cede__mutex_lock(&set->lock);
}

static void set_unlock(struct cede__wait_set *set)
{
    if (!set->task)
        cede__mutex_unlock(&set->lock);
}

static bool set_is_satisfied(const struct cede__wait_set *set)
{
    return set->n_told >= set->wake_at ||
           (set->wake_on == CEDE__WAKE_ON_ERROR && set->n_failed > 0) ||
           (set->wake_on == CEDE__WAKE_ON_BAD && set->first_bad);
}

/* Take note of a future that is done; under the lock. */
static void set_note(struct cede__wait_set *set, struct cede__wait_entry *entry)
{
    const struct cede_future *future = entry->future;

    entry->is_told = true;
    entry->next = NULL;
    *set->end = entry;
    set->end = &entry->next;
    set->n_told++;
    set->n_failed += cede__future_failed(future);
    if (future->status < 0 && !set->first_bad)
        set->first_bad = entry->future;
}

/* Let the task go on, if it is parked. */
static void set_wake(struct cede__wait_set *set, int rc)
{
    struct cede__waiter *waiter = &set->waiter;

    if (!waiter->task)
        return;
    cede__waiter_wake(waiter, rc);
    waiter->task = NULL;
}

static void entry_notify(struct cede__watcher *watcher)
{
    struct cede__wait_entry *entry = cede__container_of(watcher, struct cede__wait_entry, watcher);
    struct cede__wait_set *set = entry->set;

    set_lock(set);
    set_note(set, entry);
    if (set->task) {
        if (set_is_satisfied(set))
            set_wake(set, 0);
        return;
    }
    /* The thread frees the set only after it has had the lock once more. */
    __atomic_add_fetch(&set->word, 1, __ATOMIC_RELEASE);
    cede__futex_wake(&set->word, 1);
    set_unlock(set);
}

static const struct cede__watcher_kind entry_kind = {.notify = entry_notify};

/* Building. */

struct sorted_future {
    cede_future *future;
    size_t index;
};

static int sorted_compare(const void *a, const void *b)
{
    const struct sorted_future *x = a, *y = b;

    if (x->future != y->future)
        return (uintptr_t)x->future < (uintptr_t)y->future ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* One entry for each different future, in the order of their first mention. */
static int set_fill(struct cede__wait_set *set, cede_future *const *futures, size_t n)
{
    struct sorted_future *sorted = cede__calloc(n, sizeof *sorted);

    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (struct sorted_future){futures[i], i};
    qsort(sorted, n, sizeof *sorted, sorted_compare);
    for (size_t i = 0; i < n; i++) {
        const bool again = i > 0 && sorted[i].future == sorted[i - 1].future;
        set->entries[sorted[i].index].future = again ? NULL : sorted[i].future;
    }
    cede__free(sorted);
    for (size_t i = 0; i < n; i++) {
        if (set->entries[i].future)
            set->entries[set->n++].future = set->entries[i].future;
    }
    return 0;
}

int cede__wait_set_init(struct cede__wait_set *set, cede_future *const *futures, size_t n)
{
    *set = (struct cede__wait_set){.task = cede__task_here()};
    set->end = &set->first;
    set->timer.slot = CEDE__TIMER_IDLE;
    CEDE_TRY(cede__wait_check(set->task));
    for (size_t i = 0; i < n; i++)
        CEDE_TRY(cede__future_check_wait(futures[i]));
    if (n == 0)
        return 0;
    set->entries = cede__calloc(n, sizeof *set->entries);
    if (!set->entries || set_fill(set, futures, n) < 0) {
        cede__free(set->entries);
        set->entries = NULL;
        return cede_raise(-ENOMEM, "no memory to wait for %zu futures", n);
    }
    for (size_t i = 0; i < set->n; i++) {
        struct cede__wait_entry *entry = &set->entries[i];
        entry->set = set;
        entry->watcher.kind = &entry_kind;
        if (cede__future_watch(entry->future, &entry->watcher))
            continue;
        set_lock(set);
        set_note(set, entry);
        set_unlock(set);
    }
    return 0;
}

/* Waiting in a task. */

static void set_cancel(struct cede__waiter *waiter)
{
    set_wake(cede__container_of(waiter, struct cede__wait_set, waiter), -ECANCELED);
}

static void set_fire(struct cede__timer *timer)
{
    set_wake(cede__container_of(timer, struct cede__wait_set, timer), -ETIMEDOUT);
}

static void set_describe(const struct cede__waiter *waiter, struct cede__text *text)
{
    const struct cede__wait_set *set = cede__container_of(waiter, struct cede__wait_set, waiter);

    cede__text_add(text, "%zu of %zu futures", set->wake_at - set->n_told, set->n);
}

/* Those who must end, if all must. */
static struct cede__party *set_blockers(const struct cede__waiter *waiter, const void **at)
{
    const struct cede__wait_set *set = cede__container_of(waiter, struct cede__wait_set, waiter);
    const struct cede__wait_entry *entry = *at ? *at : set->entries;

    if (set->wake_at < set->n || set->wake_on != CEDE__WAKE_ON_NOTHING ||
        set->timer.slot != CEDE__TIMER_IDLE)
        return NULL;
    while (entry < set->entries + set->n) {
        const struct cede__wait_entry *this = entry++;
        *at = entry;
        struct cede__party *party =
            this->is_told || this->is_forgotten ? NULL : cede__party_of_future(this->future);
        if (party)
            return party;
    }
    return NULL;
}

static const struct cede__wait_kind waiting = {.cancel = set_cancel,
                                               .describe = set_describe,
                                               .noun = "several futures",
                                               .blockers = set_blockers};
static const struct cede__wait_kind waiting_shielded = {
    .describe = set_describe, .noun = "several futures", .blockers = set_blockers};

static bool set_knows_other_threads(const struct cede__wait_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        if (!set->entries[i].is_told && set->entries[i].future->is_shared)
            return true;
    }
    return false;
}

/* Let another thread stand in while this one waits; the future that is to be told when it goes on,
 * or NULL. */
static struct cede_future *set_lend(struct cede__wait_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        struct cede_future *future = set->entries[i].future;
        if (future->kind->lend && !cede__future_done(future) && future->kind->lend(future))
            return future;
    }
    return NULL;
}

static int task_wait(struct cede__wait_set *set, cede_time deadline, bool shielded)
{
    struct cede_loop *loop = set->task->loop;
    const bool counts = set_knows_other_threads(set);
    struct cede_future *lent;
    int rc;

    set->waiter.kind = shielded ? &waiting_shielded : &waiting;
    set->timer.fire = set_fire;
    if (deadline != CEDE_NEVER && cede__loop_add_timer(loop, &set->timer, deadline) < 0)
        return cede_raise(-ENOMEM, "no memory for the timer of a deadline");
    lent = counts ? set_lend(set) : NULL;
    loop->n_wakers += counts;
    rc = cede__task_park(set->task, &set->waiter);
    loop->n_wakers -= counts;
    if (lent)
        lent->kind->reclaim(lent);
    set->waiter.task = NULL;
    cede__loop_remove_timer(loop, &set->timer);
    return rc;
}

static bool set_is_satisfied_now(struct cede__wait_set *set)
{
    bool satisfied;

    set_lock(set);
    satisfied = set_is_satisfied(set);
    set_unlock(set);
    return satisfied;
}

/* Do work that is waited for right here, as far as that may be. */
static void set_work_here(struct cede__wait_set *set)
{
    for (size_t i = 0; i < set->n && !set_is_satisfied_now(set); i++) {
        struct cede_future *future = set->entries[i].future;
        if (future->kind->work_here)
            future->kind->work_here(future);
    }
}

static int thread_sleep_until_told(struct cede__wait_set *set, struct cede__thread_wait *wait,
                                   cede_time end)
{
    for (;;) {
        const uint32_t word = __atomic_load_n(&set->word, __ATOMIC_ACQUIRE);

        if (set_is_satisfied_now(set))
            return 0;
        if (end != CEDE_NEVER && cede__clock_monotonic() >= end)
            return -ETIMEDOUT;
        cede__thread_sleep(wait, &set->word, word, end);
    }
}

/* Another thread may stand in for this one while it sleeps. */
static int thread_sleep_lent(struct cede__wait_set *set, struct cede__thread_wait *wait,
                             cede_time end)
{
    struct cede_future *lent = set_lend(set);
    const int rc = thread_sleep_until_told(set, wait, end);

    if (lent)
        lent->kind->reclaim(lent);
    cede__thread_wait_end(wait);
    return rc;
}

static int thread_wait(struct cede__wait_set *set, cede_time deadline, bool shielded)
{
    /* Of several, one that can never be done matters if all are waited for. */
    const bool all = set->wake_at == set->n;
    struct cede__thread_wait wait = {
        .futures = (const char *)&set->entries[0].future,
        .n = all ? set->n : 0,
        .may_end_early = set->wake_on != CEDE__WAKE_ON_NOTHING,
        .stride = sizeof set->entries[0],
    };
    const cede_time limit = shielded ? CEDE_NEVER : cede__thread_deadline();
    const cede_time end = deadline < limit ? deadline : limit;
    int rc;

    if (set_is_satisfied_now(set))
        return 0;
    /* Work that was begun here could not be left when a deadline passes. */
    if (end == CEDE_NEVER)
        set_work_here(set);
    if (cede__job_frame_here && end == CEDE_NEVER && all)
        CEDE_TRY(cede__job_wait_begin(&wait, shielded));
    rc = thread_sleep_lent(set, &wait, end);
    return rc < 0 && limit <= deadline ? -ECANCELED : rc;
}

int cede__wait_set_wait(struct cede__wait_set *set, cede_time deadline, bool shielded)
{
    if (!set->task)
        return thread_wait(set, deadline, shielded);
    if (set_is_satisfied(set))
        return 0;
    return task_wait(set, deadline, shielded);
}

size_t cede__wait_set_told(struct cede__wait_set *set)
{
    size_t n;

    set_lock(set);
    n = set->n_told;
    set_unlock(set);
    return n;
}

/* The end. */

void cede__wait_set_forget(struct cede__wait_set *set, struct cede__wait_entry *entry)
{
    if (!cede__future_unwatch(entry->future, &entry->watcher))
        return; /* done: it is told, or about to be */
    set_lock(set);
    entry->is_forgotten = true;
    set->n_told++;
    set_unlock(set);
}

void cede__wait_set_stop(struct cede__wait_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        bool told;

        set_lock(set);
        told = set->entries[i].is_told || set->entries[i].is_forgotten;
        set_unlock(set);
        if (!told)
            cede__wait_set_forget(set, &set->entries[i]);
    }
    set->wake_at = set->n;
    set->wake_on = CEDE__WAKE_ON_NOTHING;
    (void)cede__wait_set_wait(set, CEDE_NEVER, true);
}

void cede__wait_set_fini(struct cede__wait_set *set)
{
    cede__wait_set_stop(set);
    cede__free(set->entries);
    set->entries = NULL;
    set->n = 0;
}
