/* gen_delegate.cpp - C++20 as it is: a generator hands on the items of another by a loop, and so on,
 * DEPTH of them; each item crosses each of them. */
/* SPDX-License-Identifier: MIT */
#include "generator.hpp"

#include "bench.h"

static generator<unsigned long> count_up()
{
    for (unsigned long i = 0;; i++)
        co_yield i;
}

static generator<unsigned long> delegate(long depth)
{
    auto sub = depth > 1 ? delegate(depth - 1) : count_up();

    while (sub.next())
        co_yield sub.item();
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv), depth = bench_size(argc, argv);
    auto items = delegate(depth);
    unsigned long sum = 0;
    char name[32];

    bench_check(items.next(), "next");
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        bench_check(items.next(), "next");
        sum += items.item();
    }
    const int64_t end = bench_now();

    bench_check(sum == (unsigned long)count * ((unsigned long)count + 1) / 2, "the sum");
    snprintf(name, sizeof name, "gen.delegate.%ld", depth);
    bench_result(name, "cpp20", "ns", double(end - start) / double(count));
    return 0;
}
