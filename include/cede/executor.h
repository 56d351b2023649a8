/* cede/executor.h - work for other threads
 *
 * A job is a function, where its input lies and where its result goes. An executor runs jobs;
 * cede_submit gives a future, which a task awaits by suspending and a plain thread by blocking,
 * alone or mixed with any others in cede_gather, cede_wait and cede_as_completed.
 *
 *     static int square(const void *in, void *out)
 *     {
 *         *(long *)out = *(const long *)in * *(const long *)in;
 *         return 0;
 *     }
 *     ...
 *     cede_future *job = cede_submit(pool, &(cede_job){.fn = square, .in = &n, .out = &result});
 *     CEDE_TRY(cede_join(job));
 *
 * Source: src/task/executor.c, src/task/thread_pool.c   Tests: tests/task/test_executor.c
 * Guide: docs/executor.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_EXECUTOR_H
#define CEDE_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>

#include <cede/def.h>
#include <cede/future.h>

CEDE_BEGIN_DECLS

typedef struct cede_executor cede_executor;

/* The body of a job, in another thread or process: 0 or a count, or a negative code; the error
 * record made there goes with it. It may block, sleep, await futures and run a loop of its own. */
typedef int cede_job_fn(const void *in, void *out);

/* A job. Only `fn` is needed. */
typedef struct cede_job {
    cede_job_fn *fn;
    const void *in; /* handed to fn; borrowed until the job is done */
    size_t in_size; /* bytes of it; threads do not need it, processes do */
    /* handed to fn for its result; borrowed until the job is done; also the future's value */
    void *out;
    size_t out_size;        /* bytes of it; threads do not need it, processes do */
    void (*drop)(void *in); /* called with `in`, once, if fn never runs; may be NULL */
    const char *name;       /* for people; borrowed as long as the future; may be NULL */

    /* For threads only. */
    /* a higher one is begun before a lower one, but for what a thread that goes through very short
     * jobs has taken already; 0 is the middle */
    int priority;

    /* For processes only. */
    unsigned n_retries; /* run it again so often if the process dies that runs it */
    bool killable;      /* cede_cancel while it runs kills the process that runs it */
} cede_job;

typedef struct cede_pool_options {
    unsigned n_threads; /* at most so many; 0: as many as processors and four more, up to 32 */
    /* threads are called name-0, name-1, ...; copied up to 11 bytes; NULL: "cede" */
    const char *name;
    /* Called in each thread before its first job; negative breaks the pool: all its jobs that have
     * not begun, and all to come, fail with CEDE_EBROKEN. May be NULL. */
    int (*init)(void *arg);
    void (*fini)(void *arg); /* called in each thread after its last job; may be NULL */
    void *arg;               /* handed to both; borrowed as long as the pool lives */
    size_t queue_limit;      /* jobs that may wait for a thread; 0: any number */
    /* cede_submit to a full queue is refused with -EAGAIN; else it waits until there is room */
    bool refuse_when_full;
} cede_pool_options;

/**
 * Create a pool of threads. A thread is started when a job comes and none is idle, up to the limit.
 *
 * Jobs start in the order in which they were submitted, but for very short ones (a microsecond),
 * which threads take several at a time, and one thread takes them all as long as it keeps up. A job
 * that awaits one of its own pool that has not begun runs it itself; if it has begun, another
 * thread stands in for the waiting one, above the limit, so that a pool does not come to a halt
 * over its own jobs. Where jobs wait for each other in a circle, of whatever pools, also for a
 * thread of a pool whose threads all wait, the last to wait is told -EDEADLK by cede_await or
 * cede_gather, and the circle is reported.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @return owned by the caller: cede_executor_destroy; NULL, with an error record, where there is no
 *         memory (-ENOMEM)
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK cede_executor *cede_thread_pool(const cede_pool_options *options);

/**
 * The pool of this process that cede_run_in_thread uses, made when it is first asked for. When the
 * process ends by exit or by returning from main, jobs that have not begun are withdrawn and its
 * threads joined; one that still runs is not waited for longer than a moment.
 *
 * @return borrowed, not to be shut down or destroyed; NULL, with an error record, where there is no
 *         memory (-ENOMEM) or the process is ending (CEDE_ESHUTDOWN)
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK cede_executor *cede_default_pool(void);

/**
 * An executor that has no threads: cede_submit runs the job before it returns, in its caller. For a
 * program whose text is to be the same with one processor and with many, and for debugging.
 *
 * @return owned by the caller: cede_executor_destroy; NULL, with an error record, where there is no
 *         memory (-ENOMEM)
 * Suspends: never; but its jobs may.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK cede_executor *cede_sequential_executor(void);

/**
 * Hand over a job (Python: Executor.submit).
 *
 * Where the queue of a pool is bounded and full, it waits in a row with others, unless it is called
 * in a job of the same pool, which is let in.
 *
 * cede_cancel withdraws a job that has not begun: its drop is called there and then. One that runs
 * cannot be cancelled. On a virtual clock, time stands still until jobs submitted from there are
 * done.
 *
 * @param executor  borrowed
 * @param job       borrowed during the call; what it points to, until the future is done
 * @return a reference owned by the caller (cede_join, cede_future_unref), known to all threads from
 *         the start; NULL, with an error record, after drop was called:
 *   CEDE_ESHUTDOWN   the executor was shut down
 *   -EINVAL          there is no executor or no fn
 *   CEDE_EBROKEN     a thread of the pool could not be set up; the cause is in the record
 *   -EAGAIN, -ENOMEM there is no memory, or not even one thread can be started; -EAGAIN: also, the
 *                    queue is full and the pool refuses
 *   -ECANCELED, -EDEADLK  while the queue was full: the caller's scope is cancelled, or the caller
 *                    is a callback on a loop's thread
 * Suspends: while a bounded queue is full.  Cancellation point: the same.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK CEDE_SUSPENDS cede_future *cede_submit(cede_executor *executor,
                                                           const cede_job *job);

typedef struct cede_shutdown_options {
    bool no_wait;       /* return at once; what was submitted still runs */
    bool cancel_queued; /* withdraw the jobs that have not begun */
} cede_shutdown_options;

/**
 * Take no more jobs, and wait until those submitted are done. May be called again, in any form.
 *
 * @param executor  borrowed; NULL is nothing
 * @param options   borrowed during the call; NULL for the defaults
 * @return 0, or
 *   -ECANCELED  the caller's scope is cancelled; the shutdown goes on
 *   -EDEADLK    called to wait in a job of this executor, or of another that one of this waits for,
 *               or in a callback on a loop's thread; the shutdown goes on
 * Suspends: until the last job is done, unless no_wait.  Cancellation point: the same.
 * Call from: a task, or a thread without a loop; with no_wait anywhere.
 */
CEDE_API CEDE_SUSPENDS int cede_executor_shutdown(cede_executor *executor,
                                                  const cede_shutdown_options *options);

/**
 * Shut down, wait until all jobs are done, whatever the scope says, and free it. Futures of its
 * jobs stay valid.
 *
 * @param executor  taken; NULL is nothing
 * Suspends: until the last job is done; in a callback on a loop's thread it blocks.
 * Cancellation point: no.  Call from: anywhere but a job of this executor.
 */
CEDE_API CEDE_SUSPENDS void cede_executor_destroy(cede_executor *executor);

/**
 * Run fn(arg) in a thread of the default pool and wait for it (asyncio: to_thread).
 *
 * Once it has begun it is waited for, and its outcome is returned even if the caller was cancelled
 * meanwhile, who learns of that at the next point. Cancelled before it began, it never runs.
 *
 * @param fn   the function
 * @param arg  handed to it; may lie on the caller's stack
 * @return what fn returned, its error record being the caller's; or
 *   -ECANCELED        the caller's scope is cancelled; fn was not called
 *   CEDE_EREVOKED     fn returned -ECANCELED
 *   -EDEADLK          called in a callback on a loop's thread
 *   -EAGAIN, -ENOMEM  there is no thread or no memory; fn was not called
 * Suspends: always.  Cancellation point: always, until fn has begun.  Call from: a task, or a
 * thread without a loop.
 */
CEDE_API CEDE_SUSPENDS int cede_run_in_thread(int (*fn)(void *arg), void *arg);

CEDE_END_DECLS

#endif
