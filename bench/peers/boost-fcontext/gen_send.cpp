/* gen_send.cpp - Boost.Context's bare jump: a number goes there, the sum so far comes back. */
/* SPDX-License-Identifier: MIT */
#include <boost/context/detail/fcontext.hpp>

#include "bench.h"

namespace ctx = boost::context::detail;

static void add_up(ctx::transfer_t from)
{
    unsigned long sum = 0;

    for (;;) {
        from = ctx::jump_fcontext(from.fctx, &sum);
        sum += *static_cast<unsigned long *>(from.data);
    }
}

int main(int argc, char **argv)
{
    const unsigned long count = (unsigned long)bench_count(argc, argv);
    alignas(16) static char stack[65536];
    ctx::transfer_t other = {ctx::make_fcontext(stack + sizeof stack, sizeof stack, add_up),
                             nullptr};

    other = ctx::jump_fcontext(other.fctx, nullptr); /* to its first yield */
    const int64_t start = bench_now();
    for (unsigned long i = 0; i < count; i++)
        other = ctx::jump_fcontext(other.fctx, &i);
    const int64_t end = bench_now();

    bench_check(*static_cast<unsigned long *>(other.data) == count * (count - 1) / 2, "the sum");
    bench_result("gen.send", "boost-fcontext", "ns", double(end - start) / double(count));
    return 0;
}
