/* process_slots.c - jobs go to a worker process and their results come back.
 *
 * The worker's memory is divided by the parent alone, and by numbers that the worker cannot write:
 * input and result of a job lie in its slot if they fit, else behind the slots, in a ring:
 *
 *     [slots] [ ... oldest in use ... newest ] [not used yet        (window)
 *               large_begin          large_end
 *
 * Since jobs end in the order in which they were given, what is used is one stretch, going round.
 * Inputs are copied once, by the manager, out of the submitter's memory; results once, into it.
 *
 * A worker's depth, how many slots it is given, grows while its jobs prove short and shrinks when
 * they do not: long ones are better left in the queue, where any worker may take them.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sys/clock.h"
#include "sys/shared_memory.h"
#include "task/process_pool.h"

enum {
    SHORT_JOB = 20000, /* ns */
    LONG_JOB = 500000,
    LARGE_TOGETHER = 16 << 20, /* bytes of large data under way, unless one job has more */
    LARGE_KEPT = 32 << 20,     /* bytes of memory for it that are kept when none is under way */
    LARGE_STEP = 1 << 20,      /* bytes by which that grows */
    TAKEN_AT_ONCE = 64,        /* results */
};

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

/* Dividing the memory. */

/* Bytes of input and result; SIZE_MAX if they are more than can be. */
static size_t job_size(const struct cede__process_job *job)
{
    const size_t most = SIZE_MAX / 4;

    if (job->in_size > most || job->out_size > most)
        return SIZE_MAX;
    return round_up(job->in_size, 64) + round_up(job->out_size, 64);
}

/* Where large data of `size` bytes may lie; 0: nowhere now. */
static size_t large_find(const struct cede__process *process, size_t size)
{
    const size_t begin = process->large_begin, end = process->large_end;

    if (process->large_used == 0)
        return size <= process->window_size - CEDE__SHARE_LARGE_AT ? CEDE__SHARE_LARGE_AT : 0;
    if (size > LARGE_TOGETHER || process->large_used + size > LARGE_TOGETHER)
        return 0;
    if (end < begin)
        return size < begin - end ? end : 0;
    if (end + size > process->extent && size < begin - CEDE__SHARE_LARGE_AT)
        return CEDE__SHARE_LARGE_AT;
    return size <= process->window_size - end ? end : 0;
}

/* Room for a job's data in the next slot, by numbers only; false: none now. */
static bool slot_reserve(struct cede__process *process, const struct cede__process_job *job)
{
    const uint32_t i = process->n_published % CEDE__SLOTS;
    const size_t size = job_size(job);
    size_t at;

    process->large_sizes[i] = process->large_ends[i] = 0;
    if (size <= CEDE__SLOT_ROOM)
        return true;
    at = large_find(process, size);
    if (at == 0)
        return false;
    if (process->large_used == 0)
        process->large_begin = at;
    process->large_end = at + size;
    process->large_used += size;
    process->large_sizes[i] = size;
    process->large_ends[i] = at + size;
    return true;
}

static void slot_release(struct cede__process *process, uint32_t nth)
{
    const uint32_t i = nth % CEDE__SLOTS;

    if (process->large_ends[i] == 0)
        return;
    process->large_begin = process->large_ends[i];
    process->large_used -= process->large_sizes[i];
    process->large_ends[i] = 0;
    if (process->large_used == 0 && process->extent > CEDE__SHARE_LARGE_AT + LARGE_KEPT) {
        cede__shared_release(process->memory_fd, CEDE__SHARE_LARGE_AT + LARGE_KEPT,
                             process->extent);
        process->extent = CEDE__SHARE_LARGE_AT + LARGE_KEPT;
    }
}

/* Where a job's input lies, from the beginning of the window; its result comes after. */
static size_t slot_data_at(const struct cede__process *process, uint32_t nth)
{
    const uint32_t i = nth % CEDE__SLOTS;

    return process->large_ends[i] > 0 ? process->large_ends[i] - process->large_sizes[i]
                                      : CEDE__CONTROL_SIZE + i * (size_t)CEDE__SLOT_SIZE +
                                            offsetof(struct cede__slot, room);
}

/* Giving. */

/* Write what the worker is to know, and its input; the memory is there afterwards. */
static int slot_fill(struct cede__process *process, uint32_t nth,
                     const struct cede__process_job *job)
{
    const size_t end = process->large_ends[nth % CEDE__SLOTS];
    const size_t in_at = slot_data_at(process, nth);
    struct cede__slot *slot = cede__share_slot(process->window, nth);

    if (end > process->extent) {
        size_t to = round_up(end, LARGE_STEP);
        if (to > process->window_size)
            to = process->window_size;
        CEDE_TRY(cede__shared_extend(process->memory_fd, process->extent, to));
        process->extent = to;
    }
    slot->fn = job->fn;
    slot->in_size = job->in_size;
    slot->out_size = job->out_size;
    slot->in_at = in_at;
    slot->out_at = in_at + round_up(job->in_size, 64);
    if (job->in_size > 0)
        memcpy(process->window + in_at, job->job.future.in, job->in_size);
    return 0;
}

/* Its slot is filled, and its state set, by the caller. */
static void slot_publish(struct cede__process *process, uint32_t n_published)
{
    __atomic_store_n(&cede__process_control(process)->n_published, n_published, __ATOMIC_SEQ_CST);
    cede__process_wake(process);
}

int cede__process_give_init(struct cede__process *process)
{
    const struct cede__process_pool *pool = process->pool;
    const struct cede__process_job job = {.job = {.future = {.in = pool->init_in}},
                                          .fn = pool->init_place,
                                          .in_size = pool->init_in_size};

    if (!slot_reserve(process, &job))
        return -ENOMEM;
    CEDE_TRY(slot_fill(process, 0, &job));
    process->n_published = 1;
    cede__share_slot(process->window, 0)->state = CEDE__SLOT_QUEUED;
    cede__process_control(process)->n_published = 1; /* nobody reads it yet */
    return 0;
}

/* How many jobs of the queue it is to get: its share, as far as its depth goes. */
static size_t process_share(const struct cede__process *process)
{
    const struct cede__process_pool *pool = process->pool;
    const uint32_t load = cede__process_load(process);
    const size_t room = load < process->depth ? process->depth - load : 0;
    size_t share = pool->n_queued / pool->n_processes;

    if (pool->n_per_worker > 0 && process->n_given + room > pool->n_per_worker)
        return pool->n_per_worker - process->n_given; /* READY: it is fewer than that */
    if (share == 0)
        share = 1;
    return share < room ? share : room;
}

/* Under the locks: move jobs from the queue into slots to be filled; one that cannot ever be given
 * is listed. How many were moved. */
static uint32_t process_reserve(struct cede__process *process, size_t n_wanted,
                                struct cede__list *misfits)
{
    struct cede__process_pool *pool = process->pool;
    const uint32_t n_before = process->n_published;

    while (pool->n_queued > 0 && process->n_published - n_before < n_wanted) {
        struct cede__process_job *job =
            cede__container_of(pool->queue.next, struct cede__process_job, link);
        const uint32_t i = process->n_published % CEDE__SLOTS;
        const bool has_room = slot_reserve(process, job);

        if (!has_room && process->large_used > 0)
            break;
        cede__list_remove(&job->link);
        job->is_queued = false;
        pool->n_queued--;
        if (!has_room) {
            pool->n_unfinished--;
            cede__list_append(misfits, &job->link);
            break;
        }
        job->process = process;
        job->nth = process->n_published++;
        process->jobs[i] = job;
        __atomic_store_n(&cede__share_slot(process->window, i)->state, CEDE__SLOT_FILLING,
                         __ATOMIC_RELAXED);
    }
    return process->n_published - n_before;
}

/* Fill its slot and let the worker have it; without memory for that the slot stays empty, and the
 * job is listed. `filling` is held: nobody else changes the slot. */
static void slot_send(struct cede__process *process, uint32_t nth, struct cede__list *failed)
{
    struct cede__process_pool *pool = process->pool;
    struct cede__process_job *job = process->jobs[nth % CEDE__SLOTS];
    struct cede__slot *slot = cede__share_slot(process->window, nth);
    const int rc = slot_fill(process, nth, job);

    if (rc < 0) {
        cede__mutex_lock(&pool->lock);
        process->jobs[nth % CEDE__SLOTS] = NULL;
        job->process = NULL;
        pool->n_unfinished--;
        cede__mutex_unlock(&pool->lock);
        cede__list_append(failed, &job->link);
    }
    __atomic_store_n(&slot->state, rc < 0 ? CEDE__SLOT_WITHDRAWN : CEDE__SLOT_QUEUED,
                     __ATOMIC_RELEASE);
    slot_publish(process, nth + 1);
}

/* Jobs that could not be sent fail. */
static void refuse_all(struct cede__list *jobs, int code, const char *why)
{
    for (struct cede__list *link; (link = cede__list_take(jobs));) {
        struct cede__process_job *job = cede__container_of(link, struct cede__process_job, link);
        struct cede_error record;

        (void)cede_raise(code, "%zu bytes in and %zu out %s", job->in_size, job->out_size, why);
        record = *cede_error_last(); /* just raised; what is called may raise others */
        cede__process_job_refuse(job, &record);
    }
}

bool cede__process_give(struct cede__process *process)
{
    struct cede__process_pool *pool = process->pool;
    struct cede__list misfits, failed;
    uint32_t first, n;
    bool found;

    cede__list_init(&misfits);
    cede__list_init(&failed);
    cede__mutex_lock(&pool->filling);
    cede__mutex_lock(&pool->lock);
    first = process->n_published;
    if (cede__process_load(process) == 0)
        process->busy_since = cede__clock_monotonic();
    n = process_reserve(process, process_share(process), &misfits);
    cede__mutex_unlock(&pool->lock);
    for (uint32_t nth = first; nth != first + n; nth++)
        slot_send(process, nth, &failed);
    cede__mutex_unlock(&pool->filling);
    process->n_given += n;
    found = n > 0 || !cede__list_is_empty(&misfits);
    refuse_all(&misfits, -E2BIG, "are more than a worker can map");
    refuse_all(&failed, -ENOMEM, "are more than there is memory to share");
    return found;
}

/* Taking. */

static void process_distrust(struct cede__process *process)
{
    process->is_mad = true;
    cede__child_kill(&process->child);
}

void cede__process_slot_end(struct cede__process *process, uint32_t nth,
                            struct cede__process_job *job)
{
    const struct cede__slot *slot = cede__share_slot(process->window, nth);
    const int status = slot->status;
    struct cede_error record = {.n_links = 0};

    if (__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) != CEDE__SLOT_DONE) {
        process_distrust(process);
        (void)cede_raise(CEDE_EWORKER, "worker %d has overwritten what it shares with us",
                         process->child.pid);
        record = *cede_error_last();
        cede__process_job_end(job, CEDE_EWORKER, &record);
        return;
    }

    if (status >= 0 && job->out_size > 0)
        memcpy(job->job.future.value,
               process->window + slot_data_at(process, nth) + round_up(job->in_size, 64),
               job->out_size);
    if (status < 0 && slot->has_error)
        cede__remote_error_read(&process->pool->modules, (const void *)slot->room, status, &record);
    cede__process_job_end(job, status, &record);
}

/* How its first job went, which was the pool's init. */
static void init_end(struct cede__process *process)
{
    const struct cede__slot *slot = cede__share_slot(process->window, 0);
    struct cede_error *record = &process->pool->start_error;

    if (slot->status >= 0)
        return;
    process->init_failed = true;
    *record = (struct cede_error){.links = {{.code = slot->status}}, .n_links = 1, .text_end = 1};
    if (slot->has_error)
        cede__remote_error_read(&process->pool->modules, (const void *)slot->room, slot->status,
                                record);
    cede__child_kill(&process->child);
}

/* Under the lock: take jobs out of their slots up to `nth`, as many as fit, with the slots' numbers
 * in jobs[]->nth. How many slots were looked at. */
static uint32_t process_detach(struct cede__process *process, uint32_t n,
                               struct cede__process_job **jobs)
{
    for (uint32_t i = 0; i < n; i++) {
        struct cede__process_job **place = &process->jobs[(process->n_collected + i) % CEDE__SLOTS];
        jobs[i] = *place;
        *place = NULL;
        if (jobs[i]) {
            jobs[i]->process = NULL;
            process->pool->n_unfinished--;
        }
    }
    return n;
}

/* Look how long its jobs took, and how many it should have at once. */
static void process_measure(struct cede__process *process, uint32_t n)
{
    const cede_time now = cede__clock_monotonic();
    const cede_time each = (now - process->busy_since) / n;

    process->busy_since = now;
    if (each < SHORT_JOB && process->depth < CEDE__SLOTS)
        process->depth *= 2;
    else if (each > LONG_JOB && process->depth > CEDE__DEPTH_LEAST)
        process->depth /= 2;
}

bool cede__process_collect(struct cede__process *process)
{
    struct cede__process_pool *pool = process->pool;
    const struct cede__control *control = cede__process_control(process);
    struct cede__process_job *jobs[TAKEN_AT_ONCE];
    const uint32_t n_done =
        __atomic_load_n(&control->n_done, __ATOMIC_ACQUIRE) - process->n_collected;
    uint32_t n_left = n_done;

    if (n_done == 0 || process->is_mad)
        return false;
    if (n_done > cede__process_load(process)) {
        process_distrust(process);
        return false;
    }
    while (n_left > 0) {
        const uint32_t n = n_left < TAKEN_AT_ONCE ? n_left : TAKEN_AT_ONCE;

        cede__mutex_lock(&pool->lock);
        process_detach(process, n, jobs);
        cede__mutex_unlock(&pool->lock);
        for (uint32_t i = 0; i < n; i++) {
            if (jobs[i])
                cede__process_slot_end(process, process->n_collected, jobs[i]);
            else if (process->n_collected == 0 && pool->init)
                init_end(process);
            slot_release(process, process->n_collected++);
        }
        n_left -= n;
    }
    process_measure(process, n_done);
    return true;
}

bool cede__process_take_back(struct cede__process *process)
{
    struct cede__process_pool *pool = process->pool;
    struct cede__process_job *taken[CEDE__SLOTS];
    size_t n = 0, n_wanted;

    cede__mutex_lock(&pool->lock);
    n_wanted = cede__process_load(process) / 2;
    /* The oldest first: they have waited longest. */
    for (uint32_t nth = process->n_collected; nth != process->n_published && n < n_wanted; nth++) {
        struct cede__process_job *job = process->jobs[nth % CEDE__SLOTS];
        if (!job || !cede__slot_change(cede__share_slot(process->window, nth), CEDE__SLOT_QUEUED,
                                       CEDE__SLOT_WITHDRAWN))
            continue;
        process->jobs[nth % CEDE__SLOTS] = NULL;
        taken[n++] = job;
    }
    for (size_t i = n; i > 0; i--)
        cede__process_pool_requeue(pool, taken[i - 1]);
    cede__mutex_unlock(&pool->lock);
    return n > 0;
}
