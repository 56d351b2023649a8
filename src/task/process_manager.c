/* process_manager.c - the thread that looks after the workers of a pool of processes.
 *
 *     take results, bury the dead --> start workers --> give jobs --> anything? again : sleep
 *
 * It is the only one that starts and ends workers: they die with the thread that started them, if
 * the system is to end orphans, and it outlives them all. Before it sleeps it says so to the
 * submitters and to each worker, and looks once more. While jobs prove very short it asks to be
 * woken for half of what a worker has, not for each, and looks around every millisecond: a short
 * job may be followed by a long one.
 */
/* SPDX-License-Identifier: MIT */
#include "sys/clock.h"
#include "sys/thread.h"
#include "task/process_guest.h"
#include "task/process_pool.h"

#define STOP_LIMIT CEDE_S(10) /* for a worker to end when it was told to */
#define LOOK_AGAIN CEDE_MS(1)

enum {
    LOOKS = 20,       /* for something to do before falling asleep, giving way each time */
    QUICK_DEPTH = 16, /* a worker's depth from which on its jobs count as very short */
    EVENTS = 64,
};

const struct cede__process_guest *cede__process_guest;

static struct cede__process *process_at(struct cede__list *link)
{
    return cede__container_of(link, struct cede__process, link);
}

#define for_each_process(process, pool)                                                            \
    for (struct cede__list *at = (pool)->processes.next, *next = at->next;                         \
         (process) = process_at(at), at != &(pool)->processes; at = next, next = at->next)

/* What has happened. */

static bool is_ready(const struct cede__process *process)
{
    return process->pool->init
               ? process->n_collected > 0 && !process->init_failed
               : __atomic_load_n(&cede__process_control(process)->is_ready, __ATOMIC_ACQUIRE);
}

/* Move it on from state to state; whether it was. */
static bool process_advance(struct cede__process *process)
{
    struct cede__process_pool *pool = process->pool;

    if (process->state == CEDE__PROCESS_STARTING && is_ready(process)) {
        process->state = CEDE__PROCESS_READY;
        pool->n_failed_starts = 0;
        return true;
    }
    if (process->state == CEDE__PROCESS_READY && pool->n_per_worker > 0 &&
        process->n_given >= pool->n_per_worker)
        process->state = CEDE__PROCESS_RETIRING;
    if (process->state == CEDE__PROCESS_RETIRING && cede__process_load(process) == 0) {
        cede__process_stop(process, cede__clock_monotonic() + STOP_LIMIT);
        return true;
    }
    return false;
}

/* One that takes too long to start or to stop is killed, once. */
static void process_check_deadline(struct cede__process *process, cede_time now)
{
    const bool has_deadline =
        process->state == CEDE__PROCESS_STARTING || process->state == CEDE__PROCESS_STOPPING;

    if (has_deadline && now >= process->deadline) {
        cede__child_kill(&process->child);
        process->deadline = CEDE_NEVER;
    }
}

/* What it has passed is for the guest. */
static void process_answer(struct cede__process *process)
{
    struct cede__passed passed;

    process->has_rung = false;
    while (cede__bell_clear(process->child.socket, &passed)) {
        if (cede__process_guest)
            cede__process_guest->adopt(&passed);
        else
            cede__passed_close(&passed);
    }
}

/* Let the guest look; ns until it wants to again. */
static cede_time guest_tick(void)
{
    return cede__process_guest ? cede__process_guest->tick() : CEDE_NEVER;
}

static bool manager_take(struct cede__process_pool *pool)
{
    const cede_time now = cede__clock_monotonic();
    struct cede__process *process;
    bool found = false;

    for_each_process(process, pool)
    {
        if (process->has_rung || process->has_died)
            process_answer(process);
        if (process->has_died) {
            cede__process_bury(process);
            found = true;
            continue;
        }
        found |= cede__process_collect(process);
        found |= process_advance(process);
        process_check_deadline(process, now);
    }
    return found;
}

/* Workers. */

static unsigned count_processes(struct cede__process_pool *pool, enum cede__process_state last)
{
    struct cede__process *process;
    unsigned n = 0;

    for_each_process(process, pool) n += process->state <= last;
    return n;
}

/* Nobody can run the jobs of the queue: they end, with what went wrong. */
static void manager_give_up(struct cede__process_pool *pool)
{
    const struct cede_error record = pool->start_error;
    struct cede__list jobs;

    cede__list_init(&jobs);
    cede__mutex_lock(&pool->lock);
    cede__list_splice(&jobs, &pool->queue);
    pool->n_unfinished -= pool->n_queued;
    pool->n_queued = 0;
    for (struct cede__list *link = jobs.next; link != &jobs; link = link->next)
        cede__container_of(link, struct cede__process_job, link)->is_queued = false;
    cede__mutex_unlock(&pool->lock);
    for (struct cede__list *link; (link = cede__list_take(&jobs));)
        cede__process_job_refuse(cede__container_of(link, struct cede__process_job, link), &record);
    pool->n_failed_starts = 0;
    pool->next_start = 0;
}

/* As many workers as there are jobs, up to the limit. */
static void manager_start(struct cede__process_pool *pool)
{
    unsigned n_live = count_processes(pool, CEDE__PROCESS_RETIRING);
    size_t n_unfinished;

    if (pool->n_failed_starts >= CEDE__STARTS && n_live == 0)
        manager_give_up(pool);
    if (pool->next_start <= cede__clock_monotonic())
        pool->next_start = 0;
    cede__mutex_lock(&pool->lock);
    n_unfinished = pool->n_unfinished;
    cede__mutex_unlock(&pool->lock);
    while (n_live < pool->n_max && n_live < n_unfinished && pool->next_start == 0) {
        if (cede__process_start(pool) < 0) {
            pool->start_error = *cede_error_last();
            pool->next_start = cede__clock_monotonic() + CEDE_MS(100);
            if (n_live == 0)
                manager_give_up(pool);
            return;
        }
        n_live++;
    }
}

/* Jobs. */

static bool process_may_get(const struct cede__process *process, uint32_t load)
{
    return process->state == CEDE__PROCESS_READY && cede__process_load(process) <= load;
}

/* The one whose slots hold the most. */
static struct cede__process *find_fullest(struct cede__process_pool *pool)
{
    struct cede__process *process, *fullest = NULL;

    for_each_process(process, pool)
    {
        if (!fullest || cede__process_load(process) > cede__process_load(fullest))
            fullest = process;
    }
    return fullest;
}

static bool queue_is_empty(struct cede__process_pool *pool)
{
    bool is_empty;

    cede__mutex_lock(&pool->lock);
    is_empty = pool->n_queued == 0;
    cede__mutex_unlock(&pool->lock);
    return is_empty;
}

/* The queue to those that have room; what waits behind others to those that have nothing. */
static bool manager_give(struct cede__process_pool *pool)
{
    struct cede__process *process, *fullest;
    bool found = false;

    for_each_process(process, pool)
    {
        if (process_may_get(process, 0) && queue_is_empty(pool)) {
            fullest = find_fullest(pool);
            if (cede__process_load(fullest) < 2 || !cede__process_take_back(fullest))
                break; /* and others would find nothing either */
        }
        if (process_may_get(process, process->depth / 2))
            found |= cede__process_give(process);
    }
    return found;
}

/* Sleeping. */

/* Ask each worker to wake us; the time to wake up by ourselves. */
static cede_time manager_ask(struct cede__process_pool *pool)
{
    const cede_time now = cede__clock_monotonic();
    cede_time until = pool->next_start > 0 ? pool->next_start : CEDE_NEVER;
    struct cede__process *process;

    for_each_process(process, pool)
    {
        struct cede__control *control = cede__process_control(process);
        const uint32_t load = cede__process_load(process);
        const bool is_quick = process->depth >= QUICK_DEPTH && load > 1;

        __atomic_store_n(&control->n_awaited, process->n_collected + (is_quick ? load / 2 : 1),
                         __ATOMIC_RELAXED);
        __atomic_store_n(&control->parent_sleeps, 1, __ATOMIC_SEQ_CST);
        if (is_quick && now + LOOK_AGAIN < until)
            until = now + LOOK_AGAIN;
        if ((process->state == CEDE__PROCESS_STARTING ||
             process->state == CEDE__PROCESS_STOPPING) &&
            process->deadline < until)
            until = process->deadline;
    }
    return until;
}

static bool has_news(struct cede__process_pool *pool)
{
    struct cede__process *process;

    if (__atomic_load_n(&pool->has_news, __ATOMIC_SEQ_CST))
        return true;
    for_each_process(process, pool)
    {
        const struct cede__control *control = cede__process_control(process);
        if (!process->is_mad &&
            __atomic_load_n(&control->n_done, __ATOMIC_SEQ_CST) != process->n_collected)
            return true;
        if (process->state == CEDE__PROCESS_STARTING && is_ready(process))
            return true;
    }
    return false;
}

/* See who has rung and who has died, waiting for that if `timeout` is not 0. */
static void manager_poll(struct cede__process_pool *pool, int64_t timeout)
{
    struct cede__poll_event events[EVENTS];
    const int n = pool->engine->wait(pool->poll, timeout, events, EVENTS);

    for (int i = 0; i < n; i++)
        *(bool *)events[i].data = true; /* has_rung or has_died of some process */
    pool->polled_at = cede__clock_monotonic();
}

static void manager_wait(struct cede__process_pool *pool)
{
    cede_time until, pause, now;

    for (int i = 0; i < LOOKS; i++) {
        if (has_news(pool))
            return;
        cede__thread_yield();
    }
    __atomic_store_n(&pool->manager_sleeps, 1, __ATOMIC_SEQ_CST);
    until = manager_ask(pool);
    pause = guest_tick();
    now = cede__clock_monotonic();
    if (until > cede_time_add(now, pause))
        until = cede_time_add(now, pause);
    if (!has_news(pool) && until > now)
        manager_poll(pool, until == CEDE_NEVER ? -1 : until - now);
    __atomic_store_n(&pool->manager_sleeps, 0, __ATOMIC_SEQ_CST);
}

/* The thread. */

/* Whether all is done that will be; then workers are told to stop. */
static bool manager_is_through(struct cede__process_pool *pool)
{
    struct cede__process *process;
    bool is_through;

    cede__mutex_lock(&pool->lock);
    is_through = pool->closing && pool->n_unfinished == 0;
    cede__mutex_unlock(&pool->lock);
    if (!is_through)
        return false;
    for_each_process(process, pool)
    {
        if (process->state != CEDE__PROCESS_STOPPING)
            cede__process_stop(process, cede__clock_monotonic() + STOP_LIMIT);
    }
    return cede__list_is_empty(&pool->processes);
}

void *cede__process_manager(void *arg)
{
    struct cede__process_pool *pool = arg;

    while (!manager_is_through(pool)) {
        bool found;

        __atomic_store_n(&pool->has_news, 0, __ATOMIC_SEQ_CST);
        found = manager_take(pool);
        manager_start(pool);
        found |= manager_give(pool);
        if (!found)
            manager_wait(pool);
        /* However busy some keep it: another may have died. */
        if (cede__clock_monotonic() - pool->polled_at > LOOK_AGAIN) {
            manager_poll(pool, 0);
            (void)guest_tick();
        }
    }
    (void)guest_tick(); /* the last words of the workers */
    cede__future_complete_claimed(&pool->ended, 0);
    return NULL;
}
