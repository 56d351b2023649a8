/* progress_update.c - a loop that counts in memory, without a bar. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    static long n;

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        n++;
        __asm__ volatile("" : : : "memory"); /* each count is written, as another would read it */
    }
    const int64_t end = bench_now();

    bench_check(n == count, "count");
    bench_result("progress.update", "floor", "ns", (double)(end - start) / (double)count);
    return 0;
}
