/* timer_million.cpp - Boost.Fiber: each fiber sleeps once, up to two seconds. */
/* SPDX-License-Identifier: MIT */
#include <boost/fiber/all.hpp>
#include <chrono>

#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    boost::fibers::fixedsize_stack stacks(65536);
    boost::fibers::mutex lock;
    boost::fibers::condition_variable all_done;
    uint64_t series = BENCH_SPAN_SEED;
    long done = 0;

    for (long i = 0; i < count; i++)
        boost::fibers::fiber(std::allocator_arg, stacks, [&] {
            boost::this_fiber::sleep_for(std::chrono::nanoseconds(bench_span(&series)));
            if (++done == count)
                all_done.notify_one();
        }).detach();
    std::unique_lock<boost::fibers::mutex> held(lock);
    all_done.wait(held, [&] { return done == count; });
    bench_done("timer.million", "boost-fiber", done);
    return 0;
}
