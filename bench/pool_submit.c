/* pool_submit.c - cede: a million jobs for a pool of two threads, each with a future, all
 * awaited. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int body(const void *in, void *out)
{
    (void)in;
    __atomic_fetch_add((long *)out, 1, __ATOMIC_RELAXED);
    return 0;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 2});
    cede_future **jobs = calloc((size_t)count, sizeof *jobs);
    long ran = 0;

    bench_check(pool != NULL && jobs != NULL, "a pool");
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++)
        jobs[i] = cede_submit(pool, &(cede_job){.fn = body, .out = &ran});
    for (long i = 0; i < count; i++)
        bench_check(cede_join(jobs[i]) == 0, "the job");
    const int64_t end = bench_now();

    bench_check(ran == count, "every job ran");
    cede_executor_destroy(pool);
    free(jobs);
    bench_result("pool.submit", "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}
