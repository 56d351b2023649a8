/* thread_pool.c - pools of threads: jobs are submitted, waited for, withdrawn; the pool shut down
 * and freed.
 *
 * thread_pool.h says how jobs reach the workers, worker.c what those do. The pool's memory stays
 * until it is destroyed and the last future of its jobs is gone.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "sys/clock.h"
#include "sys/thread.h"
#include "task/admission.h"
#include "task/task.h"

static struct cede__pool *pool_of(struct cede_executor *executor)
{
    return cede__container_of(executor, struct cede__pool, executor);
}

static struct cede__pool *pool_of_job(const struct cede__job *job)
{
    return cede__container_of(cede__job_block_of(job)->chunk->store, struct cede__pool, jobs);
}

/* Under the lock: nobody has anything of it any more. */
static bool pool_is_over(const struct cede__pool *pool)
{
    return pool->orphaned && pool->jobs.n_used == 0 && pool->n_inside == 0;
}

static void pool_free(struct cede__pool *pool)
{
    cede__job_queue_fini(&pool->queue);
    cede__job_store_fini(&pool->jobs);
    cede__free((void *)pool->failure);
    cede__free(pool->memory);
}

/* Jobs, as futures. */

static void job_destroy(struct cede_future *future)
{
    struct cede__job *job = cede__job_of(future);
    struct cede__job_block *block = cede__job_block_of(job);
    struct cede__pool *pool;
    bool is_last;

    cede__job_fini(job);
    if (cede__likely(!cede__job_free(job)))
        return;
    pool = cede__container_of(block->chunk->store, struct cede__pool, jobs);
    cede__spinlock_lock(&pool->lock);
    cede__job_give_block(&pool->jobs, block);
    is_last = pool_is_over(pool);
    cede__spinlock_unlock(&pool->lock);
    if (is_last)
        pool_free(pool);
}

/* Whether the caller is a worker of the job's pool. */
static bool job_is_of_here(const struct cede__job *job)
{
    return cede__worker_here && cede__worker_here->pool == pool_of_job(job);
}

static void job_work_here(struct cede_future *future)
{
    struct cede__job *job = cede__job_of(future);

    if (job_is_of_here(job) && cede__job_claim(job))
        cede__job_run_here(job);
}

static bool job_lend(struct cede_future *future)
{
    struct cede__worker *worker = cede__worker_here, *next = NULL;
    struct cede__pool *pool;

    if (!job_is_of_here(cede__job_of(future)))
        return false;
    if (worker->n_lent++ > 0)
        return true;
    pool = worker->pool;
    cede__spinlock_lock(&pool->lock);
    pool->n_blocked++;
    cede__worker_set_quick(worker, false);
    if (cede__job_queue_n(&pool->queue) > 0 ||
        __atomic_load_n(&worker->first, __ATOMIC_RELAXED) <
            __atomic_load_n(&worker->end, __ATOMIC_RELAXED)) {
        next = cede__worker_pick(pool);
        if (!next && pool->n_searching == 0 && cede__pool_may_start(pool))
            (void)cede__worker_start(pool); /* or those there are must do */
    }
    cede__spinlock_unlock(&pool->lock);
    cede__worker_wake(next);
    return true;
}

static void job_reclaim(struct cede_future *future)
{
    struct cede__worker *worker = cede__worker_here;

    (void)future;
    if (--worker->n_lent > 0)
        return;
    cede__spinlock_lock(&worker->pool->lock);
    worker->pool->n_blocked--;
    cede__spinlock_unlock(&worker->pool->lock);
}

static const struct cede__future_kind job_kind = {
    .noun = "Job",
    .destroy = job_destroy,
    .cancel = cede__job_cancel,
    .describe = cede__job_describe,
    .work_here = job_work_here,
    .lend = job_lend,
    .reclaim = job_reclaim,
};

struct cede__pool *cede__pool_of_queued(const struct cede_future *future)
{
    const bool is_queued =
        future->kind == &job_kind && cede__future_state(future) == CEDE__FUTURE_PENDING;

    return is_queued ? pool_of_job(cede__container_of(future, struct cede__job, future)) : NULL;
}

bool cede__pool_lends(const struct cede_future *future)
{
    return future->kind == &job_kind &&
           job_is_of_here(cede__container_of(future, struct cede__job, future));
}

bool cede__pool_is_held_up(struct cede__pool *pool, unsigned n_waits, unsigned n_lenders)
{
    cede__spinlock_lock(&pool->lock);
    const bool is_held_up =
        pool->n_workers == n_waits && pool->n_workers >= pool->n_max + n_lenders;
    cede__spinlock_unlock(&pool->lock);
    return is_held_up;
}

/* Submitting. */

enum { PREFETCH = 8 }; /* jobs ahead, in the order of memory */

static int pool_refuse(const struct cede__pool *pool)
{
    if (!pool->is_broken)
        return cede_raise(CEDE_ESHUTDOWN, "the pool '%s' has been shut down", pool->name);
    if (!pool->failure)
        return cede_raise(CEDE_EBROKEN, "the pool '%s' is broken", pool->name);
    cede__error_adopt(pool->failure, CEDE_EBROKEN);
    return CEDE_EBROKEN;
}

/* Under the lock, that may be let go meanwhile: room for one more job and somebody to run it. */
static int pool_prepare(struct cede__pool *pool, int priority)
{
    if (cede__unlikely(pool->queue_limit > 0) && cede__admission_is_due(pool))
        CEDE_TRY(cede__admission_wait(pool));
    if (cede__unlikely(pool->closing))
        return pool_refuse(pool);
    if (cede__unlikely(cede__job_queue_reserve(&pool->queue, priority) < 0))
        return cede_raise(-ENOMEM, "no memory for another job in the queue");
    if (cede__unlikely(cede__pool_may_start(pool)) &&
        cede__job_queue_n(&pool->queue) >= pool->n_sleepers + pool->n_searching &&
        cede__worker_start(pool) < 0 && pool->n_workers == 0)
        return cede_error_code(cede_error_last());
    return 0;
}

static cede_future *pool_submit(struct cede_executor *executor, const cede_job *what)
{
    struct cede__pool *pool = pool_of(executor);
    struct cede__worker *sleeper = NULL;
    struct cede__job_extra *extra = NULL;
    struct cede__job *job = NULL;
    bool is_over;

    if (cede__unlikely(cede__job_needs_extra(what)) &&
        !(extra = cede__job_extra_create(what, cede__loop_here)))
        goto fail;
    cede__spinlock_lock(&pool->lock);
    if (cede__unlikely(pool_prepare(pool, what->priority) < 0))
        goto out;
    job = cede__job_take(&pool->jobs);
    if (cede__unlikely(!job)) {
        (void)cede_raise(-ENOMEM, "no memory for a job");
        goto out;
    }
    cede__job_init(job, &job_kind, what, extra);
    job->future.n_refs = 2; /* the caller's and the queue's */
    __builtin_prefetch(job + PREFETCH, 1);
    cede__job_queue_put(&pool->queue, job, what->priority);
    sleeper = cede__worker_pick(pool);
out:
    is_over = cede__unlikely(pool->orphaned) && pool_is_over(pool);
    cede__spinlock_unlock(&pool->lock);
    cede__worker_wake(sleeper);
    if (cede__likely(job != NULL))
        return &job->future;
    if (is_over)
        pool_free(pool);
fail:
    cede__job_extra_drop(extra);
    return NULL;
}

/* The end. */

struct cede__job *cede__pool_take_queued(struct cede__pool *pool)
{
    struct cede__job *job;

    cede__spinlock_lock(&pool->lock);
    job = cede__job_queue_take(&pool->queue);
    if (!job)
        job = cede__worker_steal(pool);
    cede__spinlock_unlock(&pool->lock);
    return job;
}

static void pool_close(struct cede__pool *pool)
{
    bool is_first, is_empty;

    cede__spinlock_lock(&pool->lock);
    is_first = !pool->closing;
    is_empty = pool->n_workers + pool->n_leaving == 0;
    __atomic_store_n(&pool->closing, true, __ATOMIC_RELAXED);
    for (struct cede__list *link; (link = cede__list_take(&pool->sleepers));) {
        pool->n_sleepers--;
        pool->n_searching++;
        /* Under the lock: it cannot leave and be freed before it was woken. */
        cede__worker_wake(cede__container_of(link, struct cede__worker, sleeping));
    }
    cede__spinlock_unlock(&pool->lock);
    cede__admission_open(pool);
    if (is_first && is_empty)
        cede__future_complete_claimed(&pool->ended, 0);
}

void cede__pool_break(struct cede__pool *pool, int code)
{
    struct cede__job *job;
    cede_error *failure;

    if (cede_error_code(cede_error_last()) != code)
        (void)cede_raise(code, "returned by what sets up a thread");
    (void)cede_raise_from(CEDE_EBROKEN, "the pool '%s' is broken: a thread could not be set up",
                          pool->name);
    failure = cede__malloc(sizeof *failure);
    if (failure)
        cede__error_copy(failure, cede_error_last());
    cede__spinlock_lock(&pool->lock);
    if (!pool->is_broken) {
        pool->is_broken = true;
        pool->failure = failure;
        failure = NULL;
    }
    cede__spinlock_unlock(&pool->lock);
    cede__free(failure);
    pool_close(pool);
    while ((job = cede__pool_take_queued(pool))) {
        if (cede__job_claim(job))
            cede__job_fail(job, CEDE_EBROKEN);
        cede__future_unref(&job->future);
    }
}

static int pool_shutdown(struct cede_executor *executor, const cede_shutdown_options *options)
{
    struct cede__pool *pool = pool_of(executor);
    struct cede__job *job;

    pool_close(pool);
    while (options->cancel_queued && (job = cede__pool_take_queued(pool))) {
        (void)cede__job_cancel(&job->future); /* cancelled before: as well */
        cede_future_unref(&job->future);
    }
    if (options->no_wait)
        return 0;
    if (cede__worker_here && cede__worker_here->pool == pool)
        return cede_raise(-EDEADLK, "a job waits for the end of its own pool '%s'", pool->name);
    return cede_shield(&pool->ended);
}

/* When all have left, or are about to. */
static void pool_join(struct cede__pool *pool)
{
    struct cede__list workers;

    cede__list_init(&workers);
    cede__spinlock_lock(&pool->lock);
    pool->destroying = true;
    cede__list_splice(&workers, &pool->workers);
    cede__list_splice(&workers, &pool->left);
    cede__spinlock_unlock(&pool->lock);
    for (struct cede__list *link; (link = cede__list_take(&workers));)
        cede__worker_join(cede__container_of(link, struct cede__worker, link));
}

static void pool_destroy(struct cede_executor *executor)
{
    struct cede__pool *pool = pool_of(executor);
    bool is_last;

    /* not in a job of its own */
    cede__assert(!cede__worker_here || cede__worker_here->pool != pool);
    pool_close(pool);
    /* So that other tasks go on, and that jobs that wait for each other are seen; shielded: returns
     * 0. A callback on a loop's thread can only block. */
    if (cede__task_here() || !cede__loop_here)
        (void)cede__future_wait(&pool->ended, true);
    pool_join(pool);

    cede__spinlock_lock(&pool->lock);
    pool->orphaned = true;
    cede__job_store_close(&pool->jobs);
    is_last = pool_is_over(pool);
    cede__spinlock_unlock(&pool->lock);
    if (is_last)
        pool_free(pool);
}

/* They run on, and are gone when they end, or with the process: nobody joins them. */
static void pool_let_threads_go(struct cede__pool *pool)
{
    cede__spinlock_lock(&pool->lock);
    pool->destroying = true;
    cede__list_splice(&pool->workers, &pool->left);
    for (struct cede__list *link = pool->workers.next; link != &pool->workers; link = link->next)
        (void)pthread_detach(cede__container_of(link, struct cede__worker, link)->thread);
    cede__spinlock_unlock(&pool->lock);
}

void cede__pool_end(struct cede_executor *executor, cede_time deadline)
{
    static const cede_shutdown_options options = {.no_wait = true, .cancel_queued = true};
    struct cede__pool *pool = pool_of(executor);
    uint32_t nobody = 0;

    (void)pool_shutdown(executor, &options);
    if (cede__worker_here && cede__worker_here->pool == pool)
        return; /* a job of it ends the process */
    while (!cede__future_done(&pool->ended)) {
        const cede_time now = cede__clock_monotonic();
        if (now >= deadline) {
            pool_let_threads_go(pool);
            return;
        }
        (void)cede__futex_wait(&nobody, 0, now + CEDE_MS(1));
    }
    pool_join(pool);
}

static unsigned pool_width(const struct cede_executor *executor)
{
    return cede__container_of(executor, struct cede__pool, executor)->n_max;
}

/* The beginning. */

static bool ended_cancel(struct cede_future *future)
{
    (void)future;
    return false; /* nobody has it but for waiting */
}

/* A pool ends after each of its jobs. */
static bool ended_needs(const struct cede_future *future, const struct cede_future *job)
{
    const struct cede__pool *pool = cede__container_of(future, struct cede__pool, ended);

    return job->kind == &job_kind &&
           pool_of_job(cede__container_of(job, struct cede__job, future)) == pool;
}

static const struct cede__future_kind ended_kind = {
    .noun = "Shutdown", .cancel = ended_cancel, .needs = ended_needs};

static const struct cede__executor_kind pool_kind = {
    .noun = "thread pool",
    .submit = pool_submit,
    .shutdown = pool_shutdown,
    .destroy = pool_destroy,
    .width = pool_width,
};

static unsigned default_threads(void)
{
    const unsigned n = (unsigned)cede__cpu_count() + 4;

    return n < 32 ? n : 32;
}

cede_executor *cede_thread_pool(const cede_pool_options *options)
{
    static const cede_pool_options defaults;
    const cede_pool_options *o = options ? options : &defaults;
    struct cede__pool *pool;
    void *memory = cede__calloc(1, sizeof *pool + _Alignof(struct cede__pool));

    if (!memory) {
        (void)cede_raise(-ENOMEM, "no memory for a pool of threads");
        return NULL;
    }
    pool = (struct cede__pool *)(((uintptr_t)memory + _Alignof(struct cede__pool)) &
                                 ~(uintptr_t)(_Alignof(struct cede__pool) - 1));
    pool->memory = memory;
    pool->executor.kind = &pool_kind;
    pool->n_max = o->n_threads ? o->n_threads : default_threads();
    snprintf(pool->name, sizeof pool->name, "%s", o->name ? o->name : "cede");
    cede__future_init(&pool->ended, &ended_kind, NULL);
    cede__future_init_shared(&pool->ended);
    cede__job_store_init(&pool->jobs);
    cede__list_init(&pool->workers);
    cede__list_init(&pool->left);
    cede__list_init(&pool->sleepers);
    cede__list_init(&pool->entrants);
    pool->queue_limit = o->queue_limit;
    pool->refuses = o->refuse_when_full;
    pool->init = o->init;
    pool->fini = o->fini;
    pool->arg = o->arg;
    return &pool->executor;
}
