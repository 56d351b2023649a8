/* pool_map.cpp - oneTBB: a pipeline of a serial source, a parallel body and a serial end in order,
 * with as many items in a piece, and as many under way. The main thread is one of the two that do
 * all of it. */
/* SPDX-License-Identifier: MIT */
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <vector>

#include "bench.h"

struct piece {
    std::vector<long> ins, outs;
};

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const long size = bench_size(argc, argv);
    char name[32] = "pool.map";
    tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 2);
    long next = 0, n = 0;

    const int64_t start = bench_now();
    tbb::parallel_pipeline(
        size_t(1024 / size),
        tbb::make_filter<void, piece *>(tbb::filter_mode::serial_in_order,
                                            [&](tbb::flow_control &control) -> piece * {
                                                if (next == count) {
                                                    control.stop();
                                                    return nullptr;
                                                }
                                                piece *p = new piece;
                                                for (long i = 0; i < size && next < count; i++)
                                                    p->ins.push_back(next++);
                                                return p;
                                            }) &
                tbb::make_filter<piece *, piece *>(tbb::filter_mode::parallel,
                                                   [](piece *p) {
                                                       for (long in : p->ins)
                                                           p->outs.push_back(in * in);
                                                       return p;
                                                   }) &
                tbb::make_filter<piece *, void>(tbb::filter_mode::serial_in_order, [&](piece *p) {
                    for (long out : p->outs) {
                        bench_check(out == n * n, "the results in order");
                        n++;
                    }
                    delete p;
                }));
    const int64_t end = bench_now();

    bench_check(n == count, "every result");
    if (size > 1)
        snprintf(name, sizeof name, "pool.map.%ld", size);
    bench_result(name, "tbb", "ns", double(end - start) / double(n));
    return 0;
}
