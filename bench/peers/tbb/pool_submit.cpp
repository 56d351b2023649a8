/* pool_submit.cpp - oneTBB: a million jobs for an arena of two workers; the main thread only
 * submits and waits.
 *
 * A job has no future of its own: it adds one to a count. Tasks of one worker run last in, first
 * out, where the others are first in, first out.
 */
/* SPDX-License-Identifier: MIT */
#include <atomic>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    tbb::global_control threads(tbb::global_control::max_allowed_parallelism, 3);
    tbb::task_arena arena(2, 0); /* two places, none kept for the main thread */
    std::atomic<long> ran{0};

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++)
        arena.enqueue([&ran] { ran.fetch_add(1, std::memory_order_relaxed); });
    while (ran.load() < count)
        std::this_thread::yield();
    const int64_t end = bench_now();

    bench_result("pool.submit", "tbb", "ns", double(end - start) / double(count));
    return 0;
}
