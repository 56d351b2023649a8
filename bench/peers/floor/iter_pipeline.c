/* iter_pipeline.c - a plain loop: the odd numbers, each times three, a number of the range. The
 * compiler is kept from seeing more than one number at a time, or nothing would be left of it. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    int64_t sum = 0;

    const int64_t start = bench_now();
    for (int64_t i = 0; i < count; i++) {
        int64_t value = i;

        __asm__ volatile("" : "+r"(value));
        if (value & 1)
            sum += 3 * value;
    }
    const int64_t end = bench_now();

    bench_check(sum == 3 * (count / 2) * (count / 2), "sum");
    bench_result("iter.pipeline", "floor", "ns", (double)(end - start) / (double)count);
    return 0;
}
