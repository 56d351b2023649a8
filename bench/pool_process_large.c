/* pool_process_large.c - cede: jobs with a mebibyte in and a mebibyte out for a pool of two
 * processes, each with a future, all submitted, all awaited. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

enum { SIZE = 1 << 20, RESULTS = 64 };

static int body(const void *in, void *out)
{
    memcpy(out, in, SIZE);
    return 0;
}

int main(int argc, char **argv)
{
    cede_process_init(argc, argv);
    const long count = bench_count(argc, argv);
    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){.n_workers = 2});
    cede_future **jobs = calloc((size_t)count, sizeof *jobs);
    char *in = malloc(SIZE), *outs = calloc(RESULTS, SIZE);

    bench_check(pool != NULL && jobs != NULL && in != NULL && outs != NULL, "a pool");
    for (int i = 0; i < SIZE; i++)
        in[i] = (char)(i * 7);
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++)
        jobs[i] = cede_submit(pool, &(cede_job){.fn = body,
                                                .in = in,
                                                .in_size = SIZE,
                                                .out = outs + i % RESULTS * SIZE,
                                                .out_size = SIZE});
    for (long i = 0; i < count; i++)
        bench_check(cede_join(jobs[i]) == 0, "the job");
    const int64_t end = bench_now();

    for (long i = 0; i < RESULTS && i < count; i++)
        bench_check(memcmp(outs + i * SIZE, in, SIZE) == 0, "the result is right");
    cede_executor_destroy(pool);
    free(jobs);
    free(in);
    free(outs);
    bench_result("pool.process.large", "cede", "us", (double)(end - start) / 1e3 / (double)count);
    return 0;
}
