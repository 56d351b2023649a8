/* process_pool.c - pools of processes: jobs are submitted and cancelled; the pool shut down, killed
 * and freed.
 *
 * process_pool.h says how jobs reach the workers. A job is queued, or in a slot of a worker, or at
 * its end; who takes it out of one of the first two, under the lock, brings it to its end, so there
 * is one who does. The pool's memory stays until it is destroyed and the last future of its jobs is
 * gone.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "sys/thread.h"
#include "task/process_pool.h"
#include "task/task.h"

enum { INIT_IN_MAX = 64 * 1024 };

static struct cede__process_pool *pool_of(const struct cede_executor *executor)
{
    return cede__container_of(executor, struct cede__process_pool, executor);
}

static struct cede__process_job *process_job_of(const struct cede_future *future)
{
    return cede__container_of(future, struct cede__process_job, job.future);
}

static void pool_unref(struct cede__process_pool *pool)
{
    if (__atomic_sub_fetch(&pool->n_refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (pool->poll)
        pool->engine->close(pool->poll);
    cede__free(pool->init_in);
    cede__free(pool);
}

void cede__process_pool_notify(struct cede__process_pool *pool)
{
    __atomic_store_n(&pool->has_news, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&pool->manager_sleeps, __ATOMIC_SEQ_CST) &&
        __atomic_exchange_n(&pool->manager_sleeps, 0, __ATOMIC_SEQ_CST))
        pool->engine->wake(pool->poll);
}

/* Jobs, as futures. */

static void job_destroy(struct cede_future *future)
{
    struct cede__process_job *job = process_job_of(future);

    cede__job_fini(&job->job);
    pool_unref(job->pool);
    cede__free(job);
}

void cede__process_job_end(struct cede__process_job *job, int status, const cede_error *error)
{
    struct cede_error *copy = NULL;

    cede__assert(cede__job_claim(&job->job)); /* see the head */
    if (cede_error_code(error) == status && status < 0) {
        copy = cede__malloc(sizeof *copy);
        if (copy) /* without memory for it, the code travels alone */
            cede__error_copy(copy, error);
    }
    job->job.future.error = copy;
    cede__job_complete(&job->job, status);
    cede__future_unref(&job->job.future);
}

void cede__process_job_refuse(struct cede__process_job *job, const cede_error *error)
{
    const struct cede__job_extra *extra = job->job.future.extra;

    if (extra && extra->drop)
        extra->drop(job->job.future.in);
    cede__process_job_end(job, cede_error_code(error), error);
}

/* One that was taken out before it began. */
static void job_withdraw(struct cede__process_job *job)
{
    struct cede__process_pool *pool = job->pool;

    cede__assert(cede__job_claim(&job->job)); /* see the head */
    cede__job_withdraw(&job->job);
    cede__process_pool_notify(pool); /* which may wait for the last one */
    cede__future_unref(&job->job.future);
}

/* Under the lock: take a job out of the queue or, if it has not begun, out of its slot. */
static bool job_take_out(struct cede__process_job *job)
{
    struct cede__process_pool *pool = job->pool;

    if (job->is_queued) {
        cede__list_remove(&job->link);
        job->is_queued = false;
        pool->n_queued--;
    } else if (job->process && cede__slot_change(cede__share_slot(job->process->window, job->nth),
                                                 CEDE__SLOT_QUEUED, CEDE__SLOT_WITHDRAWN)) {
        job->process->jobs[job->nth % CEDE__SLOTS] = NULL;
        job->process = NULL;
    } else {
        return false;
    }
    pool->n_unfinished--;
    return true;
}

/* Under the lock: have the worker killed that runs it; whether that is under way. */
static bool job_condemn(struct cede__process_job *job)
{
    struct cede__slot *slot;

    if (!job->killable || !job->process)
        return false;
    slot = cede__share_slot(job->process->window, job->nth);
    if (cede__slot_change(slot, CEDE__SLOT_BEGUN, CEDE__SLOT_CONDEMNED)) {
        cede__child_kill(&job->process->child);
        return true;
    }
    return __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) == CEDE__SLOT_CONDEMNED;
}

/* Its input is not copied while `filling` is held: that is a memcpy at most. */
static bool job_cancel(struct cede_future *future)
{
    struct cede__process_job *job = process_job_of(future);
    struct cede__process_pool *pool = job->pool;
    bool is_taken, is_condemned;

    cede__mutex_lock(&pool->filling);
    cede__mutex_lock(&pool->lock);
    is_taken = job_take_out(job);
    is_condemned = !is_taken && job_condemn(job);
    cede__mutex_unlock(&pool->lock);
    cede__mutex_unlock(&pool->filling);
    if (is_taken)
        job_withdraw(job);
    return is_taken || is_condemned;
}

static bool job_is_running(struct cede_future *future)
{
    struct cede__process_job *job = process_job_of(future);
    bool is_running = false;

    cede__mutex_lock(&job->pool->lock);
    if (job->process) {
        const struct cede__slot *slot = cede__share_slot(job->process->window, job->nth);
        const uint32_t state = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);
        is_running =
            state == CEDE__SLOT_BEGUN || state == CEDE__SLOT_DONE || state == CEDE__SLOT_CONDEMNED;
    }
    cede__mutex_unlock(&job->pool->lock);
    return is_running;
}

static const struct cede__future_kind job_kind = {
    .noun = "Job",
    .destroy = job_destroy,
    .cancel = job_cancel,
    .describe = cede__job_describe,
    .is_running = job_is_running,
};

/* Submitting. */

/* What can be sent? Under the lock. 0, or -EINVAL, raised. */
static int pool_find_place(struct cede__process_pool *pool, cede_job_fn *fn)
{
    if (fn == pool->last_fn)
        return 0;
    if (!cede__place_of(&pool->modules, (uintptr_t)fn, &pool->last_place)) {
        cede__modules_read(&pool->modules); /* loaded since? */
        if (!cede__place_of(&pool->modules, (uintptr_t)fn, &pool->last_place)) {
            pool->last_fn = NULL;
            return cede_raise(-EINVAL, "the function lies in no file: a worker has none like it");
        }
    }
    pool->last_fn = fn;
    return 0;
}

static int job_check(const cede_job *what)
{
    if ((what->in != NULL) != (what->in_size > 0) || (what->out != NULL) != (what->out_size > 0))
        return cede_raise(-EINVAL, "a process gets its input and result as bytes: how many?");
    return 0;
}

static struct cede__process_job *job_create(struct cede__process_pool *pool, const cede_job *what)
{
    struct cede__job_extra *extra = NULL;
    struct cede__process_job *job;

    if (cede__job_needs_extra(what) && !(extra = cede__job_extra_create(what, cede__loop_here)))
        return NULL;
    job = cede__malloc(sizeof *job);
    if (!job) {
        cede__job_extra_drop(extra);
        (void)cede_raise(-ENOMEM, "no memory for a job");
        return NULL;
    }
    cede__job_init(&job->job, &job_kind, what, extra);
    job->job.future.n_refs = 2; /* the caller's and the queue's */
    job->pool = pool;
    job->process = NULL;
    job->n_retries = what->n_retries;
    job->killable = what->killable;
    job->in_size = what->in_size;
    job->out_size = what->out_size;
    return job;
}

static cede_future *pool_submit(struct cede_executor *executor, const cede_job *what)
{
    struct cede__process_pool *pool = pool_of(executor);
    struct cede__process_job *job;
    int rc = job_check(what);

    job = rc == 0 ? job_create(pool, what) : NULL;
    if (!job)
        return NULL;
    cede__mutex_lock(&pool->lock);
    rc = pool->closing ? cede_raise(CEDE_ESHUTDOWN, "the pool '%s' has been shut down", pool->name)
                       : pool_find_place(pool, what->fn);
    if (rc < 0) {
        cede__mutex_unlock(&pool->lock);
        cede__job_extra_drop(job->job.future.extra);
        cede__free(job);
        return NULL;
    }
    job->fn = pool->last_place;
    __atomic_add_fetch(&pool->n_refs, 1, __ATOMIC_RELAXED);
    job->is_queued = true;
    cede__list_append(&pool->queue, &job->link);
    pool->n_queued++;
    pool->n_unfinished++;
    cede__mutex_unlock(&pool->lock);
    cede__process_pool_notify(pool);
    return &job->job.future;
}

void cede__process_pool_requeue(struct cede__process_pool *pool, struct cede__process_job *job)
{
    job->process = NULL;
    job->is_queued = true;
    cede__list_prepend(&pool->queue, &job->link);
    pool->n_queued++;
}

/* The end. */

/* Under the lock: a job in a slot of a worker that has not begun, taken out; NULL if there is
 * none. */
static struct cede__process_job *process_take_unbegun(struct cede__process *process)
{
    for (uint32_t i = 0; i < CEDE__SLOTS; i++) {
        struct cede__process_job *job = process->jobs[i];
        if (job && job_take_out(job))
            return job;
    }
    return NULL;
}

/* A job that has not begun, taken out; NULL if there is none. */
static struct cede__process_job *pool_take_unbegun(struct cede__process_pool *pool)
{
    struct cede__process_job *job = NULL;

    cede__mutex_lock(&pool->filling); /* so that none is halfway */
    cede__mutex_lock(&pool->lock);
    if (pool->n_queued > 0) {
        job = cede__container_of(pool->queue.next, struct cede__process_job, link);
        (void)job_take_out(job); /* it is queued */
    }
    for (struct cede__list *link = pool->processes.next; !job && link != &pool->processes;
         link = link->next)
        job = process_take_unbegun(cede__container_of(link, struct cede__process, link));
    cede__mutex_unlock(&pool->lock);
    cede__mutex_unlock(&pool->filling);
    return job;
}

static void pool_close(struct cede__process_pool *pool)
{
    cede__mutex_lock(&pool->lock);
    pool->closing = true;
    cede__mutex_unlock(&pool->lock);
    cede__process_pool_notify(pool);
}

static int pool_shutdown(struct cede_executor *executor, const cede_shutdown_options *options)
{
    struct cede__process_pool *pool = pool_of(executor);

    pool_close(pool);
    if (options->cancel_queued) {
        struct cede__process_job *job;
        while ((job = pool_take_unbegun(pool)))
            job_withdraw(job);
    }
    if (options->no_wait)
        return 0;
    if (pthread_equal(pthread_self(), pool->manager))
        return cede_raise(-EDEADLK, "a callback of a job waits for the end of its own pool '%s'",
                          pool->name);
    return cede_shield(&pool->ended);
}

static void pool_destroy(struct cede_executor *executor)
{
    struct cede__process_pool *pool = pool_of(executor);

    cede__assert(!pthread_equal(pthread_self(), pool->manager)); /* not in a callback of a job */
    pool_close(pool);
    if (cede__task_here())
        /* so that other tasks go on; shielded: returns 0 */
        (void)cede__future_wait(&pool->ended, true);
    (void)pthread_join(pool->manager, NULL); /* fails for what is no thread only */
    pool_unref(pool);
}

static unsigned pool_width(const struct cede_executor *executor)
{
    return pool_of(executor)->n_max;
}

static const struct cede__executor_kind pool_kind = {
    .noun = "process pool",
    .submit = pool_submit,
    .shutdown = pool_shutdown,
    .destroy = pool_destroy,
    .width = pool_width,
    .is_remote = true,
};

int cede_process_pool_kill(cede_executor *executor)
{
    struct cede__process_pool *pool;

    if (!executor || executor->kind != &pool_kind)
        return cede_raise(-EINVAL, "not a pool of processes");
    pool = pool_of(executor);
    cede__mutex_lock(&pool->lock);
    for (struct cede__list *link = pool->processes.next; link != &pool->processes;
         link = link->next) {
        struct cede__process *process = cede__container_of(link, struct cede__process, link);
        process->is_condemned = true;
        cede__child_kill(&process->child);
    }
    cede__mutex_unlock(&pool->lock);
    return 0;
}

/* The beginning. */

static bool ended_cancel(struct cede_future *future)
{
    (void)future;
    return false; /* nobody has it but for waiting */
}

static const struct cede__future_kind ended_kind = {.noun = "Shutdown", .cancel = ended_cancel};

static int options_check(const cede_process_pool_options *options)
{
    if (!cede__process_program())
        return cede_raise(-EINVAL, "workers need cede_process_init(argc, argv) as the first line "
                                   "of main: it was not called");
    if (options->init_in_size > INIT_IN_MAX || (options->init_in_size > 0 && !options->init_in))
        return cede_raise(-EINVAL, "init_in of %zu bytes: up to %d are copied",
                          options->init_in_size, (int)INIT_IN_MAX);
    return 0;
}

/* What may fail. 0, or a negative code, raised. */
static int pool_open(struct cede__process_pool *pool, const cede_process_pool_options *options)
{
    int rc;

    cede__modules_read(&pool->modules);
    if (options->init) {
        CEDE_TRY(pool_find_place(pool, options->init));
        pool->init_place = pool->last_place;
    }
    if (options->init_in_size > 0) {
        pool->init_in = cede__malloc(options->init_in_size);
        if (!pool->init_in)
            return cede_raise(-ENOMEM, "no memory for a pool of processes");
        memcpy(pool->init_in, options->init_in, options->init_in_size);
    }
    rc = pool->engine->open(&pool->poll);
    if (rc == 0)
        rc = cede__thread_start(&pool->manager, pool->name, cede__process_manager, pool);
    return rc < 0 ? cede_raise(rc, "a pool of processes could not be made") : 0;
}

cede_executor *cede_process_pool(const cede_process_pool_options *options)
{
    static const cede_process_pool_options defaults;
    const cede_process_pool_options *o = options ? options : &defaults;
    struct cede__process_pool *pool;

    if (options_check(o) < 0)
        return NULL;
    pool = cede__calloc(1, sizeof *pool);
    if (!pool) {
        (void)cede_raise(-ENOMEM, "no memory for a pool of processes");
        return NULL;
    }
    pool->executor.kind = &pool_kind;
    pool->engine = &cede__poll_epoll;
    pool->n_max = o->n_workers ? o->n_workers : (unsigned)cede__cpu_count();
    pool->n_per_worker = o->n_jobs_per_worker;
    pool->init = o->init;
    pool->init_in_size = o->init_in_size;
    pool->n_refs = 1;
    snprintf(pool->name, sizeof pool->name, "%s", o->name ? o->name : "cede");
    cede__future_init(&pool->ended, &ended_kind, NULL);
    cede__future_init_shared(&pool->ended);
    cede__list_init(&pool->processes);
    cede__list_init(&pool->queue);
    if (pool_open(pool, o) < 0) {
        pool_unref(pool);
        return NULL;
    }
    return &pool->executor;
}
