/* pool_submit.c - libuv: a million requests for its pool of two threads, each with a call back in
 * the loop. */
/* SPDX-License-Identifier: MIT */
#include <uv.h>

#include "bench.h"

static long n_done;

static void body(uv_work_t *job)
{
    __atomic_fetch_add((long *)job->data, 1, __ATOMIC_RELAXED);
}

static void done(uv_work_t *job, int status)
{
    (void)job;
    n_done += status == 0;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long ran = 0;

    setenv("UV_THREADPOOL_SIZE", "2", 1);
    uv_work_t *jobs = (uv_work_t *)malloc((size_t)count * sizeof *jobs);
    bench_check(jobs != NULL, "malloc");

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        jobs[i].data = &ran;
        bench_check(uv_queue_work(uv_default_loop(), &jobs[i], body, done) == 0, "uv_queue_work");
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    const int64_t end = bench_now();

    bench_check(n_done == count && ran == count, "every job ran");
    bench_result("pool.submit", "libuv", "ns", (double)(end - start) / (double)count);
    return 0;
}
