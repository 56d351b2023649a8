/* gen_create.cpp - C++20: a stackless coroutine is created, yields one item, and is destroyed. */
/* SPDX-License-Identifier: MIT */
#include "generator.hpp"

#include "bench.h"

/* Never inlined, so that its frame is a real one. */
__attribute__((noinline)) static generator<long> one_item(long value)
{
    co_yield value;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long sum = 0;

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        auto items = one_item(i);

        bench_check(items.next(), "next");
        sum += items.item();
    }
    const int64_t end = bench_now();

    bench_check(sum == count * (count - 1) / 2, "the sum");
    bench_result("gen.create", "cpp20", "ns", double(end - start) / double(count));
    return 0;
}
