/* cede/runner.h - several runs on one loop
 *
 *     cede_runner *runner;
 *     CEDE_TRY(cede_runner_create(NULL, &runner));
 *     rc = cede_runner_run(runner, prepare, &state);
 *     if (rc == 0)
 *         rc = cede_runner_run(runner, serve, &state);
 *     cede_runner_close(runner);
 *
 * As cede_run, taken apart (asyncio: Runner): tasks and callbacks that a run leaves go on in the
 * next one, and its main task begins with the values (cede/local.h) that the last one had when it
 * ended.
 * Source: src/task/runner.c   Tests: tests/task/test_runner.c   Guide: docs/task.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_RUNNER_H
#define CEDE_RUNNER_H

#include <cede/def.h>
#include <cede/loop.h>
#include <cede/task.h>

CEDE_BEGIN_DECLS

typedef struct cede_runner cede_runner;

/**
 * Create a runner with its loop, which becomes the calling thread's current one.
 *
 * @param options     copied; NULL for the defaults
 * @param runner_out  receives the runner, owned by the caller: cede_runner_close
 * @return 0, or as cede_loop_create
 * Suspends: never.  Cancellation point: no.  Call from: any thread, outside of tasks.
 */
CEDE_API CEDE_CHECK int cede_runner_create(const cede_run_options *options,
                                           cede_runner **runner_out);

/**
 * Run a task until it ends. On the main thread Ctrl-C cancels it, and a second one during the same
 * run ends the process with status 130; between runs nobody catches it.
 *
 * @param runner  borrowed
 * @param main    the body
 * @param ...     its argument, one pointer
 * @return what the task returned, or its failure with its record; or
 *   -EINTR          it ended cancelled by Ctrl-C
 *   -ECANCELED      it was cancelled otherwise
 *   -EDEADLK        nothing could wake any task any more; all were cancelled
 *   CEDE_ENOTDONE   cede_loop_stop was called first; it goes on in the next run
 *   -EBUSY          the loop is running, or belongs to another thread
 *   -ENOMEM
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: the thread that
 * created it, outside of tasks.
 */
#define cede_runner_run(runner, main, ...)                                                         \
    cede__runner_run((runner), (main), (__VA_ARGS__), CEDE__SPAWN_SITE(main))

CEDE_API int cede__runner_run(cede_runner *runner, cede_fn *main, void *arg,
                              const struct cede__spawn_site *site);

/**
 * The loop of a runner.
 *
 * @param runner  borrowed
 * @return borrowed
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_loop *cede_runner_loop(cede_runner *runner);

/**
 * Close a runner: tasks that are left are cancelled and run to their end. Destroys it.
 *
 * @param runner  owned; NULL is nothing
 * @return 0; -EBUSY: it runs, or this is another thread (then nothing happened)
 * Suspends: never.  Cancellation point: no.  Call from: the thread that created it, outside of
 * tasks.
 */
CEDE_API int cede_runner_close(cede_runner *runner);

CEDE_END_DECLS

#endif
