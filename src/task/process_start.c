/* process_start.c - a worker process is started, told to stop, buried.
 *
 *     STARTING --> READY --> RETIRING --> STOPPING --> ended --> buried
 *
 * It may end at any time, by itself or killed, and is then buried from whatever state it was in:
 * the job it had begun fails or is tried again, those it had not begun go back to the queue.
 * Called by the pool's manager.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/shared_memory.h"
#include "task/process_pool.h"

#define WINDOW_LARGEST  ((size_t)1 << 36)
#define WINDOW_SMALLEST ((size_t)1 << 24)
#define START_LIMIT     CEDE_S(60) /* for a worker to say that it is ready */

/* Starting. */

static void process_free(struct cede__process *process)
{
    if (process->window)
        cede__pages_unmap(process->window, process->window_size);
    if (process->memory_fd >= 0)
        (void)cede__file_close(process->memory_fd);
    cede__child_close(&process->child);
    cede__free(process);
}

/* Make the memory and a window on it, as large as there is room for. 0, or -errno. */
static int process_map(struct cede__process *process)
{
    struct cede__control *control;
    int rc;

    process->memory_fd = cede__shared_create();
    if (process->memory_fd < 0)
        return process->memory_fd;
    process->extent = CEDE__SHARE_LARGE_AT;
    rc = cede__shared_extend(process->memory_fd, 0, process->extent);
    if (rc < 0)
        return rc;
    for (size_t size = WINDOW_LARGEST; !process->window && size >= WINDOW_SMALLEST; size /= 2) {
        process->window = cede__shared_map(process->memory_fd, size);
        process->window_size = size;
    }
    if (!process->window)
        return -ENOMEM;
    control = cede__process_control(process);
    control->window_size = process->window_size;
    snprintf(control->version, sizeof control->version, "%s", CEDE__VERSION);
    return 0;
}

static int process_watch(struct cede__process *process)
{
    struct cede__process_pool *pool = process->pool;
    const int rc =
        pool->engine->add(pool->poll, process->child.socket, CEDE__POLL_READ, &process->has_rung);

    return rc < 0 ? rc
                  : pool->engine->add(pool->poll, process->child.pidfd, CEDE__POLL_READ,
                                      &process->has_died);
}

static void process_unwatch(struct cede__process *process)
{
    struct cede__process_pool *pool = process->pool;

    pool->engine->remove(pool->poll, process->child.socket);
    pool->engine->remove(pool->poll, process->child.pidfd);
}

int cede__process_start(struct cede__process_pool *pool)
{
    static char word[] = CEDE__WORKER_WORD;
    char *argv[] = {cede__process_program(), word, NULL};
    struct cede__process *process = cede__calloc(1, sizeof *process);
    int rc = -ENOMEM;

    if (!process)
        goto fail;
    process->pool = pool;
    process->memory_fd = process->child.socket = process->child.pidfd = -1;
    process->depth = CEDE__DEPTH_LEAST;
    process->large_begin = process->large_end = CEDE__SHARE_LARGE_AT;
    process->deadline = cede__clock_monotonic() + START_LIMIT;
    rc = process_map(process);
    if (rc == 0 && pool->init)
        rc = cede__process_give_init(process);
    if (rc == 0)
        rc = cede__child_start(argv, process->memory_fd, &process->child);
    if (rc < 0)
        goto fail;
    rc = process_watch(process);
    if (rc < 0) {
        struct cede__child_end end;
        cede__child_kill(&process->child);
        cede__child_reap(&process->child, &end);
        process_unwatch(process);
        goto fail;
    }
    cede__mutex_lock(&pool->lock);
    cede__list_append(&pool->processes, &process->link);
    cede__mutex_unlock(&pool->lock);
    pool->n_processes++;
    return 0;

fail:
    if (process)
        process_free(process);
    return cede_raise(rc, "no worker process could be started for the pool '%s'", pool->name);
}

void cede__process_wake(struct cede__process *process)
{
    struct cede__control *control = cede__process_control(process);

    if (__atomic_load_n(&control->worker_sleeps, __ATOMIC_SEQ_CST) &&
        __atomic_exchange_n(&control->worker_sleeps, 0, __ATOMIC_SEQ_CST))
        cede__bell_ring(process->child.socket);
}

void cede__process_stop(struct cede__process *process, cede_time deadline)
{
    process->state = CEDE__PROCESS_STOPPING;
    process->deadline = deadline;
    __atomic_store_n(&cede__process_control(process)->stop, 1, __ATOMIC_SEQ_CST);
    cede__process_wake(process);
}

/* The end. */

/* Raise what became of it: "worker 17 was killed by SIGKILL ...". */
static void raise_death(struct cede__process *process, const char *doing, const char *what)
{
    const struct cede__control *control = cede__process_control(process);
    const int crash = __atomic_load_n(&control->crash_signal, __ATOMIC_ACQUIRE);
    const int pid = process->child.pid;
    struct cede__child_end end;

    cede__child_reap(&process->child, &end);
    if (!end.is_known)
        (void)cede_raise(CEDE_EWORKER, "worker %d ended %s%s: nobody knows how", pid, doing, what);
    else if (end.signal == 0 && end.status == CEDE__WORKER_CANNOT_MAP &&
             process->state == CEDE__PROCESS_STARTING)
        (void)cede_raise(-ENOMEM, "worker %d could not map its memory", pid);
    else if (end.signal == 0)
        (void)cede_raise(CEDE_EWORKER, "worker %d exited with status %d %s%s", pid, end.status,
                         doing, what);
    else
        (void)cede_raise(CEDE_EWORKER, "worker %d was killed by signal %d (%s) %s%s", pid,
                         crash > 0 ? crash : end.signal,
                         cede__signal_name(crash > 0 ? crash : end.signal), doing, what);
}

/* Add where it crashed, if it could still tell. */
static void add_crash(const struct cede__process *process, struct cede_error *record)
{
    const struct cede__control *control = cede__process_control(process);
    size_t n = __atomic_load_n(&control->n_crash_places, __ATOMIC_ACQUIRE);

    if (n > CEDE__CRASH_PLACES)
        n = CEDE__CRASH_PLACES;
    if (n > 0 && record->n_links > 0)
        cede__remote_error_add_places(&process->pool->modules, control->crash_places, n, record);
}

/* Under the lock: queue again what it had not begun, or is to be retried; the others, which it had
 * begun, are listed, oldest first. */
static void process_empty(struct cede__process *process, struct cede__list *begun)
{
    for (uint32_t nth = process->n_published; nth != process->n_collected;) {
        struct cede__process_job *job = process->jobs[--nth % CEDE__SLOTS];
        uint32_t state;

        if (!job)
            continue;
        state = __atomic_load_n(&cede__share_slot(process->window, nth)->state, __ATOMIC_ACQUIRE);
        process->jobs[nth % CEDE__SLOTS] = NULL;
        job->process = NULL;
        if (state == CEDE__SLOT_QUEUED) {
            cede__process_pool_requeue(process->pool, job);
        } else if (state == CEDE__SLOT_BEGUN && job->n_retries > 0 && !process->is_condemned) {
            job->n_retries--;
            cede__process_pool_requeue(process->pool, job);
        } else {
            process->pool->n_unfinished--;
            cede__list_prepend(begun, &job->link);
        }
    }
}

/* Jobs that had begun end as their slots say, or with `record`. */
static void end_begun(struct cede__process *process, struct cede__list *begun,
                      const struct cede_error *record)
{
    for (struct cede__list *link; (link = cede__list_take(begun));) {
        struct cede__process_job *job = cede__container_of(link, struct cede__process_job, link);
        const struct cede__slot *slot = cede__share_slot(process->window, job->nth);
        const uint32_t state = __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE);

        if (state == CEDE__SLOT_DONE) /* it could just not say so any more */
            cede__process_slot_end(process, job->nth, job);
        else if (state == CEDE__SLOT_CONDEMNED)
            cede__process_job_end(job, -ECANCELED, NULL);
        else
            cede__process_job_end(job, cede_error_code(record), record);
    }
}

/* It died before it was of any use. */
static void note_failed_start(const struct cede__process *process, const struct cede_error *record)
{
    struct cede__process_pool *pool = process->pool;

    /* what an init that failed has left is better */
    if (!process->init_failed)
        cede__error_copy(&pool->start_error, record);
    pool->n_failed_starts = process->init_failed ? CEDE__STARTS : pool->n_failed_starts + 1;
    pool->next_start = cede__clock_monotonic() + CEDE_MS(100);
}

void cede__process_bury(struct cede__process *process)
{
    struct cede__process_pool *pool = process->pool;
    const struct cede__process_job *victim = NULL;
    struct cede_error record;
    struct cede__list begun;
    char what[80] = "";

    (void)cede__process_collect(process); /* what it had finished is good */
    process_unwatch(process);
    cede__list_init(&begun);
    cede__mutex_lock(&pool->lock);
    cede__list_remove(&process->link);
    process_empty(process, &begun);
    cede__mutex_unlock(&pool->lock);
    pool->n_processes--;

    if (!cede__list_is_empty(&begun))
        victim = cede__container_of(begun.next, struct cede__process_job, link);
    if (victim && victim->job.future.extra && victim->job.future.extra->name)
        snprintf(what, sizeof what, " '%s'", victim->job.future.extra->name);
    raise_death(process,
                process->state == CEDE__PROCESS_STARTING ? "before it was ready"
                                                         : "while it ran a job",
                what);
    record = *cede_error_last(); /* just raised; callbacks of futures may raise others */
    add_crash(process, &record);
    if (process->state == CEDE__PROCESS_STARTING && !process->is_condemned)
        note_failed_start(process, &record);
    end_begun(process, &begun, &record);
    process_free(process);
}
