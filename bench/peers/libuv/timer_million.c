/* timer_million.c - libuv: a timer each, up to two seconds, and a call back: no tasks. Its clock
 * counts milliseconds. */
/* SPDX-License-Identifier: MIT */
#include <uv.h>

#include "bench.h"

static long n_done;

static void fired(uv_timer_t *timer)
{
    (void)timer;
    n_done++;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    uint64_t series = BENCH_SPAN_SEED;
    uv_timer_t *timers = (uv_timer_t *)malloc((size_t)count * sizeof *timers);

    bench_check(timers != NULL, "malloc");
    for (long i = 0; i < count; i++) {
        uv_timer_init(uv_default_loop(), &timers[i]);
        uv_timer_start(&timers[i], fired, (uint64_t)(bench_span(&series) / 1000000), 0);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    bench_done("timer.million", "libuv", n_done);
    return 0;
}
