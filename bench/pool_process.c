/* pool_process.c - cede: small jobs for a pool of two processes, each with a future, a number in
 * and a number out, all awaited. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int body(const void *in, void *out)
{
    *(long *)out = *(const long *)in + 1;
    return 0;
}

struct item {
    cede_future *job;
    long in, out;
};

static void submit(cede_executor *pool, struct item *item, long n)
{
    item->in = n;
    item->job = cede_submit(pool, &(cede_job){.fn = body,
                                              .in = &item->in,
                                              .in_size = sizeof item->in,
                                              .out = &item->out,
                                              .out_size = sizeof item->out});
}

int main(int argc, char **argv)
{
    cede_process_init(argc, argv);
    const long count = bench_count(argc, argv);
    cede_executor *pool = cede_process_pool(&(cede_process_pool_options){.n_workers = 2});
    struct item *items = calloc((size_t)count, sizeof *items);
    long sum = 0;

    bench_check(pool != NULL && items != NULL, "a pool");
    /* Starting the workers is not what is measured. */
    for (long i = 0; i < 2; i++)
        submit(pool, &items[i % count], i);
    bench_check(cede_join(items[0].job) == 0, "the first job");
    if (count > 1)
        bench_check(cede_join(items[1].job) == 0, "the second job");

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++)
        submit(pool, &items[i], i);
    for (long i = 0; i < count; i++)
        bench_check(cede_join(items[i].job) == 0, "the job");
    const int64_t end = bench_now();

    for (long i = 0; i < count; i++)
        sum += items[i].out;
    bench_check(sum == count * (count + 1) / 2, "every job ran");
    cede_executor_destroy(pool);
    free(items);
    bench_result("pool.process", "cede", "us", (double)(end - start) / 1e3 / (double)count);
    return 0;
}
