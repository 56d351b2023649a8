/* run.c - running a loop for the sake of a future, and to end its tasks. */
/* SPDX-License-Identifier: MIT */
#include "task/dump.h"
#include "task/job_wait.h"

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

/* A job that runs a loop waits for what that is run for. */
static void job_waits(struct cede__thread_wait *wait)
{
    if (cede__likely(!cede__job_frame_here))
        return;
    cede__thread_waits_lock();
    cede__thread_wait_list(wait);
    cede__thread_waits_unlock();
}

/* Run until the future is done; whether it is. */
static bool loop_run_until(struct cede_loop *loop, cede_future *future)
{
    struct completer completer = {.watcher = {.kind = &completer_kind}, .loop = loop};
    struct cede__thread_wait wait = {.futures = (const char *)&future, .n = 1};
    const bool shared = future->is_shared;

    loop->n_stuck = 0;
    if (!cede__future_watch(future, &completer.watcher))
        return true;
    job_waits(&wait);
    loop->n_wakers += shared;
    if (cede__loop_run(loop) == 0 && !completer.is_told &&
        !cede__future_unwatch(future, &completer.watcher)) {
        /* Told from another thread, and not here yet. */
        while (!completer.is_told)
            (void)cede__loop_run(loop);
    }
    loop->n_wakers -= shared;
    cede__thread_wait_end(&wait);
    return completer.is_told;
}

static void task_report(const struct cede_task *task, const char *what)
{
    char line[512];

    (void)cede_future_format(&task->future, line, sizeof line);
    cede__report("cede: %s: %s\n", what, line);
}

/* In debug mode: a loop is closed with tasks that nobody ended before. */
static void loop_report_pending(struct cede_loop *loop)
{
    const struct cede__list *tasks = cede__task_list(loop);

    for (const struct cede__list *link = tasks->next; link != tasks; link = link->next)
        task_report(cede__container_of(link, struct cede_task, link),
                    "a task is pending when its loop is closed");
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
            task_report(task, "a task cannot be ended and is left as it is");
            return false;
        }
        cede_future_unref(future);
    }
    return true;
}

bool cede__loop_end_tasks(struct cede_loop *loop)
{
    if (loop->is_debug && !loop->ends_quietly)
        loop_report_pending(loop);
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
