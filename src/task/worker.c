/* worker.c - the threads of a pool: find work, run it, sleep. thread_pool.h says how they share
 * it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "sys/clock.h"
#include "sys/thread.h"
#include "task/admission.h"
#include "task/dump.h"

enum {
    SEARCH_ROUNDS = 40,  /* looks at the queue before falling asleep */
    SHORT_JOB = 1000,    /* nanoseconds: shorter ones are worth taking several at a time */
    SHORT_BATCH = 10000, /* nanoseconds: batches that take longer are large enough */
    PREFETCH = 8,        /* jobs ahead */
    GATHER = 3000,       /* nanoseconds */
    QUICK = 16,          /* a batch limit that only very short jobs reach */
    KEPT_UP = 1024,      /* jobs in the queue, up to which quick workers keep up */
    ROUND = 1000000,     /* nanoseconds between two looks of the watchman */
    IDLE_PLACES = 4096,  /* of the queue, kept while nobody works */
};

__thread struct cede__worker *cede__worker_here;

/* Finding work; under the lock. */

static struct cede__job *batch_take(struct cede__worker *worker, uint32_t place)
{
    return __atomic_exchange_n(&worker->batch[place], NULL, __ATOMIC_ACQUIRE);
}

struct cede__job *cede__worker_steal(struct cede__pool *pool)
{
    for (struct cede__list *link = pool->workers.next; link != &pool->workers; link = link->next) {
        struct cede__worker *worker = cede__container_of(link, struct cede__worker, link);
        const uint32_t end = __atomic_load_n(&worker->end, __ATOMIC_RELAXED);

        for (uint32_t i = __atomic_load_n(&worker->first, __ATOMIC_RELAXED); i < end; i++) {
            struct cede__job *job = batch_take(worker, i);
            if (job)
                return job;
        }
    }
    return NULL;
}

static void worker_set_batch(struct cede__worker *worker, uint32_t n)
{
    __atomic_store_n(&worker->first, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&worker->end, n, __ATOMIC_RELAXED);
}

/* Fill the batch; how many were taken. */
static uint32_t worker_take(struct cede__worker *worker)
{
    struct cede__pool *pool = worker->pool;
    struct cede__ring *ring = &pool->queue.ring;
    size_t n = ring->n / (pool->n_workers - pool->n_sleepers);

    if (n > worker->batch_limit)
        n = worker->batch_limit;
    if (n <= 1 || pool->queue.n_others > 0 || cede__pool_may_start(pool)) {
        struct cede__job *job = cede__job_queue_take(&pool->queue);
        if (!job)
            job = cede__worker_steal(pool);
        if (!job)
            return 0;
        n = 1;
        __atomic_store_n(&worker->batch[0], job, __ATOMIC_RELEASE);
    } else {
        for (size_t i = 0; i < n; i++)
            __atomic_store_n(&worker->batch[i], cede__ring_take(ring), __ATOMIC_RELEASE);
        __atomic_store_n(&pool->next_places, cede__ring_head(ring), __ATOMIC_RELAXED);
    }
    worker_set_batch(worker, (uint32_t)n);
    worker->n_last = (uint32_t)n;
    return (uint32_t)n;
}

void cede__worker_set_quick(struct cede__worker *worker, bool is_quick)
{
    worker->pool->n_quick += (unsigned)is_quick - (unsigned)worker->is_quick;
    worker->is_quick = is_quick;
}

struct cede__worker *cede__worker_pick(struct cede__pool *pool)
{
    struct cede__worker *worker;

    if (pool->n_searching > 0 || pool->n_sleepers == 0)
        return NULL;
    if (pool->n_quick > 0 && pool->has_watchman && cede__job_queue_n(&pool->queue) <= KEPT_UP)
        return NULL;
    worker = cede__container_of(cede__list_take(&pool->sleepers), struct cede__worker, sleeping);
    pool->n_sleepers--;
    pool->n_searching++;
    return worker;
}

void cede__worker_wake(struct cede__worker *worker)
{
    if (!worker)
        return;
    __atomic_store_n(&worker->awake, 1, __ATOMIC_RELEASE);
    cede__futex_wake(&worker->awake, 1);
}

/* Look around without the lock, giving way to other threads. */
static void worker_search(struct cede__worker *worker)
{
    struct cede__pool *pool = worker->pool;

    pool->n_searching++;
    cede__spinlock_unlock(&pool->lock);
    for (int i = 0; i < SEARCH_ROUNDS; i++) {
        if (cede__job_queue_seems_filled(&pool->queue) ||
            __atomic_load_n(&pool->closing, __ATOMIC_RELAXED))
            break;
        cede__thread_yield();
    }
    cede__spinlock_lock(&pool->lock);
    pool->n_searching--;
}

/* Without the lock, until woken or `until`; whether it was woken. */
static bool worker_doze(struct cede__worker *worker, cede_time until)
{
    while (!__atomic_load_n(&worker->awake, __ATOMIC_ACQUIRE)) {
        if (cede__futex_wait(&worker->awake, 0, until) == -ETIMEDOUT)
            return false;
    }
    return true;
}

/* Whether it was its turn to look around, as the watchman. */
static bool worker_sleep(struct cede__worker *worker)
{
    struct cede__pool *pool = worker->pool;
    const bool is_watchman = pool->n_quick > 0 && !pool->has_watchman;
    bool is_woken;

    if (pool->queue.ring.n == 0 && pool->queue.ring.n_places > IDLE_PLACES)
        cede__ring_fini(&pool->queue.ring); /* a flood is over */
    __atomic_store_n(&worker->awake, 0, __ATOMIC_RELAXED);
    cede__list_prepend(&pool->sleepers, &worker->sleeping);
    pool->n_sleepers++;
    pool->has_watchman |= is_watchman;
    cede__spinlock_unlock(&pool->lock);
    is_woken = worker_doze(worker, is_watchman ? cede__clock_monotonic() + ROUND : CEDE_NEVER);
    cede__spinlock_lock(&pool->lock);
    if (is_watchman)
        pool->has_watchman = false;
    if (!cede__list_is_empty(&worker->sleeping)) {
        cede__list_remove(&worker->sleeping);
        pool->n_sleepers--;
        return true;
    }
    if (!is_woken) {
        /* Its time was up just when it was picked: who picked it still has hold of it. */
        cede__spinlock_unlock(&pool->lock);
        (void)worker_doze(worker, CEDE_NEVER);
        cede__spinlock_lock(&pool->lock);
    }
    pool->n_searching--; /* who picked it counted it */
    return false;
}

/* Under the lock: who is quick has to prove it again. */
static void pool_doubt_quick_ones(struct cede__pool *pool)
{
    for (struct cede__list *link = pool->workers.next; link != &pool->workers; link = link->next)
        cede__worker_set_quick(cede__container_of(link, struct cede__worker, link), false);
}

/* Whether others that are quick have the queue in hand. */
static bool worker_is_needless(const struct cede__worker *worker)
{
    const struct cede__pool *pool = worker->pool;

    return pool->n_quick > worker->is_quick && cede__job_queue_n(&pool->queue) <= KEPT_UP &&
           !pool->closing;
}

/* Under the lock: jobs to run, or 0: it is to leave. */
static uint32_t worker_find(struct cede__worker *worker)
{
    struct cede__pool *pool = worker->pool;
    bool searched = false;

    for (;;) {
        uint32_t n = 0;

        if (cede__pool_has_surplus(pool))
            break;
        if (worker_is_needless(worker))
            searched = true;
        else
            n = worker_take(worker);
        cede__worker_set_quick(worker, n > 0 && worker->batch_limit >= QUICK);
        if (n > 0)
            return n;
        if (pool->closing)
            break;
        if (!searched)
            worker_search(worker);
        else if (worker_sleep(worker))
            pool_doubt_quick_ones(pool);
        searched = !searched;
    }
    cede__worker_set_quick(worker, false);
    return 0;
}

/* Running it. */

/* A job was run, withdrawn, or is being run by one who waits for it: the queue's reference goes. */
static void worker_run(struct cede__job *job)
{
    if (cede__likely(cede__job_claim(job)))
        cede__job_run(job);
    cede__future_unref(&job->future);
}

static void worker_run_batch(struct cede__worker *worker, uint32_t n)
{
    const cede_time start = cede__clock_monotonic();
    cede_time took;

    for (uint32_t i = 0; i < n; i++) {
        struct cede__job *job;

        if (i + PREFETCH < n)
            __builtin_prefetch(__atomic_load_n(&worker->batch[i + PREFETCH], __ATOMIC_RELAXED), 1);
        __atomic_store_n(&worker->first, i + 1, __ATOMIC_RELAXED);
        job = batch_take(worker, i);
        if (job)
            worker_run(job);
    }
    took = cede__clock_monotonic() - start;
    if (took > (cede_time)n * SHORT_JOB)
        worker->batch_limit = 1;
    else if (worker->batch_limit < CEDE__WORKER_BATCH && took < SHORT_BATCH)
        worker->batch_limit *= 2;
}

/* Very short jobs are to be fetched many at once, and quickly: else the threads take the lines of
 * the queue, and of the jobs that are being written just now, from each other all the time. Where
 * they come in numbers, give them a moment to gather, without looking; and have the places of the
 * next ones at hand before the lock is taken. */
static void worker_prepare(const struct cede__worker *worker)
{
    enum { LINE = 64 }; /* bytes of a cache line */
    const uintptr_t places =
        (uintptr_t)__atomic_load_n(&worker->pool->next_places, __ATOMIC_RELAXED);

    if (worker->batch_limit < QUICK)
        return;
    if (worker->n_last >= QUICK && worker->n_last < CEDE__WORKER_BATCH) {
        const cede_time end = cede__clock_monotonic() + GATHER;
        do
            cede__thread_yield();
        while (cede__clock_monotonic() < end);
    }
    for (size_t i = 0; i < CEDE__WORKER_BATCH * sizeof(void *); i += LINE)
        __builtin_prefetch((const void *)(places + i));
}

/* Beginning and end. */

/* Under the lock: there is nothing more to do for it. Let go the lock, and be gone. */
static void worker_leave(struct cede__worker *worker)
{
    struct cede__pool *pool = worker->pool;
    struct cede__worker *next;
    bool is_last;

    pool->n_workers--;
    pool->n_leaving++;
    if (pool->fini && worker->is_set_up) {
        cede__spinlock_unlock(&pool->lock);
        pool->fini(pool->arg);
        cede__spinlock_lock(&pool->lock);
    }
    pool->n_leaving--;
    is_last = pool->closing && pool->n_workers + pool->n_leaving == 0;
    if (!pool->destroying) {
        cede__list_remove(&worker->link);
        cede__list_append(&pool->left, &worker->link);
    }
    next = cede__job_queue_n(&pool->queue) > 0 ? cede__worker_pick(pool) : NULL;
    cede__spinlock_unlock(&pool->lock);
    cede__worker_wake(next);
    if (is_last)
        cede__future_complete_claimed(&pool->ended, 0);
}

/* Under the lock. */
static void worker_work(struct cede__worker *worker)
{
    struct cede__pool *pool = worker->pool;

    for (uint32_t n; (n = worker_find(worker)) > 0;) {
        const bool is_more = cede__job_queue_n(&pool->queue) > 0 || n > 1;
        struct cede__worker *next = is_more ? cede__worker_pick(pool) : NULL;

        cede__spinlock_unlock(&pool->lock);
        cede__worker_wake(next);
        if (cede__unlikely(pool->queue_limit > 0))
            cede__admission_open(pool);
        worker_run_batch(worker, n);
        worker_prepare(worker);
        cede__spinlock_lock(&pool->lock);
    }
}

static void *worker_main(void *arg)
{
    struct cede__worker *worker = arg;
    struct cede__pool *pool = worker->pool;
    struct cede__worker_entry entry;
    int rc;

    cede__worker_here = worker;
    cede__dump_enter_worker(&entry);
    cede__spinlock_lock(&pool->lock);
    pool->n_searching--; /* who started it counted it */
    if (pool->init) {
        cede__spinlock_unlock(&pool->lock);
        rc = pool->init(pool->arg);
        worker->is_set_up = rc >= 0;
        if (rc < 0)
            cede__pool_break(pool, rc);
        cede__spinlock_lock(&pool->lock);
    } else {
        worker->is_set_up = true;
    }
    if (worker->is_set_up)
        worker_work(worker);
    worker_leave(worker);
    cede__dump_leave_worker(&entry);
    return NULL;
}

int cede__worker_start(struct cede__pool *pool)
{
    struct cede__worker *worker = cede__calloc(1, sizeof *worker);
    char name[CEDE__POOL_NAME_SIZE + 12];
    int rc = -ENOMEM;

    if (!worker)
        goto fail;
    worker->pool = pool;
    worker->batch_limit = 1;
    cede__list_init(&worker->sleeping);
    snprintf(name, sizeof name, "%s-%u", pool->name, pool->n_started);
    rc = cede__thread_start(&worker->thread, name, worker_main, worker);
    if (rc < 0)
        goto fail;
    cede__list_append(&pool->workers, &worker->link);
    pool->n_workers++;
    pool->n_searching++;
    pool->n_started++;
    /* Those that have left since are done but for their last instructions. */
    for (struct cede__list *link; (link = cede__list_take(&pool->left));)
        cede__worker_join(cede__container_of(link, struct cede__worker, link));
    return 0;

fail:
    cede__free(worker);
    return cede_raise(rc, "no thread could be started for the pool '%s'", pool->name);
}

void cede__worker_join(struct cede__worker *worker)
{
    (void)pthread_join(worker->thread, NULL); /* fails for what is no thread only */
    cede__free(worker);
}
