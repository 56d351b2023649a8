/* parallel_for.c - OpenMP: the sum of an array, by all processors. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    int32_t *numbers = malloc((size_t)count * sizeof *numbers);
    int64_t total = 0;

    bench_check(numbers != NULL, "memory");
#pragma omp parallel for
    for (long i = 0; i < count; i++)
        numbers[i] = (int32_t)i;
    const int64_t start = bench_now();
#pragma omp parallel for reduction(+ : total)
    for (long i = 0; i < count; i++)
        total += numbers[i];
    const int64_t end = bench_now();

    bench_check(total == (int64_t)count * (count - 1) / 2, "the sum");
    free(numbers);
    bench_result("parallel.for", "openmp", "ms", (double)(end - start) / 1e6);
    return 0;
}
