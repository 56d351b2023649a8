/* switch_yield.cpp - Boost.Fiber: two fibers give way to each other. */
/* SPDX-License-Identifier: MIT */
#include <boost/fiber/all.hpp>

#include "bench.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const auto body = [count] {
        for (long i = 0; i < count / 2; i++)
            boost::this_fiber::yield();
    };

    boost::fibers::fiber one(body), two(body);
    const int64_t start = bench_now();
    one.join();
    two.join();
    const int64_t end = bench_now();

    bench_result("switch.yield", "boost-fiber", "ns", double(end - start) / double(count));
    return 0;
}
