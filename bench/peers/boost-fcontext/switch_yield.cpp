/* switch_yield.cpp - Boost.Context's bare jump between two stacks: no run queue, nobody to choose
 * who is next. */
/* SPDX-License-Identifier: MIT */
#include <boost/context/detail/fcontext.hpp>

#include "bench.h"

namespace ctx = boost::context::detail;

static void body(ctx::transfer_t from)
{
    for (;;)
        from = ctx::jump_fcontext(from.fctx, nullptr);
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    alignas(16) static char stack[65536];
    ctx::transfer_t other = {ctx::make_fcontext(stack + sizeof stack, sizeof stack, body), nullptr};

    const int64_t start = bench_now();
    for (long i = 0; i < count; i += 2) /* there and back are two */
        other = ctx::jump_fcontext(other.fctx, nullptr);
    const int64_t end = bench_now();

    bench_result("switch.yield", "boost-fcontext", "ns", double(end - start) / double(count));
    return 0;
}
