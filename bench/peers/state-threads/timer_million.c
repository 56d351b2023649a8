/* timer_million.c - State Threads: each thread sleeps once, up to two seconds. */
/* SPDX-License-Identifier: MIT */
#include <st.h>

#include "bench.h"

static uint64_t series = BENCH_SPAN_SEED;
static st_cond_t all_done;
static long n_left;

static void *body(void *arg)
{
    (void)arg;
    st_usleep((st_utime_t)(bench_span(&series) / 1000));
    if (--n_left == 0)
        st_cond_signal(all_done);
    return NULL;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);

    bench_check(st_init() == 0, "st_init");
    all_done = st_cond_new();
    n_left = count;
    for (long i = 0; i < count; i++)
        bench_check(st_thread_create(body, NULL, 0, 0) != NULL, "st_thread_create");
    while (n_left > 0)
        st_cond_wait(all_done);
    bench_done("timer.million", "state-threads", count - n_left);
    return 0;
}
