/* test_process_chaos_slow.c - many seeds; and what takes long because it waits for a limit. */
/* SPDX-License-Identifier: MIT */
#include "task/process_chaos.h"

TEST(process_chaos_slow, c9_each_job_ends_as_it_may)
{
    test_time_limit(1400);
    for (uint64_t seed = 100; seed < 400; seed++)
        chaos(seed);
}

static void hang(void)
{
    (void)chaos_stuck(NULL, NULL);
}

static int hang_at_exit(const void *in, void *out)
{
    (void)in;
    (void)out;
    return atexit(hang);
}

TEST(process_chaos_slow, c7_a_worker_that_does_not_end_is_killed)
{
    cede_executor *pool = make_processes(1);

    CHECK_EQ(cede_join(submit_bytes(pool, (cede_job){.fn = hang_at_exit})), 0);
    cede_executor_destroy(pool);
}
