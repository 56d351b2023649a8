/* gen_fib.cpp - C++20: a stackless coroutine yields the numbers of Fibonacci. */
/* SPDX-License-Identifier: MIT */
#include "generator.hpp"

#include "bench.h"

/* Never inlined, so that its frame is a real one. */
__attribute__((noinline)) static generator<unsigned long> fibonacci()
{
    unsigned long a = 0, b = 1;

    for (;;) {
        co_yield a;
        const unsigned long next = a + b;
        a = b;
        b = next;
    }
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    auto numbers = fibonacci();
    unsigned long sum = 0;

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        bench_check(numbers.next(), "next");
        sum += numbers.item();
    }
    const int64_t end = bench_now();

    bench_check(sum == bench_fib_sum(count), "the sum");
    bench_result("gen.fib", "cpp20", "ns", double(end - start) / double(count));
    return 0;
}
