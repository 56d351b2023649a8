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

struct cede__job {
    struct cede_future future; /* its value is where the result goes */
};

/* What few jobs have. */
struct cede__job_extra {
    void (*drop)(void *in); /* NULL: nothing to drop */
    const char *name;       /* borrowed; NULL: none */
    /* of the virtual clock's loop it was submitted from, a reference; NULL: none */
    struct cede__mailbox *mailbox;
};

/* Whether a job is to have such a thing. */
static inline bool cede__job_needs_extra(const cede_job *what)
{
    return what->drop || what->name || (cede__loop_here && cede__loop_here->is_virtual);
}

/* If `loop` has a virtual clock, that stands still from now on until the job is done; may be NULL.
 * NULL, raised, without memory. */
struct cede__job_extra *cede__job_extra_create(const cede_job *what, struct cede_loop *loop);
void cede__job_extra_destroy(struct cede__job_extra *extra);

/* The same for a job that was not submitted after all; NULL is nothing. */
void cede__job_extra_drop(struct cede__job_extra *extra);

/* A job from what is to be submitted, with one reference; takes `extra`. */
static inline void cede__job_init(struct cede__job *job, const struct cede__future_kind *kind,
                                  const cede_job *what, struct cede__job_extra *extra)
{
    cede__future_init(&job->future, kind, NULL);
    cede__future_init_shared(&job->future);
    job->future.value = what->out;
    job->future.work = what->fn;
    job->future.in = (void *)what->in;
    job->future.extra = extra;
}

/* Free what hangs on a job that is done; for kind->destroy. */
static inline void cede__job_fini(struct cede__job *job)
{
    if (cede__unlikely(job->future.error != NULL))
        cede__free((void *)job->future.error);
    if (cede__unlikely(job->future.extra != NULL))
        cede__job_extra_destroy(job->future.extra);
}

enum { CEDE__JOB_BLOCK = 4096 }; /* bytes */

/* Memory for some jobs at once: this and the jobs are a page. Each place is used once; when all are
 * free again, all may be used again. */
struct cede__job_block {
    struct cede__job_chunk *chunk;
    struct cede__job_block *next; /* on chunk->free */
    uint32_t n_live;              /* atomic: places that are in use, or have not been used yet */
};

/* Memory for some blocks at once. */
struct cede__job_chunk {
    struct cede__list link; /* on store->roomy, or on none while full */
    struct cede__job_store *store;
    struct cede__job_block *free; /* given back */
    char *blocks;                 /* n_blocks, within this chunk, on pages */
    uint32_t n_blocks;
    uint32_t n_fresh; /* of these, used at least once */
    uint32_t n_used;
};

/* The chunks of a pool; whoever calls has the pool's lock. */
struct cede__job_store {
    struct cede__job *next, *end; /* places of the block in use that have not been used yet */
    struct cede__list roomy; /* of cede__job_chunk: those with a block, the one to be used first */
    size_t n_used;           /* blocks in use */
    struct cede__job_chunk *spare; /* an empty one that is kept, also on roomy; NULL: none */
};

void cede__job_store_init(struct cede__job_store *store);

/* A block to be used next; NULL where there is no memory. */
struct cede__job *cede__job_take_first(struct cede__job_store *store);

/* Memory for a job, uninitialised; NULL where there is none. */
static inline struct cede__job *cede__job_take(struct cede__job_store *store)
{
    return cede__likely(store->next != store->end) ? store->next++ : cede__job_take_first(store);
}

/* The block of a job. */
static inline struct cede__job_block *cede__job_block_of(const struct cede__job *job)
{
    return (struct cede__job_block *)((uintptr_t)job & ~(uintptr_t)(CEDE__JOB_BLOCK - 1));
}

/* A place is free again; without the lock. Whether it was the last of its block: then that is to be
 * given back. */
static inline bool cede__job_free(struct cede__job *job)
{
    return __atomic_sub_fetch(&cede__job_block_of(job)->n_live, 1, __ATOMIC_ACQ_REL) == 0;
}

void cede__job_give_block(struct cede__job_store *store, struct cede__job_block *block);

/* No job is taken any more. */
void cede__job_store_close(struct cede__job_store *store);

/* When it is closed and no block is in use. */
void cede__job_store_fini(struct cede__job_store *store);

static inline struct cede__job *cede__job_of(struct cede_future *future)
{
    return cede__container_of(future, struct cede__job, future);
}

/* Win the right to run or withdraw it. */
static inline bool cede__job_claim(struct cede__job *job)
{
    uint8_t state = __atomic_load_n(&job->future.state, __ATOMIC_RELAXED);

    /* It may become watched meanwhile; the bit stays. */
    while ((state & ~(unsigned)CEDE__FUTURE_WATCHED) == CEDE__FUTURE_PENDING) {
        if (__atomic_compare_exchange_n(&job->future.state, &state,
                                        (uint8_t)(state | CEDE__FUTURE_RUNNING), true,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
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

/* The same, as a failure with the record that is here, if it is of that code. */
void cede__job_fail(struct cede__job *job, int code);

/* Complete one that was claimed and has been run, elsewhere perhaps; its record is set. */
void cede__job_complete(struct cede__job *job, int status);

/* What jobs have in common as futures; the functions that concern the pool are thread_pool.c's. */
void cede__job_describe(const struct cede_future *future, struct cede__text *text);
bool cede__job_cancel(struct cede_future *future);

#endif
