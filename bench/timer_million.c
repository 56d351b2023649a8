/* timer_million.c - each task sleeps once, up to two seconds. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static uint64_t series = BENCH_SPAN_SEED;
static cede_future *all_done;
static long n_left;

static int body(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sleep(bench_span(&series)));
    if (--n_left == 0)
        CEDE_TRY(cede_future_set(all_done, NULL));
    return 0;
}

static int run(void *arg)
{
    const long count = *(const long *)arg;

    all_done = cede_future_create();
    n_left = count;
    for (long i = 0; i < count; i++)
        CEDE_TRY(cede_start(body, NULL));
    CEDE_TRY(cede_join(all_done));
    bench_done("timer.million", "cede", count - n_left);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
