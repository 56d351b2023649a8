/* cede/process_pool.h - jobs in processes of their own
 *
 *     int main(int argc, char **argv)
 *     {
 *         cede_process_init(argc, argv);
 *         cede_executor *pool = cede_process_pool(NULL);
 *         ...
 *         cede_submit(pool, &(cede_job){.fn = f, .in = &n, .in_size = sizeof n,
 *                                       .out = &result, .out_size = sizeof result})
 *
 * An executor like a pool of threads, whose workers are processes that run this very program: begun
 * anew, not forked, so they know nothing of the parent's variables, threads or descriptors. Job
 * functions are found by where they lie in their file; inputs and results are copied, as bytes: no
 * pointers in them. A worker that dies takes the job with it that it ran, and nothing else.
 * Source: src/task/process_pool.c   Tests: tests/task/test_process_pool.c
 * Guide: docs/process_pool.md
 */
/* SPDX-License-Identifier: MIT */
#ifndef CEDE_PROCESS_POOL_H
#define CEDE_PROCESS_POOL_H

#include <cede/executor.h>

CEDE_BEGIN_DECLS

/**
 * In a worker process: run jobs, and end; never returns. Elsewhere: note that this program knows of
 * workers, and return. The first line of main, before anything that a worker should not do as well.
 *
 * A worker's standard input is empty, its output and errors are the parent's, Ctrl-C is ignored.
 *
 * @param argc  as main got it
 * @param argv  as main got it; borrowed as long as the process
 * Suspends: never.  Cancellation point: no.  Call from: main.
 */
CEDE_API void cede_process_init(int argc, char **argv);

typedef struct cede_process_pool_options {
    unsigned n_workers; /* at most so many; 0: as many as processors */
    /* jobs that a worker is given before another takes its place; 0: no limit */
    unsigned n_jobs_per_worker;
    const char *name; /* for people; copied up to 23 bytes; NULL: "cede" */
    /* called in each worker before its first job, with a copy of init_in, and NULL for its result;
     * if it fails, jobs waiting then fail with its error; NULL: nothing */
    cede_job_fn *init;
    const void *init_in; /* copied; NULL if init_in_size is 0 */
    size_t init_in_size; /* bytes, at most 64 KiB */
} cede_process_pool_options;

/**
 * Create a pool of processes. One is started when a job comes and none is idle, up to the limit.
 *
 * Of cede_submit's codes, this executor has also: -EINVAL where `in` comes without `in_size`, `out`
 * without `out_size`, or `fn` lies in no file (it was made at run time). In a worker `in` and `out`
 * point to memory that both processes see, `out` zeroed; it is copied back if fn does not fail. A
 * job's future fails with what fn returned, its error record and trace being copied; or with
 *   CEDE_EWORKER      the worker died while it ran the job; the record says its number, its signal
 *                     or exit status, and for a fault where: lines of the trace
 *   -ENOEXEC          the function lies in a library that the worker has not loaded
 *   -E2BIG            input and result are larger than a worker can map
 *   -EAGAIN, -ENOMEM, -EMFILE, -ENFILE  there is no worker and none can be started, or no memory
 *                     to share
 *
 * Jobs that had not begun in a worker that died run in another. A job with `n_retries` is begun
 * anew that often. cede_cancel withdraws jobs that have not begun, and kills the worker of one that
 * has if it is `killable`: it ends cancelled. If this process dies, so do its workers.
 *
 * @param options  borrowed during the call; NULL for the defaults
 * @return owned by the caller: cede_executor_destroy; NULL, with an error record:
 *   -EINVAL  cede_process_init was not called, or init_in is larger than it may be
 *   -ENOMEM, -EAGAIN, -EMFILE, -ENFILE  there is no memory, thread or descriptor for it
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API CEDE_CHECK cede_executor *cede_process_pool(const cede_process_pool_options *options);

/**
 * Kill the workers that there are (Python: kill_workers): the jobs that they run fail with
 * CEDE_EWORKER, retries or not; those that have not begun run in new workers. With a shutdown that
 * cancels what is queued, this ends a pool whose jobs never do.
 *
 * @param pool  borrowed, made by cede_process_pool
 * @return 0, or -EINVAL: NULL, or no pool of processes
 * Suspends: never.  Cancellation point: no.  Call from: anywhere.
 */
CEDE_API int cede_process_pool_kill(cede_executor *pool);

CEDE_END_DECLS

#endif
