/* parallel_for.c - cede: the sum of an array, by all processors. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int fill(size_t begin, size_t end, void *arg)
{
    for (size_t i = begin; i < end; i++)
        ((int32_t *)arg)[i] = (int32_t)i;
    return 0;
}

static int sum(size_t begin, size_t end, void *part, void *arg)
{
    const int32_t *numbers = arg;
    int64_t total = 0;

    for (size_t i = begin; i < end; i++)
        total += numbers[i];
    *(int64_t *)part += total;
    return 0;
}

static void add(void *into, const void *part, void *arg)
{
    (void)arg;
    *(int64_t *)into += *(const int64_t *)part;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    int32_t *numbers = malloc((size_t)count * sizeof *numbers);
    const cede_reduction reduction = {
        .fold = sum, .combine = add, .arg = numbers, .size = sizeof(int64_t)};
    int64_t total = 0;

    bench_check(numbers != NULL, "memory");
    bench_check(cede_parallel_for(0, (size_t)count, fill, numbers, NULL) == 0, "filling");
    const int64_t start = bench_now();
    bench_check(cede_parallel_reduce(0, (size_t)count, &reduction, &total, NULL) == 0, "summing");
    const int64_t end = bench_now();

    bench_check(total == (int64_t)count * (count - 1) / 2, "the sum");
    free(numbers);
    bench_result("parallel.for", "cede", "ms", (double)(end - start) / 1e6);
    return 0;
}
