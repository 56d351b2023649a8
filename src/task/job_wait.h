/* job_wait.h - jobs whose threads wait: whether they wait for each other in a circle. Floor 4. */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_JOB_WAIT_H
#define CEDE_TASK_JOB_WAIT_H

#include "task/job.h"

/* A job that runs on this thread; on its stack. */
struct cede__job_frame {
    struct cede__job *job;
    cede_job_fn *fn;
    struct cede__job_frame *outer; /* the job that waits for this one and runs it; NULL: none */
};

/* The innermost job of this thread; NULL: none runs here. */
extern __thread struct cede__job_frame *cede__job_frame_here
    __attribute__((tls_model("initial-exec")));

/* A thread that runs a job and sleeps until all of some futures are done; on its stack. */
struct cede__job_wait {
    struct cede__list link; /* on the list of those that wait */
    const struct cede__job_frame *frame;
    const char *futures; /* n pointers to futures, `stride` bytes apart, that stay alive */
    size_t n;
    size_t stride;
    const struct cede__worker *worker; /* whose thread it is; NULL: no pool's */
    bool lends;                        /* another thread may stand in for it */
    /* While a circle is searched: */
    struct cede__job_wait *next;           /* to be looked at after this */
    const struct cede__job_wait *from;     /* who waits for a job of this one */
    const struct cede__job_frame *entered; /* that job */
    bool is_seen;
    bool may_go_on;
};

/* The calling thread, which runs a job, is about to wait until all futures of `wait` are done (the
 * caller sets futures, n, stride). 0, and it is on the list of those that wait; or -EDEADLK, raised
 * and reported with the whole circle, if one of them waits for a job of this thread, or for one
 * that no thread will ever be free for. With `must_wait` it is put on the list in any case, and 0
 * is returned. */
int cede__job_wait_begin(struct cede__job_wait *wait, bool must_wait);

void cede__job_wait_end(struct cede__job_wait *wait);

#endif
