/* pool_map.c - cede: a million items mapped by two threads, so many to a job, results in order,
 * input taken as it is needed. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int square(const void *in, void *out)
{
    const long n = *(const long *)in;

    *(long *)out = n * n;
    return 0;
}

struct numbers {
    long next;
    long count;
};

static int give(void *item, void *arg)
{
    struct numbers *numbers = arg;

    *(long *)item = numbers->next;
    return numbers->next++ < numbers->count;
}

int main(int argc, char **argv)
{
    struct numbers numbers = {0, bench_count(argc, argv)};
    const long size = bench_size(argc, argv);
    cede_executor *pool = cede_thread_pool(&(cede_pool_options){.n_threads = 2});
    const cede_map_options options = {.fn = square,
                                      .source = give,
                                      .source_arg = &numbers,
                                      .item_size = sizeof(long),
                                      .out_size = sizeof(long),
                                      .chunk = (size_t)size,
                                      .look_ahead = 1024};
    cede_map *map;
    char name[32] = "pool.map";
    void *out;
    long n = 0;

    bench_check(pool != NULL, "a pool");
    const int64_t start = bench_now();
    bench_check(cede_map_create(pool, &options, &map) == 0, "a map");
    for (int rc; (rc = cede_map_next(map, &out)) != 0; n++)
        bench_check(rc == 1 && *(long *)out == n * n, "the results in order");
    const int64_t end = bench_now();

    bench_check(n == numbers.count, "every result");
    cede_map_destroy(map);
    cede_executor_destroy(pool);
    if (size > 1)
        snprintf(name, sizeof name, "pool.map.%ld", size);
    bench_result(name, "cede", "ns", (double)(end - start) / (double)n);
    return 0;
}
