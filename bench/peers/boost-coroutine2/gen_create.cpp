/* gen_create.cpp - Boost.Coroutine2: a pull coroutine is created, which runs it to its one item, and
 * destroyed. Its stacks come from Boost's pool. */
/* SPDX-License-Identifier: MIT */
#include <boost/coroutine2/all.hpp>
#include <boost/coroutine2/pooled_fixedsize_stack.hpp>

#include "bench.h"

typedef boost::coroutines2::coroutine<long> coroutine;

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    boost::coroutines2::pooled_fixedsize_stack stacks(65536);
    long sum = 0;

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        coroutine::pull_type items(stacks, [i](coroutine::push_type &yield) { yield(i); });

        sum += items.get();
    }
    const int64_t end = bench_now();

    bench_check(sum == count * (count - 1) / 2, "the sum");
    bench_result("gen.create", "boost-coroutine2", "ns", double(end - start) / double(count));
    return 0;
}
