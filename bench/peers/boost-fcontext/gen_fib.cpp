/* gen_fib.cpp - Boost.Context's bare jump: one stack yields the numbers of Fibonacci to the other. No
 * end, no errors, no state: a lower bound for a generator that calls its switch. */
/* SPDX-License-Identifier: MIT */
#include <boost/context/detail/fcontext.hpp>

#include "bench.h"

namespace ctx = boost::context::detail;

static void fibonacci(ctx::transfer_t from)
{
    unsigned long a = 0, b = 1;

    for (;;) {
        from = ctx::jump_fcontext(from.fctx, &a);
        const unsigned long next = a + b;
        a = b;
        b = next;
    }
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    alignas(16) static char stack[65536];
    ctx::transfer_t other = {ctx::make_fcontext(stack + sizeof stack, sizeof stack, fibonacci),
                             nullptr};
    unsigned long sum = 0;

    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        other = ctx::jump_fcontext(other.fctx, nullptr);
        sum += *static_cast<unsigned long *>(other.data);
    }
    const int64_t end = bench_now();

    bench_check(sum == bench_fib_sum(count), "the sum");
    bench_result("gen.fib", "boost-fcontext", "ns", double(end - start) / double(count));
    return 0;
}
