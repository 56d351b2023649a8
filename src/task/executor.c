/* executor.c - what all executors have in common, and cede_run_in_thread. */
/* SPDX-License-Identifier: MIT */
#include "task/executor.h"
#include "task/task.h"

cede_future *cede_submit(cede_executor *executor, const cede_job *job)
{
    cede_future *future = NULL;

    if (cede__likely(executor && job->fn))
        future = executor->kind->submit(executor, job);
    else
        (void)cede_raise(-EINVAL,
                         executor ? "a job without a function" : "no executor: it is NULL");
    if (cede__unlikely(!future) && job->drop)
        job->drop((void *)job->in);
    return future;
}

int cede_executor_shutdown(cede_executor *executor, const cede_shutdown_options *options)
{
    static const cede_shutdown_options defaults;

    return executor ? executor->kind->shutdown(executor, options ? options : &defaults) : 0;
}

void cede_executor_destroy(cede_executor *executor)
{
    if (executor)
        executor->kind->destroy(executor);
}

/* A call out of a task. */

struct call {
    int (*fn)(void *arg);
    void *arg;
};

static int call_run(const void *in, void *out)
{
    const struct call *call = in;

    (void)out;
    return call->fn(call->arg);
}

int cede_run_in_thread(int (*fn)(void *arg), void *arg)
{
    const struct call call = {fn, arg};
    cede_executor *pool;
    cede_future *job;
    bool withdrawn;
    int rc;

    CEDE_TRY(cede__wait_check(cede__task_here()));
    CEDE_TRY(cede_checkpoint());
    pool = cede_default_pool();
    job = pool ? cede_submit(pool, &(cede_job){.fn = call_run, .in = &call}) : NULL;
    if (!job)
        return cede_error_code(cede_error_last());
    withdrawn = cede__future_wait(job, false) < 0 && cede_cancel(job);
    if (!withdrawn)
        (void)cede__future_wait(job, true); /* it has begun and uses our memory */
    rc = withdrawn ? -ECANCELED : cede__future_outcome(job);
    cede_future_unref(job);
    return rc;
}
