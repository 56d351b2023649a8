/* task_spawn.cpp - Boost.Fiber: start fibers that end at once, a thousand at a time, and wait for
 * the last.
 *
 * Stacks come from its pool: the default allocator would map and unmap one each time.
 */
/* SPDX-License-Identifier: MIT */
#include <boost/fiber/all.hpp>

#include "bench.h"

static constexpr int batch = 1000;

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    boost::fibers::pooled_fixedsize_stack stacks(65536);
    long ran = 0, left = 0;
    boost::fibers::mutex lock;
    boost::fibers::condition_variable all_done;

    const int64_t start = bench_now();
    while (ran < count) {
        left = batch;
        for (int i = 0; i < batch; i++)
            boost::fibers::fiber(std::allocator_arg, stacks, [&] {
                ran++;
                if (--left == 0)
                    all_done.notify_one();
            }).detach();
        std::unique_lock<boost::fibers::mutex> held(lock);
        all_done.wait(held, [&] { return left == 0; });
    }
    const int64_t end = bench_now();

    bench_result("task.spawn", "boost-fiber", "ns", double(end - start) / double(ran));
    return 0;
}
