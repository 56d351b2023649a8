/* task_blocked.cpp - Boost.Fiber: a thousand fibers wait at once, are released, and are joined. */
/* SPDX-License-Identifier: MIT */
#include <boost/fiber/all.hpp>
#include <vector>

#include "bench.h"

static constexpr int batch = 1000;

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    boost::fibers::pooled_fixedsize_stack stacks(65536);
    boost::fibers::mutex lock;
    boost::fibers::condition_variable gate;
    std::vector<boost::fibers::fiber> fibers(batch);
    long ran = 0;

    const int64_t start = bench_now();
    while (ran < count) {
        int waiting = 0;
        bool open = false;
        for (int i = 0; i < batch; i++)
            fibers[i] = boost::fibers::fiber(std::allocator_arg, stacks, [&] {
                std::unique_lock<boost::fibers::mutex> held(lock);
                waiting++;
                gate.wait(held, [&] { return open; });
                ran++;
            });
        while (waiting < batch)
            boost::this_fiber::yield();
        open = true;
        gate.notify_all();
        for (auto &fiber : fibers)
            fiber.join();
    }
    const int64_t end = bench_now();

    bench_result("task.blocked", "boost-fiber", "ns", double(end - start) / double(ran));
    return 0;
}
