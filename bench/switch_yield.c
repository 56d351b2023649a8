/* switch_yield.c - two tasks give way to each other. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int body(void *arg)
{
    const long turns = *(const long *)arg;

    for (long i = 0; i < turns; i++)
        CEDE_TRY(cede_sleep(0));
    return 0;
}

static int run(void *arg)
{
    const long count = *(const long *)arg;
    long turns = count / 2;

    cede_future *one = cede_spawn(body, &turns);
    cede_future *two = cede_spawn(body, &turns);
    const int64_t start = bench_now();
    CEDE_TRY(cede_join(one));
    CEDE_TRY(cede_join(two));
    const int64_t end = bench_now();

    bench_result("switch.yield", "cede", "ns", (double)(end - start) / (double)count);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
