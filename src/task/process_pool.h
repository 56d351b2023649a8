/* process_pool.h - a pool of processes, and its workers as the parent sees them. Floor 4.
 *
 *     submit --> queue, under the lock --> manager thread --> a slot of a worker --> run there
 *                     ^                        |   ^                  |
 *                     '-- not begun, and the --'   '---- results -----'
 *                         worker died or is slower than others
 *
 * One thread, the manager, starts workers, fills their slots, takes results, completes futures,
 * sees deaths. Others submit (queue), cancel (queue, or the state of a slot) and kill, all under
 * the pool's lock. A job that has not begun can always be taken back from a worker: so a worker may
 * be given many short jobs at once without a long one holding them up.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_PROCESS_POOL_H
#define CEDE_TASK_PROCESS_POOL_H

#include <pthread.h>

#include <cede/process_pool.h>

#include "sys/poll.h"
#include "sys/process.h"
#include "task/executor.h"
#include "task/job.h"
#include "task/process_share.h"

#define CEDE__WORKER_WORD "--cede-worker" /* the argument that makes the program one */

enum {
    /* exit statuses of a worker */
    CEDE__WORKER_CANNOT_MAP = 3,  /* it could not map the window */
    CEDE__WORKER_OVERWRITTEN = 4, /* its slots make no sense any more */
    CEDE__PROCESS_NAME_SIZE = 24,
    CEDE__DEPTH_LEAST = 2, /* slots a worker is given: one to run, one to go on with */
    CEDE__STARTS = 3,      /* that fail one after the other before jobs do */
};

struct cede__process_job {
    struct cede__job job;            /* its future */
    struct cede__process_pool *pool; /* a reference */
    struct cede__list link;          /* on pool->queue while is_queued; else its holder's */
    bool is_queued;                  /* under the lock */
    struct cede__process *process;   /* in whose slot it is; NULL: in none; under the lock */
    uint32_t nth;                    /* which slot; under the lock */
    unsigned n_retries;              /* left; the manager's */
    bool killable;
    struct cede__place fn; /* the function, for the worker */
    size_t in_size;
    size_t out_size;
};

/* A worker process. The manager's alone, but for what the lock is named for. */
struct cede__process {
    struct cede__process_pool *pool;
    struct cede__list link; /* on pool->processes */
    struct cede__child child;
    bool has_rung; /* set by the poll: its bell has */
    bool has_died; /* set by the poll: it has ended */
    enum cede__process_state {
        CEDE__PROCESS_STARTING, /* has not said that it is ready, or runs `init` */
        CEDE__PROCESS_READY,
        CEDE__PROCESS_RETIRING, /* is given no more, and stopped when it has done what it has */
        CEDE__PROCESS_STOPPING, /* was told to stop */
    } state;
    cede_time deadline;   /* of STARTING and STOPPING: then it is killed */
    bool is_condemned;    /* killed by cede_process_pool_kill: no retries; under the lock */
    bool is_mad;          /* it wrote what makes no sense: killed, and nothing it says counts */
    bool init_failed;     /* the pool's init did, in it */
    unsigned n_given;     /* jobs, ever */
    unsigned depth;       /* slots to fill at most: more for shorter jobs */
    cede_time busy_since; /* when it got its oldest job, or was last collected from */
    uint32_t n_published; /* slots, ever; as control has it */
    uint32_t n_collected; /* slots, ever, whose end was seen */
    int memory_fd;        /* what the window shows */
    char *window;         /* mapped; begins with control */
    size_t window_size;   /* bytes of addresses */
    size_t extent;        /* bytes of memory in it */
    size_t large_begin;   /* of large data: the oldest byte in use */
    size_t large_end;     /* and where the next may lie */
    size_t large_used;    /* bytes in use, gaps included */
    size_t large_sizes[CEDE__SLOTS];             /* by slot: what it uses of those */
    size_t large_ends[CEDE__SLOTS];              /* by slot: where that ends; 0: it uses none */
    struct cede__process_job *jobs[CEDE__SLOTS]; /* by slot; NULL: none; under the lock */
};

struct cede__process_pool {
    struct cede_executor executor;
    char name[CEDE__PROCESS_NAME_SIZE];
    unsigned n_max;        /* workers */
    unsigned n_per_worker; /* jobs; 0: no limit */
    cede_job_fn *init;     /* NULL: none */
    struct cede__place init_place;
    void *init_in; /* ours; NULL: none */
    size_t init_in_size;
    const struct cede__poll_engine *engine;
    struct cede__poll *poll;
    pthread_t manager;
    struct cede_future ended; /* done when the manager is through */
    uint32_t n_refs;          /* atomic: the executor's and each job's */

    /* between the manager and those who have something for it; atomic */
    uint32_t has_news;
    uint32_t manager_sleeps;

    /* The manager's alone. */
    struct cede__list processes; /* those that live; changed under the lock */
    unsigned n_processes;
    unsigned n_failed_starts;      /* in a row */
    struct cede_error start_error; /* of the last of those */
    cede_time polled_at;           /* when it was last seen who has rung and died */
    cede_time next_start;          /* not before: the last one failed; 0: any time */

    struct cede__mutex filling; /* held while slots are FILLING; taken before `lock` */

    struct cede__mutex lock; /* around all below */
    struct cede__list queue; /* of cede__process_job, each a reference */
    size_t n_queued;
    size_t n_unfinished; /* jobs that are not done */
    bool closing;        /* takes no more jobs */
    struct cede__modules modules;
    cede_job_fn *last_fn; /* the function looked up last, and its place */
    struct cede__place last_place;
};

/* process_worker.c: how the program was called; NULL: cede_process_init was not called. */
char *cede__process_program(void);

/* process_pool.c: a job has ended that was taken off the queue or its slot, and n_unfinished with
 * it; `error`, copied, may be NULL. Takes the queue's reference. Not under the lock. */
void cede__process_job_end(struct cede__process_job *job, int status, const cede_error *error);

/* The same for one that never began: it fails with `error`. */
void cede__process_job_refuse(struct cede__process_job *job, const cede_error *error);

/* Under the lock: a job is to be begun (again) before all others. */
void cede__process_pool_requeue(struct cede__process_pool *pool, struct cede__process_job *job);

/* Tell the manager that something has changed. */
void cede__process_pool_notify(struct cede__process_pool *pool);

/* process_manager.c */
void *cede__process_manager(void *arg);

/* process_start.c and process_slots.c, called by the manager. Start one more worker: 0, or a
 * negative code, raised. */
int cede__process_start(struct cede__process_pool *pool);

/* Give it jobs of the queue as there is room; whether it got any. */
bool cede__process_give(struct cede__process *process);

/* Take what it has done; whether there was anything. */
bool cede__process_collect(struct cede__process *process);

/* A job is through whose slot should say DONE: copy its result, complete its future. It was taken
 * out of its slot. */
void cede__process_slot_end(struct cede__process *process, uint32_t nth,
                            struct cede__process_job *job);

/* Take back into the queue half of the jobs that wait in its slots; whether there were any. */
bool cede__process_take_back(struct cede__process *process);

/* It has died: end the jobs it had begun, give back the others, free it. */
void cede__process_bury(struct cede__process *process);

/* Wake it, if it sleeps. */
void cede__process_wake(struct cede__process *process);

/* Have it end when it is through with what it has; killed if it has not by `deadline`. */
void cede__process_stop(struct cede__process *process, cede_time deadline);

/* Before it is started: have it call the pool's init first. 0, or -ENOMEM. */
int cede__process_give_init(struct cede__process *process);

static inline struct cede__control *cede__process_control(const struct cede__process *process)
{
    return (struct cede__control *)(void *)process->window;
}

/* Slots that it has and we have not seen the end of. */
static inline uint32_t cede__process_load(const struct cede__process *process)
{
    return process->n_published - process->n_collected;
}

#endif
