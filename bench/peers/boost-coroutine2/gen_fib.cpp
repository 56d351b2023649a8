/* gen_fib.cpp - Boost.Coroutine2: a pull coroutine yields the numbers of Fibonacci. */
/* SPDX-License-Identifier: MIT */
#include <boost/coroutine2/all.hpp>

#include "bench.h"

typedef boost::coroutines2::coroutine<unsigned long> coroutine;

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    coroutine::pull_type numbers([](coroutine::push_type &yield) {
        unsigned long a = 0, b = 1;

        for (;;) {
            yield(a);
            const unsigned long next = a + b;
            a = b;
            b = next;
        }
    });
    unsigned long sum = 0;

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        sum += numbers.get();
        numbers();
    }
    const int64_t end = bench_now();

    bench_check(sum == bench_fib_sum(count), "the sum");
    bench_result("gen.fib", "boost-coroutine2", "ns", double(end - start) / double(count));
    return 0;
}
