/* task_spawn.c - State Threads: start threads that end at once, a thousand at a time, and wait for
 * the last.
 *
 * The threads are not joinable: that costs half as much, and a count says when all are done.
 */
/* SPDX-License-Identifier: MIT */
#include <st.h>

#include "bench.h"

#define BATCH 1000

static st_cond_t all_done;
static long n_left;

static void *body(void *arg)
{
    ++*(long *)arg;
    if (--n_left == 0)
        st_cond_signal(all_done);
    return NULL;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long ran = 0;

    bench_check(st_init() == 0, "st_init");
    all_done = st_cond_new();
    const int64_t start = bench_now();
    while (ran < count) {
        n_left = BATCH;
        for (int i = 0; i < BATCH; i++)
            bench_check(st_thread_create(body, &ran, 0, 0) != NULL, "st_thread_create");
        while (n_left > 0)
            st_cond_wait(all_done);
    }
    const int64_t end = bench_now();

    bench_result("task.spawn", "state-threads", "ns", (double)(end - start) / (double)ran);
    return 0;
}
