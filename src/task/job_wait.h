/* job_wait.h - jobs whose threads wait: whether they wait for each other in a circle. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_JOB_WAIT_H
#define CEDE_TASK_JOB_WAIT_H

#include "task/job.h"
#include "task/thread_wait.h"

/* A job that runs on this thread; on its stack. */
struct cede__job_frame {
    struct cede__job *job;
    cede_job_fn *fn;
    struct cede__job_frame *outer; /* the job that waits for this one and runs it; NULL: none */
};

/* The innermost job of this thread; NULL: none runs here. */
extern __thread struct cede__job_frame *cede__job_frame_here
    __attribute__((tls_model("initial-exec")));

/* The calling thread, which runs a job, is about to wait until all futures of `wait` are done (the
 * caller sets futures, n, stride). 0, and it is on the list of those that wait; or -EDEADLK, raised
 * and reported with the whole circle, if one of them waits for a job of this thread, or for one
 * that no thread will ever be free for. With `must_wait` it is put on the list in any case, and 0
 * is returned. */
int cede__job_wait_begin(struct cede__thread_wait *wait, bool must_wait);

/* The frame of a thread that waits in which runs a job without which the future is not done, mostly
 * the job that it is; NULL: it has none. */
const struct cede__job_frame *cede__job_wait_frame(const struct cede__thread_wait *wait,
                                                   const struct cede_future *future);

/* "count", by its name or that of its function. */
void cede__job_name(const struct cede_future *job, cede_job_fn *fn, struct cede__text *text);

#endif
