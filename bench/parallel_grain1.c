/* parallel_grain1.c - cede: a loop whose body is called for each round by itself. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int count_up(size_t begin, size_t end, void *arg)
{
    bench_check(end == begin + 1, "a grain of one");
    ((unsigned char *)arg)[begin]++;
    return 0;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const cede_parallel_options options = {.schedule = CEDE_DYNAMIC, .grain = 1};
    unsigned char *rounds = calloc((size_t)count, 1);

    bench_check(rounds != NULL, "memory");
    bench_check(cede_parallel_for(0, (size_t)count, count_up, rounds, &options) == 0, "warming");
    const int64_t start = bench_now();
    bench_check(cede_parallel_for(0, (size_t)count, count_up, rounds, &options) == 0, "counting");
    const int64_t end = bench_now();

    for (long i = 0; i < count; i++)
        bench_check(rounds[i] == 2, "each round once");
    free(rounds);
    bench_result("parallel.grain1", "cede", "ms", (double)(end - start) / 1e6);
    return 0;
}
