/* parallel_grain1.cpp - oneTBB: a loop whose body is called for each round by itself. */
/* SPDX-License-Identifier: MIT */
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    unsigned char *rounds = static_cast<unsigned char *>(calloc(size_t(count), 1));
    using range = tbb::blocked_range<long>;
    const auto loop = [=] {
        tbb::parallel_for(
            range(0, count, 1),
            [=](const range &r) {
                bench_check(r.end() == r.begin() + 1, "a grain of one");
                rounds[r.begin()]++;
            },
            tbb::simple_partitioner());
    };

    bench_check(rounds != nullptr, "memory");
    loop();
    const int64_t start = bench_now();
    loop();
    const int64_t end = bench_now();

    for (long i = 0; i < count; i++)
        bench_check(rounds[i] == 2, "each round once");
    free(rounds);
    bench_result("parallel.grain1", "tbb", "ms", double(end - start) / 1e6);
    return 0;
}
