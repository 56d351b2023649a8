/* job_queue.h - jobs of a pool that wait for a thread: by priority, then in the order in which they
 * came. Floor 4.
 *
 * Nearly all jobs have priority 0 and lie in one ring; each other priority that has ever been used
 * has a ring of its own. Whoever calls has the pool's lock.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_JOB_QUEUE_H
#define CEDE_TASK_JOB_QUEUE_H

#include "base/ring.h"
#include "task/job.h"

/* The jobs of a priority other than 0. */
struct cede__job_level {
    struct cede__job_level *next; /* of lower priority */
    int priority;
    struct cede__ring ring;
};

/* Zero-initialised memory is an empty queue. */
struct cede__job_queue {
    struct cede__ring ring; /* of cede__job, each a reference: those of priority 0 */
    size_t n_others;        /* jobs of other priorities; atomic, to be looked at as ring.n */
    struct cede__job_level *levels; /* the highest first */
};

static inline size_t cede__job_queue_n(const struct cede__job_queue *queue)
{
    return queue->ring.n + queue->n_others;
}

/* For who does not have the lock: only a hint. */
static inline bool cede__job_queue_seems_filled(const struct cede__job_queue *queue)
{
    return cede__ring_seems_filled(&queue->ring) ||
           __atomic_load_n(&queue->n_others, __ATOMIC_RELAXED) > 0;
}

/* The slow side of the two below. */
int cede__job_queue_reserve_other(struct cede__job_queue *queue, int priority);
void cede__job_queue_put_other(struct cede__job_queue *queue, struct cede__job *job, int priority);

/* Room for one more job. 0, or -ENOMEM, not raised. */
static inline int cede__job_queue_reserve(struct cede__job_queue *queue, int priority)
{
    return cede__likely(priority == 0) ? cede__ring_reserve(&queue->ring)
                                       : cede__job_queue_reserve_other(queue, priority);
}

/* Add one, after a reserve that succeeded. */
static inline void cede__job_queue_put(struct cede__job_queue *queue, struct cede__job *job,
                                       int priority)
{
    if (cede__likely(priority == 0))
        cede__ring_put(&queue->ring, job);
    else
        cede__job_queue_put_other(queue, job, priority);
}

/* The next job; NULL if there is none. */
struct cede__job *cede__job_queue_take(struct cede__job_queue *queue);

void cede__job_queue_fini(struct cede__job_queue *queue);

#endif
