/* iter_pipeline.c - sum(map(filter(range))): the odd numbers, each times three, a number of the
 * range. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int is_odd(void *item, void *arg)
{
    (void)arg;
    return *(const int64_t *)item & 1;
}

static int times_three(void *item, void *out, void *arg)
{
    (void)arg;
    *(int64_t *)out = 3 * *(const int64_t *)item;
    return 0;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    int64_t sum = 0;

    const int64_t start = bench_now();
    const int rc = cede_iter_sum_int64(
        cede_iter_map(cede_iter_filter(cede_iter_range(0, count, 1), is_odd, NULL), times_three,
                      NULL, sizeof(int64_t)),
        &sum);
    const int64_t end = bench_now();

    bench_check(rc == 0 && sum == 3 * (count / 2) * (count / 2), "sum");
    bench_result("iter.pipeline", "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}
