/* run.c - running a loop for the sake of a future: run_until_complete, and cede_run around it. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "sys/signals.h"
#include "sys/thread.h"
#include "task/dump.h"

struct completer {
    struct cede__watcher watcher;
    struct cede_loop *loop;
    bool is_told;
};

static void completer_notify(struct cede__watcher *watcher)
{
    struct completer *completer = cede__container_of(watcher, struct completer, watcher);

    completer->is_told = true;
    cede_loop_stop(completer->loop);
}

static const struct cede__watcher_kind completer_kind = {.notify = completer_notify};

/* Nothing can wake any task any more. The first time, say so and cancel all; if that helps nobody,
 * give up. */
static void loop_stuck(struct cede_loop *loop)
{
    if (loop->n_stuck++ > 0 || cede__list_is_empty(cede__task_list(loop))) {
        cede_loop_stop(loop);
        return;
    }
    cede__dump_report(loop,
                      "cede: deadlock: no task can run, and nothing is left that could wake one");
    cede__task_cancel_all(loop);
}

/* Run until the future is done; whether it is. */
static bool loop_run_until(struct cede_loop *loop, cede_future *future)
{
    struct completer completer = {.watcher = {.kind = &completer_kind}, .loop = loop};
    const bool shared = future->is_shared;

    loop->n_stuck = 0;
    if (!cede__future_watch(future, &completer.watcher))
        return true;
    loop->n_wakers += shared;
    if (cede__loop_run(loop) == 0 && !completer.is_told &&
        !cede__future_unwatch(future, &completer.watcher)) {
        /* Told from another thread, and not here yet. */
        while (!completer.is_told)
            (void)cede__loop_run(loop);
    }
    loop->n_wakers -= shared;
    return completer.is_told;
}

static bool loop_end_known(struct cede_loop *loop)
{
    while (!cede__list_is_empty(cede__task_list(loop))) {
        struct cede_task *task = cede__container_of(loop->tasks.next, struct cede_task, link);
        cede_future *future = cede_future_ref(&task->future);
        bool ended;

        cede__task_cancel_all(loop);
        ended = loop_run_until(loop, future);
        if (!ended && loop->n_stuck > 0) {
            cede__report("cede: task '%s' cannot be ended and is left as it is\n",
                         task->coro.site->name);
            return false;
        }
        cede_future_unref(future);
    }
    return true;
}

bool cede__loop_end_tasks(struct cede_loop *loop)
{
    loop->stuck = loop_stuck;
    do {
        if (!loop_end_known(loop))
            return false;
        /* Finished tasks may still wait to be buried, callbacks to be called. Meanwhile other
         * threads may send tasks. */
        if (loop->ready_first) {
            cede_loop_stop(loop);
            (void)cede__loop_run(loop);
        }
    } while (!cede__list_is_empty(cede__task_list(loop)));
    return true;
}

int cede_loop_run_until_complete(cede_loop *loop, cede_future *future)
{
    bool done;

    CEDE_TRY(cede__loop_check_run(loop));
    CEDE_TRY(cede__future_check(future));
    loop->stuck = loop_stuck;
    done = loop_run_until(loop, future);
    loop->stuck = NULL;
    if (loop->n_stuck > 0)
        return cede_raise(-EDEADLK, "nothing could wake any task any more");
    if (!done)
        return cede_raise(CEDE_ENOTDONE, "the loop was stopped before the future was done");
    return cede__future_outcome(future);
}

/* cede_run */

struct run {
    struct cede_loop *loop;
    cede_future *main;
    bool has_ctrl_c;
    bool has_fault;
    bool interrupted;
};

static void run_interrupted(void *arg)
{
    struct run *run = arg;

    run->interrupted = true;
    (void)cede_cancel(run->main); /* done: then it ends anyway */
}

static void run_dump(void *arg)
{
    (void)arg;
    (void)cede_dump(NULL);
}

/* Whether the run may catch a signal: it is the main thread's, and nobody else wants it. */
static bool run_may_catch(int signo)
{
    return cede__thread_is_main() && cede__signal_is_default(signo);
}

static int run_prepare(struct run *run, const cede_run_options *options)
{
    CEDE_TRY(cede_loop_create(&options->loop, &run->loop));
    if (!options->no_fault_report) {
        CEDE_TRY(cede__fault_start(cede__coro_explain_fault));
        run->has_fault = true;
    }
    if (!options->ignore_ctrl_c && run_may_catch(SIGINT)) {
        CEDE_TRY(cede__loop_catch_signal(run->loop, SIGINT, run_interrupted, run, 2));
        run->has_ctrl_c = true;
    }
    if (options->dump_on_quit && run_may_catch(SIGQUIT))
        CEDE_TRY(cede__loop_catch_signal(run->loop, SIGQUIT, run_dump, run, CEDE__SIGNAL_NEVER));
    return 0;
}

static int run_main(struct run *run, cede_fn *fn, void *arg, const struct cede__spawn_site *site)
{
    int rc;

    run->main = cede__spawn(fn, arg, NULL, site);
    if (!run->main)
        return cede_error_code(cede_error_last());
    rc = cede_loop_run_until_complete(run->loop, run->main);
    if (rc == CEDE_EREVOKED && cede_future_is_cancelled(run->main))
        rc = run->interrupted ? cede_raise(-EINTR, "interrupted by Ctrl-C")
                              : cede_raise(-ECANCELED, "the main task was cancelled");
    return rc;
}

int cede__run(cede_fn *fn, void *arg, const cede_run_options *options,
              const struct cede__spawn_site *site)
{
    static const cede_run_options defaults;
    struct run run = {0};
    struct cede_error record = {.n_links = 0};
    int rc = run_prepare(&run, options ? options : &defaults);

    if (rc == 0)
        rc = run_main(&run, fn, arg, site);
    /* Why it failed is to be known after the clean-up, which may meet errors of its own. */
    if (cede_error_last())
        cede__error_copy(&record, cede_error_last());
    cede_future_unref(run.main);
    (void)cede_loop_close(run.loop);
    if (run.has_fault)
        cede__fault_stop();
    if (rc < 0)
        cede__error_adopt(&record, rc);
    return rc;
}
