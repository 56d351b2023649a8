/* parallel_grain1.c - OpenMP: a loop whose rounds are handed out one by one. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

static void loop(unsigned char *rounds, long count)
{
#pragma omp parallel for schedule(dynamic, 1)
    for (long i = 0; i < count; i++)
        rounds[i]++;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    unsigned char *rounds = calloc((size_t)count, 1);

    bench_check(rounds != NULL, "memory");
    loop(rounds, count);
    const int64_t start = bench_now();
    loop(rounds, count);
    const int64_t end = bench_now();

    for (long i = 0; i < count; i++)
        bench_check(rounds[i] == 2, "each round once");
    free(rounds);
    bench_result("parallel.grain1", "openmp", "ms", (double)(end - start) / 1e6);
    return 0;
}
