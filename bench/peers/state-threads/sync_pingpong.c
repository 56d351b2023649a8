/* sync_pingpong.c - State Threads: two threads send a number to and fro through two queues of one
 * place, made of a flag and a condition variable each, which is what the library offers. */
/* SPDX-License-Identifier: MIT */
#include <st.h>

#include "bench.h"

struct queue {
    st_cond_t changed;
    int is_full;
    long item;
};

static struct queue there;
static struct queue back;

static void put(struct queue *queue, long item)
{
    while (queue->is_full)
        st_cond_wait(queue->changed);
    queue->item = item;
    queue->is_full = 1;
    st_cond_signal(queue->changed);
}

static long get(struct queue *queue)
{
    while (!queue->is_full)
        st_cond_wait(queue->changed);
    queue->is_full = 0;
    st_cond_signal(queue->changed);
    return queue->item;
}

static void *answer(void *arg)
{
    const long count = *(const long *)arg;

    for (long i = 0; i < count; i++)
        put(&back, get(&there) + 1);
    return NULL;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);
    long ball = 0;

    bench_check(st_init() == 0, "st_init");
    there.changed = st_cond_new();
    back.changed = st_cond_new();
    st_thread_t other = st_thread_create(answer, &count, 1, 0);
    const int64_t start = bench_now();
    for (long i = 0; i < count; i++) {
        put(&there, ball);
        ball = get(&back);
    }
    const int64_t end = bench_now();
    bench_check(ball == count, "play every round");
    st_thread_join(other, NULL);

    bench_result("sync.pingpong", "state-threads", "ns", (double)(end - start) / (double)count);
    return 0;
}
