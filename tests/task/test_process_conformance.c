/* test_process_conformance.c - what CPython's test_concurrent_futures pins down of pools of
 * processes and our own tests left open; tests/conformance/concurrent_futures.md says which is
 * which. */
/* SPDX-License-Identifier: MIT */
#include "task/processes.h"

static cede_future *submit_tell_pid(cede_executor *pool, pid_t *pid)
{
    return submit_bytes(pool, (cede_job){.fn = tell_pid, .out = pid, .out_size = sizeof *pid});
}

TEST(process_conformance, one_job_after_another_is_run_by_the_same_worker)
{
    cede_executor *pool = make_processes(4);
    pid_t pids[5];

    for (int i = 0; i < 5; i++) {
        CHECK_EQ(cede_join(submit_tell_pid(pool, &pids[i])), 0);
        CHECK_EQ(pids[i], pids[0]);
    }
    cede_executor_destroy(pool);
}

TEST(process_conformance, no_more_workers_run_than_the_pool_may_have)
{
    enum { N = 60, MOST = 3 };
    cede_executor *pool = make_processes(MOST);
    cede_future *jobs[N];
    pid_t pids[N], seen[MOST];
    int n_seen = 0;

    for (int i = 0; i < N; i++)
        jobs[i] = submit_tell_pid(pool, &pids[i]);
    for (int i = 0; i < N; i++) {
        int known = 0;

        CHECK_EQ(cede_join(jobs[i]), 0);
        while (known < n_seen && seen[known] != pids[i])
            known++;
        CHECK(known < MOST);
        if (known == n_seen)
            seen[n_seen++] = pids[i];
    }
    cede_executor_destroy(pool);
}

TEST(process_conformance, a_shutdown_replaces_workers_as_long_as_there_are_jobs)
{
    enum { N = 6 };
    cede_executor *pool =
        cede_process_pool(&(cede_process_pool_options){.n_workers = 3, .n_jobs_per_worker = 1});
    static const int ins[N] = {0, 1, 2, 3, 4, 5};
    int outs[N];
    cede_future *jobs[N];

    for (int i = 0; i < N; i++)
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    CHECK_EQ(cede_executor_shutdown(pool, NULL), 0);
    for (int i = 0; i < N; i++) {
        CHECK_EQ(cede_join(jobs[i]), i);
        CHECK_EQ(outs[i], i + 1);
    }
    cede_executor_destroy(pool);
}

TEST(process_conformance, a_shutdown_that_does_not_wait_lets_what_was_submitted_run)
{
    enum { N = 10 };
    cede_executor *pool = make_processes(2);
    int ins[N], outs[N];
    cede_future *jobs[N];

    for (int i = 0; i < N; i++) {
        ins[i] = i;
        jobs[i] = submit_add(pool, &ins[i], &outs[i]);
    }
    CHECK_EQ(cede_executor_shutdown(pool, &(cede_shutdown_options){.no_wait = true}), 0);
    for (int i = 0; i < N; i++) {
        CHECK_EQ(cede_join(jobs[i]), i);
        CHECK_EQ(outs[i], i + 1);
    }
    cede_executor_destroy(pool);
}
