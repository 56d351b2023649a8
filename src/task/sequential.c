/* sequential.c - an executor that runs each job where it is submitted.
 *
 * A future is done when its submitter gets it; nothing is ever queued, so there is nothing to
 * withdraw or to wait for. What is kept is only whether it was shut down.
 */
/* SPDX-License-Identifier: MIT */
#include "task/executor.h"
#include "task/job.h"
#include "task/task.h"

struct sequential {
    struct cede_executor executor;
    bool closing; /* atomic: takes no more jobs */
};

static struct sequential *sequential_of(struct cede_executor *executor)
{
    return cede__container_of(executor, struct sequential, executor);
}

static void job_destroy(struct cede_future *future)
{
    cede__job_fini(cede__job_of(future));
    cede__free(cede__job_of(future));
}

static const struct cede__future_kind job_kind = {
    .noun = "Job",
    .destroy = job_destroy,
    .cancel = cede__job_cancel,
    .describe = cede__job_describe,
};

static cede_future *sequential_submit(struct cede_executor *executor, const cede_job *what)
{
    struct cede__job_extra *extra = NULL;
    struct cede__job *job;

    if (__atomic_load_n(&sequential_of(executor)->closing, __ATOMIC_RELAXED)) {
        (void)cede_raise(CEDE_ESHUTDOWN, "the executor has been shut down");
        return NULL;
    }
    if (what->name && !(extra = cede__job_extra_create(what, NULL)))
        return NULL;
    job = cede__calloc(1, sizeof *job);
    if (!job) {
        cede__job_extra_drop(extra);
        (void)cede_raise(-ENOMEM, "no memory for a job");
        return NULL;
    }
    cede__job_init(job, &job_kind, what, extra);
    cede__assert(cede__job_claim(job)); /* nobody else knows it */
    cede__job_run_here(job);
    return &job->future;
}

static int sequential_shutdown(struct cede_executor *executor, const cede_shutdown_options *options)
{
    (void)options;
    __atomic_store_n(&sequential_of(executor)->closing, true, __ATOMIC_RELAXED);
    return 0;
}

static void sequential_destroy(struct cede_executor *executor)
{
    cede__free(sequential_of(executor));
}

static unsigned sequential_width(const struct cede_executor *executor)
{
    (void)executor;
    return 1;
}

static const struct cede__executor_kind sequential_kind = {
    .noun = "sequential executor",
    .submit = sequential_submit,
    .shutdown = sequential_shutdown,
    .destroy = sequential_destroy,
    .width = sequential_width,
};

cede_executor *cede_sequential_executor(void)
{
    struct sequential *sequential = cede__calloc(1, sizeof *sequential);

    if (!sequential) {
        (void)cede_raise(-ENOMEM, "no memory for an executor");
        return NULL;
    }
    sequential->executor.kind = &sequential_kind;
    return &sequential->executor;
}
