/* thread_pool.h - a pool of threads, and its workers. Floor 4.
 *
 *     submit --> queue, under the lock --> a worker's batch --> run
 *                                             ^ an idle worker steals from it
 *
 * A worker takes jobs from the queue under the lock: one at a time, so that they start in order, or
 * a batch once they have proved shorter than the taking. The places of a batch are atomic; whoever
 * exchanges a job for NULL has it. While a worker is held up by one job of its batch, others take
 * the rest. Where such jobs come in numbers, the worker lets them gather for a few microseconds
 * before it takes again: what slows threads down here is not work but lines of memory, of the
 * queue and of jobs that are just being written, wandering from processor to processor.
 *
 * Idle workers search (look again and again, for some microseconds, or have been woken and are on
 * their way), then sleep. A new job wakes a sleeper unless somebody searches; who finds work while
 * more is left wakes the next. So no job waits while a worker sleeps, with one exception: where one
 * worker keeps up with a stream of very short jobs, the others would wake and sleep all the time
 * and only be in the way. Then they sleep on, but for one, the watchman, who looks around every
 * millisecond, should one of those jobs be a long one after all.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_THREAD_POOL_H
#define CEDE_TASK_THREAD_POOL_H

#include <pthread.h>

#include "task/executor.h"
#include "task/job_queue.h"

enum { CEDE__WORKER_BATCH = 256, CEDE__POOL_NAME_SIZE = 12 };

struct cede__pool {
    struct cede_executor executor;
    void *memory; /* what all this lies in, aligned */
    char name[CEDE__POOL_NAME_SIZE];
    struct cede_future ended; /* done when it is closing and the last worker has left */
    void **next_places;       /* atomic: where the queue's next jobs lie, or lay: only a hint */

    /* What submitting a job touches is together: a line that threads take from each other costs as
     * much as running an empty job. */
    _Alignas(64) struct cede__spinlock lock; /* around all below */
    bool closing; /* takes no more jobs; atomic: looked at without the lock as well */
    struct cede__job_queue queue;
    struct cede__job_store jobs;
    unsigned n_max;     /* workers, besides those that are blocked */
    unsigned n_workers; /* that live */
    unsigned n_sleepers;
    unsigned n_searching;       /* workers that look for work, or were woken or started to do so */
    unsigned n_quick;           /* workers that run jobs of a kind that proved very short */
    bool has_watchman;          /* one sleeper wakes by itself after a while to look around */
    unsigned n_blocked;         /* workers that wait for a job of the pool */
    struct cede__list workers;  /* that live */
    struct cede__list left;     /* that have left and are to be joined */
    struct cede__list sleepers; /* the last to fall asleep first */
    unsigned n_started;         /* ever, for their names */
    bool destroying;            /* the lists of workers are no longer kept */
    bool orphaned;              /* destroyed: the last job frees it */
    unsigned n_leaving;         /* workers that do not count as living any more, but still run */
    unsigned n_inside;          /* threads and tasks that wait in cede_submit */

    size_t queue_limit;         /* jobs that may wait; 0: any number */
    bool refuses;               /* what is beyond that, instead of letting it wait */
    size_t n_reserved;          /* places of the queue for those that were let in */
    struct cede__list entrants; /* that wait for a place, see admission.c */

    int (*init)(void *arg);  /* for each thread; NULL: none */
    void (*fini)(void *arg); /* NULL: none */
    void *arg;
    bool is_broken;            /* init failed: it is closing, too */
    const cede_error *failure; /* the record of that; NULL: there was no memory for it */
};

struct cede__worker {
    struct cede__pool *pool;
    struct cede__list link;     /* on pool->workers or pool->left */
    struct cede__list sleeping; /* on pool->sleepers while asleep */
    pthread_t thread;
    uint32_t awake;       /* a word to sleep on: 0 asleep, 1 woken */
    unsigned n_lent;      /* waits for jobs of the pool that it is in; its own */
    unsigned batch_limit; /* jobs to be taken at once; its own */
    bool is_quick;        /* counted in pool->n_quick; under the lock */
    bool is_set_up;       /* pool->init was called and did not fail; its own */
    uint32_t n_last;      /* jobs of its last batch; its own */
    uint32_t first, end; /* atomic: of the places that may hold a job; written by the worker only */
    struct cede__job *batch[CEDE__WORKER_BATCH]; /* atomic */
};

/* The worker that runs here; NULL on other threads. */
extern __thread struct cede__worker *cede__worker_here __attribute__((tls_model("initial-exec")));

/* thread_pool.c: a thread could not be set up, and the record of that is here: fail what waits and
 * what will come. Not under the lock. */
void cede__pool_break(struct cede__pool *pool, int code);

/* The pool in which a job waits for a thread; NULL: the future is none of such a pool, or has
 * begun. */
struct cede__pool *cede__pool_of_queued(const struct cede_future *future);

/* Whether the future is a job of the pool whose worker runs here: while it waits for that, another
 * thread may stand in. */
bool cede__pool_lends(const struct cede_future *future);

/* Whether all its threads are those `n_waits` that wait, `n_lenders` of which may be stood in for,
 * and it starts no more. */
bool cede__pool_is_held_up(struct cede__pool *pool, unsigned n_waits, unsigned n_lenders);

/* At the end of the process: close it, withdraw what is queued, and join its threads if they leave
 * before `deadline`. It is not freed. */
void cede__pool_end(struct cede_executor *executor, cede_time deadline);

/* A job that nobody runs yet, with the queue's reference; NULL if there is none. Not under the
 * lock. */
struct cede__job *cede__pool_take_queued(struct cede__pool *pool);

/* worker.c, all under the pool's lock: start one more, a job being there for it. 0, -EAGAIN or
 * -ENOMEM, raised. */
int cede__worker_start(struct cede__pool *pool);

/* A job from the batch of a worker; NULL if there is none. */
struct cede__job *cede__worker_steal(struct cede__pool *pool);

/* Whether the worker is one that goes quickly through very short jobs. */
void cede__worker_set_quick(struct cede__worker *worker, bool is_quick);

/* A sleeper to be woken by cede__worker_wake after the lock was let go, if there is work that
 * nobody searches; else NULL. */
struct cede__worker *cede__worker_pick(struct cede__pool *pool);

/* Not under the lock; NULL is nothing. */
void cede__worker_wake(struct cede__worker *worker);

/* Wait until the thread has ended, and free what it was. Under the lock or not. */
void cede__worker_join(struct cede__worker *worker);

/* thread_pool.c: more workers may live than are wanted, when blocked ones have come back. */
static inline bool cede__pool_has_surplus(const struct cede__pool *pool)
{
    return pool->n_workers > pool->n_max + pool->n_blocked;
}

static inline bool cede__pool_may_start(const struct cede__pool *pool)
{
    return pool->n_workers < pool->n_max + pool->n_blocked;
}

#endif
