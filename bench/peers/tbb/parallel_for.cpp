/* parallel_for.cpp - oneTBB: the sum of an array, by all processors. */
/* SPDX-License-Identifier: MIT */
#include <functional>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_reduce.h>

#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    int32_t *numbers = static_cast<int32_t *>(malloc(size_t(count) * sizeof(int32_t)));
    using range = tbb::blocked_range<long>;

    bench_check(numbers != nullptr, "memory");
    tbb::parallel_for(range(0, count), [=](const range &r) {
        for (long i = r.begin(); i < r.end(); i++)
            numbers[i] = int32_t(i);
    });
    const int64_t start = bench_now();
    const int64_t total = tbb::parallel_reduce(
        range(0, count), int64_t(0),
        [=](const range &r, int64_t part) {
            for (long i = r.begin(); i < r.end(); i++)
                part += numbers[i];
            return part;
        },
        std::plus<int64_t>());
    const int64_t end = bench_now();

    bench_check(total == int64_t(count) * (count - 1) / 2, "the sum");
    free(numbers);
    bench_result("parallel.for", "tbb", "ms", double(end - start) / 1e6);
    return 0;
}
