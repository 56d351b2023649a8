/* job_queue.c - jobs of a pool that wait for a thread: those of other priorities than 0.
 *
 * A list of levels, the highest priority first, each a ring. A level stays when it is empty: a
 * program uses few priorities, and uses them again. job_queue.h does what is done for every job.
 */
/* SPDX-License-Identifier: MIT */
#include "task/job_queue.h"

/* Where the level of `priority` is or would be. */
static struct cede__job_level **level_place(struct cede__job_queue *queue, int priority)
{
    struct cede__job_level **place = &queue->levels;

    while (*place && (*place)->priority > priority)
        place = &(*place)->next;
    return place;
}

int cede__job_queue_reserve_other(struct cede__job_queue *queue, int priority)
{
    struct cede__job_level **place = level_place(queue, priority);
    struct cede__job_level *level = *place;

    if (!level || level->priority != priority) {
        level = cede__calloc(1, sizeof *level);
        if (!level)
            return -ENOMEM;
        level->priority = priority;
        level->next = *place;
        *place = level;
    }
    return cede__ring_reserve(&level->ring);
}

void cede__job_queue_put_other(struct cede__job_queue *queue, struct cede__job *job, int priority)
{
    struct cede__job_level *level = *level_place(queue, priority);

    cede__assert(level); /* reserved */
    cede__ring_put(&level->ring, job);
    __atomic_store_n(&queue->n_others, queue->n_others + 1, __ATOMIC_RELAXED);
}

struct cede__job *cede__job_queue_take(struct cede__job_queue *queue)
{
    struct cede__job_level *level = queue->n_others > 0 ? queue->levels : NULL;

    while (level && level->ring.n == 0)
        level = level->next;
    if (queue->ring.n > 0 && (!level || level->priority < 0))
        return cede__ring_take(&queue->ring);
    if (!level)
        return NULL;
    __atomic_store_n(&queue->n_others, queue->n_others - 1, __ATOMIC_RELAXED);
    return cede__ring_take(&level->ring);
}

void cede__job_queue_fini(struct cede__job_queue *queue)
{
    struct cede__job_level *level;

    while ((level = queue->levels)) {
        queue->levels = level->next;
        cede__ring_fini(&level->ring);
        cede__free(level);
    }
    cede__ring_fini(&queue->ring);
}
