/* task_blocked.c - State Threads: a thousand threads wait at once, are released, and end.
 *
 * The threads are not joinable: that costs half as much, and a count says when all are done.
 */
/* SPDX-License-Identifier: MIT */
#include <st.h>

#include "bench.h"

#define BATCH 1000

static st_cond_t gate;
static st_cond_t turn; /* all wait at the gate, or all are done */
static long n_waiting;
static long n_left;

static void *body(void *arg)
{
    if (++n_waiting == BATCH)
        st_cond_signal(turn);
    st_cond_wait(gate);
    ++*(long *)arg;
    if (--n_left == 0)
        st_cond_signal(turn);
    return NULL;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long ran = 0;

    bench_check(st_init() == 0, "st_init");
    gate = st_cond_new();
    turn = st_cond_new();
    const int64_t start = bench_now();
    while (ran < count) {
        n_waiting = 0;
        n_left = BATCH;
        for (int i = 0; i < BATCH; i++)
            bench_check(st_thread_create(body, &ran, 0, 0) != NULL, "st_thread_create");
        while (n_waiting < BATCH)
            st_cond_wait(turn);
        st_cond_broadcast(gate);
        while (n_left > 0)
            st_cond_wait(turn);
    }
    const int64_t end = bench_now();

    bench_result("task.blocked", "state-threads", "ns", (double)(end - start) / (double)ran);
    return 0;
}
