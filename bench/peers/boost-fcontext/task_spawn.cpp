/* task_spawn.cpp - Boost.Context's bare contexts: a thousand are made on stacks kept from the batch
 * before, each is entered once and left for good. No run queue, nothing to wait for. */
/* SPDX-License-Identifier: MIT */
#include <boost/context/detail/fcontext.hpp>
#include <sys/mman.h>

#include "bench.h"

namespace ctx = boost::context::detail;

static constexpr int batch = 1000;
static constexpr size_t stack_size = 65536;

static void body(ctx::transfer_t from)
{
    ++*static_cast<long *>(from.data);
    ctx::jump_fcontext(from.fctx, nullptr);
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    static ctx::fcontext_t contexts[batch];
    long ran = 0;
    void *memory = mmap(nullptr, batch * stack_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    bench_check(memory != MAP_FAILED, "mmap");
    char *stacks = static_cast<char *>(memory);
    const int64_t start = bench_now();
    while (ran < count) {
        for (int i = 0; i < batch; i++)
            contexts[i] = ctx::make_fcontext(stacks + (i + 1) * stack_size, stack_size, body);
        for (int i = 0; i < batch; i++)
            ctx::jump_fcontext(contexts[i], &ran);
    }
    const int64_t end = bench_now();

    bench_result("task.spawn", "boost-fcontext", "ns", double(end - start) / double(ran));
    return 0;
}
