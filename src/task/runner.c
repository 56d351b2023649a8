/* runner.c - cede_run: a loop, a main task on it, Ctrl-C; and the same several times with one loop.
 *
 * A run catches SIGINT from its beginning to its end: the first cancels its main task, the second
 * ends the process. So each run of a runner counts anew, and in between nobody catches it. What the
 * main task has set of its values when it ends is kept by the runner and given to the next one.
 */
/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include <cede/runner.h>

#include "sys/signals.h"
#include "sys/thread.h"
#include "task/dump.h"

struct cede_runner {
    struct cede_loop *loop;
    cede_run_options options;
    cede_future *main;           /* of the run that is under way; a reference */
    struct cede__locals *locals; /* what the last main task left; a reference; NULL: nothing */
    bool has_fault;
    bool catches_ctrl_c;
    bool interrupted;
};

static void runner_interrupted(void *arg)
{
    struct cede_runner *runner = arg;

    runner->interrupted = true;
    (void)cede_cancel(runner->main); /* done, or gone: then it ends anyway */
}

static void runner_dump(void *arg)
{
    (void)arg;
    (void)cede_dump(NULL);
}

/* Whether a run may catch a signal: it is the main thread's, and nobody else wants it. */
static bool may_catch(int signo)
{
    return cede__thread_is_main() && cede__signal_is_default(signo);
}

/* Beginning and end. */

static int runner_init(struct cede_runner *runner, const cede_run_options *options)
{
    struct cede_loop *loop;

    *runner = (struct cede_runner){.loop = NULL};
    if (options)
        runner->options = *options;
    CEDE_TRY(cede_loop_create(&runner->options.loop, &loop));
    runner->loop = loop;
    loop->ends_quietly = true; /* to end what is left is what a run is for */
    if (!runner->options.no_fault_report) {
        CEDE_TRY(cede__fault_start(cede__coro_explain_fault));
        runner->has_fault = true;
    }
    if (runner->options.dump_on_quit && may_catch(SIGQUIT))
        CEDE_TRY(
            cede__loop_catch_signal(runner->loop, SIGQUIT, runner_dump, NULL, CEDE__SIGNAL_NEVER));
    return 0;
}

/* Closes the loop; 0, or as cede_loop_close, and then nothing happened. */
static int runner_fini(struct cede_runner *runner)
{
    CEDE_TRY(cede_loop_close(runner->loop));
    if (runner->locals)
        cede__locals_unref(runner->locals);
    if (runner->has_fault)
        cede__fault_stop();
    return 0;
}

/* Runs. */

static int runner_begin(struct cede_runner *runner)
{
    runner->interrupted = false;
    if (runner->options.ignore_ctrl_c || !may_catch(SIGINT))
        return 0;
    CEDE_TRY(cede__loop_catch_signal(runner->loop, SIGINT, runner_interrupted, runner, 2));
    runner->catches_ctrl_c = true;
    return 0;
}

static void runner_end(struct cede_runner *runner)
{
    if (runner->catches_ctrl_c)
        cede_loop_ignore_signal(runner->loop, SIGINT);
    runner->catches_ctrl_c = false;
    cede_future_unref(runner->main);
    runner->main = NULL;
}

static int runner_await_main(struct cede_runner *runner)
{
    int rc;

    if (!runner->main)
        return cede_error_code(cede_error_last());
    rc = cede_loop_run_until_complete(runner->loop, runner->main);
    if (rc == CEDE_EREVOKED && cede_future_is_cancelled(runner->main))
        rc = runner->interrupted ? cede_raise(-EINTR, "interrupted by Ctrl-C")
                                 : cede_raise(-ECANCELED, "the main task was cancelled");
    return rc;
}

/* cede_run */

int cede__run(cede_fn *fn, void *arg, const cede_run_options *options,
              const struct cede__spawn_site *site)
{
    struct cede_runner runner;
    struct cede_error record = {.n_links = 0};
    int rc = runner_init(&runner, options);

    if (rc == 0)
        rc = runner_begin(&runner);
    if (rc == 0) {
        runner.main = cede__spawn(fn, arg, NULL, site);
        rc = runner_await_main(&runner);
    }
    /* Why it failed is to be known after the clean-up, which may meet errors of its own. */
    if (cede_error_last())
        cede__error_copy(&record, cede_error_last());
    cede_future_unref(runner.main);
    runner.main = NULL; /* Ctrl-C is caught until the loop is closed, and has none to cancel then */
    (void)runner_fini(&runner);
    if (rc < 0)
        cede__error_adopt(&record, rc);
    return rc;
}

/* Runners. */

int cede_runner_create(const cede_run_options *options, cede_runner **runner_out)
{
    struct cede_runner *runner = cede__malloc(sizeof *runner);
    int rc;

    if (!runner)
        return cede_raise(-ENOMEM, "no memory for a runner");
    rc = runner_init(runner, options);
    if (rc < 0) {
        (void)runner_fini(runner);
        cede__free(runner);
        return rc;
    }
    *runner_out = runner;
    return 0;
}

/* What a main task of a runner is to run. It may be left by its run, if the loop is stopped, and
 * begin or end in a later one. */
struct job {
    struct cede_runner *runner;
    cede_fn *fn;
    void *arg;
};

static void job_drop(void *arg)
{
    cede__free(arg);
}

/* Its body: in between what the runner keeps for it. */
static int job_run(void *arg)
{
    const struct job job = *(struct job *)arg;
    struct cede_runner *runner = job.runner;
    struct cede_task *task = cede__task_here();
    int rc;

    job_drop(arg);
    if (runner->locals)
        cede__task_adopt_locals(task, runner->locals);
    runner->locals = NULL;
    rc = job.fn(job.arg);
    if (runner->locals)
        cede__locals_unref(runner->locals);
    runner->locals = cede__task_share_locals(task);
    return rc;
}

int cede__runner_run(cede_runner *runner, cede_fn *fn, void *arg,
                     const struct cede__spawn_site *site)
{
    static const cede_task_options options = {.drop = job_drop};
    struct job *job;
    int rc;

    CEDE_TRY(cede__loop_check_run(runner->loop));
    job = cede__malloc(sizeof *job);
    if (!job)
        return cede_raise(-ENOMEM, "no memory for a run");
    *job = (struct job){runner, fn, arg};
    rc = runner_begin(runner);
    if (rc < 0) {
        cede__free(job);
        return rc;
    }
    runner->main = cede__spawn(job_run, job, &options, site);
    rc = runner_await_main(runner);
    runner_end(runner);
    return rc;
}

cede_loop *cede_runner_loop(cede_runner *runner)
{
    return runner->loop;
}

int cede_runner_close(cede_runner *runner)
{
    if (!runner)
        return 0;
    CEDE_TRY(runner_fini(runner));
    cede__free(runner);
    return 0;
}
