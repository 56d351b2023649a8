/* cede/task.h - tasks: functions that run beside each other and may wait
 *
 * A task is a stack of its own that runs a plain C function; any function it calls, however deep,
 * may suspend it. Tasks stay on the thread of their loop and give way only where they wait, so
 * between two such places nothing else runs there.
 *
 *     static int fetch(void *arg) { CEDE_TRY(cede_sleep(CEDE_S(1))); return 0; }
 *     ...
 *     cede_future *task = cede_spawn(fetch, &what);
 *     CEDE_TRY(cede_join(task));
 *
 * Source: src/task/task.c, src/task/run.c   Tests: tests/task/test_task.c   Guide: docs/task.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_TASK_H
#define CEDE_TASK_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/future.h>
#include <cede/loop.h>
#include <cede/time.h>

CEDE_BEGIN_DECLS

typedef struct cede_task_options {
    const char *name;  /* copied up to 31 bytes; NULL: the function's name */
    size_t stack_size; /* bytes, guard included, rounded up to a power of two; 0: the loop's */
    void (*drop)(void *arg); /* called with `arg`, once, if the body never runs; may be NULL */
    cede_loop *loop; /* a loop of this thread that need not run yet; NULL: the current one */
    /* spawned by a task: it runs at once, before the spawn returns, until it first waits or ends;
     * nothing else runs meanwhile. Spawned by a callback, it waits for its turn */
    bool eager;
} cede_task_options;

/**
 * Run a task on a fresh loop until it ends (asyncio.run). Tasks that are left are then cancelled
 * and run to their end.
 *
 * On the main thread Ctrl-C cancels the task, and a second one ends the process at once with status
 * 130. If nothing can wake any task any more, a report says who waits for what, with stacks; then
 * all are cancelled.
 *
 * @param main  the body of the task
 * @param arg   handed to it
 * @return what it returned, its error record being the thread's; or
 *   -EINTR    it ended cancelled by Ctrl-C
 *   -EDEADLK  nothing could wake any task any more
 *   -EBUSY    the thread has a loop already
 *   -ENOMEM, -EMFILE, -ENFILE
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: any thread, outside
 * of tasks.
 */
#define cede_run(main, ...) cede__run((main), (__VA_ARGS__), NULL, CEDE__SPAWN_SITE(main))

/* How cede_run_with is to run; zero is the default everywhere. */
typedef struct cede_run_options {
    cede_loop_options loop; /* clock, engine, stack size */
    bool ignore_ctrl_c;     /* leave SIGINT as it is */
    bool no_fault_report;   /* leave SIGSEGV as it is: a stack overflow dies without a word */
    bool dump_on_quit;      /* SIGQUIT writes cede_dump to standard error, instead of a core; on the
                               main thread, where it is SIG_DFL */
} cede_run_options;

/**
 * cede_run with options.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @param main     the body of the task
 * @param arg      handed to it
 * @return as cede_run; -EINVAL, -ENOENT: as cede_loop_create
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: any thread, outside
 * of tasks.
 */
#define cede_run_with(options, main, ...)                                                          \
    cede__run((main), (__VA_ARGS__), (options), CEDE__SPAWN_SITE(main))

/**
 * Run a loop until a future is done, and give its outcome. The loop stays open and may run again.
 *
 * @param loop    borrowed
 * @param future  borrowed, of this loop or shared; NULL is -EINVAL
 * @return as cede_await; -EDEADLK: nothing can wake any task any more (reported); -EBUSY: the loop
 *         is running; CEDE_ESHUTDOWN: it has been closed; CEDE_ENOTDONE: cede_loop_stop was called
 *         first
 * Suspends: never; it blocks the thread.  Cancellation point: no.  Call from: the loop's thread,
 * outside of its tasks.
 */
CEDE_API int cede_loop_run_until_complete(cede_loop *loop, cede_future *future);

/**
 * Create a task: it starts when its turn comes, in the order of creation (asyncio: create_task).
 *
 * @param fn   the body
 * @param arg  handed to it; borrowed as long as it runs
 * @return a reference owned by the caller (cede_join, cede_future_unref); NULL, with an error
 *         record, where there is no loop (-EINVAL) or no memory or stack (-ENOMEM)
 * Suspends: never.  Cancellation point: no.  Call from: a task, or a callback on the loop's thread.
 */
#define cede_spawn(fn, ...) cede__spawn((fn), (__VA_ARGS__), NULL, CEDE__SPAWN_SITE(fn))

/**
 * cede_spawn with options.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @param fn       the body
 * @param arg      handed to it, or to options->drop
 * @return as cede_spawn; on failure drop has been called
 * Suspends: never.  Cancellation point: no.  Call from: a task, or a callback on the loop's thread.
 */
#define cede_spawn_with(options, fn, ...)                                                          \
    cede__spawn((fn), (__VA_ARGS__), (options), CEDE__SPAWN_SITE(fn))

/**
 * Create a task that nobody waits for: the loop owns it, and its failure is reported when it ends.
 *
 * @param fn   the body
 * @param arg  handed to it; borrowed as long as it runs
 * @return 0, or -ENOMEM; -EINVAL: there is no loop
 * Suspends: never.  Cancellation point: no.  Call from: a task, or a callback on the loop's thread.
 */
#define cede_start(fn, ...) cede__start((fn), (__VA_ARGS__), CEDE__SPAWN_SITE(fn))

/**
 * Create a task on another thread's loop (asyncio: run_coroutine_threadsafe). Its future is shared:
 * any thread may await, cancel and watch it. It inherits no values of tasks.
 *
 * @param loop  borrowed, of whatever thread; must not be closed during the call
 * @param fn    the body; runs on the loop's thread
 * @param arg   handed to it; borrowed as long as it runs
 * @return a reference owned by the caller; if the loop is closed before the task begins it ends
 *         cancelled. NULL, with an error record: no memory or stack (-ENOMEM); the loop is closing
 *         (CEDE_ESHUTDOWN)
 * Suspends: never.  Cancellation point: no.  Call from: any thread.
 */
#define cede_spawn_threadsafe(loop, fn, ...)                                                       \
    cede__spawn_threadsafe((loop), (fn), (__VA_ARGS__), CEDE__SPAWN_SITE(fn))

CEDE_API int cede__run(cede_fn *main, void *arg, const cede_run_options *options,
                       const struct cede__spawn_site *site);
CEDE_API CEDE_CHECK cede_future *cede__spawn(cede_fn *fn, void *arg,
                                             const cede_task_options *options,
                                             const struct cede__spawn_site *site);
CEDE_API CEDE_CHECK cede_future *cede__spawn_threadsafe(cede_loop *loop, cede_fn *fn, void *arg,
                                                        const struct cede__spawn_site *site);
CEDE_API CEDE_CHECK int cede__start(cede_fn *fn, void *arg, const struct cede__spawn_site *site);

/**
 * Wait until `delay` has passed; 0 lets every task that is ready have its turn. A plain thread is
 * put to sleep.
 *
 * @param delay  nanoseconds; negative as 0; CEDE_NEVER: until cancelled
 * @return 0, or
 *   -ECANCELED  the scope is cancelled
 *   -EDEADLK    called in a callback on a loop's thread
 *   -ENOMEM     no memory for a timer
 * Suspends: always.  Cancellation point: always.  Call from: a task, or a thread without a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_sleep(cede_time delay);

/**
 * Hand a result to the running task's future: `return cede_return(pointer);` ends a body with it.
 *
 * @param value  what cede_future_value will give; it must outlive the task's stack
 * @return 0; CEDE_ENOTASK: there is no task here; -EINVAL: a generator's body runs here, for which
 * cede_gen_return is
 * Suspends: never.  Cancellation point: no.  Call from: a task.
 */
CEDE_API int cede_return(void *value);

/**
 * The running task.
 *
 * @return borrowed; NULL outside of tasks
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API cede_future *cede_task_current(void);

/**
 * Every task of the current loop that is not finished, the running one among them (asyncio:
 * all_tasks).
 *
 * @param tasks_out  room for `room` references, which become the caller's (cede_future_unref); may
 *                   be NULL if `room` is 0
 * @param room       how many at most
 * @return how many there are, which may be more than were written; 0 on a thread without a loop
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API size_t cede_task_all(cede_future **tasks_out, size_t room);

/**
 * Take back one cede_cancel of the running task; when all are taken back it is no longer cancelled.
 *
 * @return how many are left; CEDE_ENOTASK: there is no task here
 * Suspends: never.  Cancellation point: no.  Call from: a task.
 */
CEDE_API int cede_uncancel(void);

/**
 * How many times a task was cancelled, less what it took back.
 *
 * @param task  borrowed; NULL: the running one
 * @return the count; 0 for what is no task
 * Suspends: never.  Cancellation point: no.  Call from: the task's loop.
 */
CEDE_API int cede_task_cancelling(const cede_future *task);

/**
 * Look whether the running task is cancelled, without giving way otherwise: for long computations.
 *
 * @return 0, or -ECANCELED
 * Suspends: never, unless it ignores cancellation.  Cancellation point: always.  Call from: a task
 * or thread.
 */
CEDE_API CEDE_SUSPENDS int cede_checkpoint(void);

/**
 * The name of a task.
 *
 * @param task  borrowed; NULL: the running one
 * @return valid as long as the task; "" for what is no task
 * Suspends: never.  Cancellation point: no.  Call from: the task's loop.
 */
CEDE_API const char *cede_task_name(const cede_future *task);

/**
 * Name a task.
 *
 * @param task  borrowed; NULL: the running one
 * @param name  copied, up to 31 bytes
 * @return 0; CEDE_ENOTASK: that is no task
 * Suspends: never.  Cancellation point: no.  Call from: the task's loop.
 */
CEDE_API int cede_task_set_name(cede_future *task, const char *name);

CEDE_END_DECLS

#endif
