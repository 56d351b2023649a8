/* job.h - jobs of a thread pool, and the memory they live in. Floor 4.
 *
 *     PENDING --claim--> RUNNING --> DONE
 *
 * Claiming is one compare-and-swap. A worker that wins it runs the body; who cancels and wins it
 * withdraws the job. The pool's queue keeps a reference of its own, and a pointer to a withdrawn
 * job until a worker comes across it.
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_JOB_H
#define CEDE_TASK_JOB_H

#include <cede/executor.h>

#include "task/future.h"

/* Two cache lines: a million of them are a hundred megabytes. */
struct cede__job {
    struct cede_future future; /* its value is where the result goes */
    cede_job_fn *fn;
    void *in;               /* borrowed until done; of a free one, the next free one */
    void (*drop)(void *in); /* NULL: nothing to drop */
    const char *name;       /* borrowed; NULL: none */
    struct cede__job_chunk *chunk;
};

/* Memory for some jobs at once. */
struct cede__job_chunk {
    struct cede__list link; /* on store->roomy, or on none while full */
    struct cede__job_store *store;
    struct cede__job *free; /* given back */
    struct cede__job *jobs; /* n_jobs, within this chunk, on cache lines */
    uint32_t n_jobs;
    uint32_t n_fresh; /* of these, used at least once */
    uint32_t n_used;
};

/* The chunks of a pool; whoever calls has the pool's lock. */
struct cede__job_store {
    struct cede__list roomy; /* of cede__job_chunk: those with a place, the one to be used first */
    size_t n_used;           /* jobs alive */
    struct cede__job_chunk *spare; /* an empty one that is kept, also on roomy; NULL: none */
};

void cede__job_store_init(struct cede__job_store *store);

/* Memory for a job, uninitialised but for `chunk`; NULL where there is none. */
struct cede__job *cede__job_take(struct cede__job_store *store);
void cede__job_give(struct cede__job_store *store, struct cede__job *job);

/* When no job is alive. */
void cede__job_store_fini(struct cede__job_store *store);

static inline struct cede__job *cede__job_of(struct cede_future *future)
{
    return cede__container_of(future, struct cede__job, future);
}

/* Win the right to run or withdraw it. */
static inline bool cede__job_claim(struct cede__job *job)
{
    uint32_t state = __atomic_load_n(&job->future.state, __ATOMIC_RELAXED);

    /* It may become watched meanwhile; the bit stays. */
    while ((state & ~(uint32_t)CEDE__FUTURE_WATCHED) == CEDE__FUTURE_PENDING) {
        if (__atomic_compare_exchange_n(&job->future.state, &state, state | CEDE__FUTURE_RUNNING,
                                        true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

/* Run one that was claimed, and complete it. */
void cede__job_run(struct cede__job *job);

/* The same in the middle of the caller's own work, who may be handling an error: it stays. */
void cede__job_run_here(struct cede__job *job);

/* Complete one that was claimed without running it. */
void cede__job_withdraw(struct cede__job *job);

/* Complete one that was claimed and has been run, elsewhere perhaps; its record is set. */
void cede__job_complete(struct cede__job *job, int status);

/* What jobs have in common as futures; the functions that concern the pool are thread_pool.c's. */
void cede__job_describe(const struct cede_future *future, struct cede__text *text);
bool cede__job_cancel(struct cede_future *future);

#endif
