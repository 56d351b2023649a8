/* task_memory.cpp - Boost.Fiber: what a sleeping fiber that has run once holds in memory, on stacks
 * of 64 KiB. */
/* SPDX-License-Identifier: MIT */
#include <boost/fiber/all.hpp>
#include <chrono>
#include <unistd.h>

#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    boost::fibers::fixedsize_stack stacks(65536);
    long ran = 0;

    const double before = bench_resident();
    for (long i = 0; i < count; i++)
        boost::fibers::fiber(std::allocator_arg, stacks, [&ran] {
            ran++;
            boost::this_fiber::sleep_for(std::chrono::hours(1));
        }).detach();
    while (ran < count)
        boost::this_fiber::yield();

    bench_result("task.memory", "boost-fiber", "bytes",
                 (bench_resident() - before) / double(count));
    _exit(0); /* the fibers are asleep for an hour */
}
