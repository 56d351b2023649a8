/* switch_yield.c - State Threads: two threads give way to each other.
 *
 * This version has no call that yields, and st_usleep(0) goes by way of the heap of timers; the
 * cheapest way there is to hand over is to signal the other's condition and wait on one's own.
 */
/* SPDX-License-Identifier: MIT */
#include <st.h>

#include "bench.h"

struct player {
    st_cond_t mine;
    st_cond_t other;
    long turns;
};

static void *player_run(void *arg)
{
    struct player *player = (struct player *)arg;

    for (long i = 0; i < player->turns; i++) {
        st_cond_signal(player->other);
        st_cond_wait(player->mine);
    }
    st_cond_signal(player->other);
    return NULL;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);

    bench_check(st_init() == 0, "st_init");
    st_cond_t a = st_cond_new(), b = st_cond_new();
    struct player first = {a, b, count / 2}, second = {b, a, count / 2};
    st_thread_t one = st_thread_create(player_run, &first, 1, 0);
    st_thread_t two = st_thread_create(player_run, &second, 1, 0);
    bench_check(one != NULL && two != NULL, "st_thread_create");

    const int64_t start = bench_now();
    st_thread_join(one, NULL);
    st_thread_join(two, NULL);
    const int64_t end = bench_now();

    bench_result("switch.yield", "state-threads", "ns", (double)(end - start) / (double)count);
    return 0;
}
