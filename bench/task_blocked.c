/* task_blocked.c - a thousand tasks wait for one promise at once, are released, and end.
 *
 * Nobody holds a handle to them, as in the program for State Threads: a count says when all wait
 * and when all are done.
 */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

#define BATCH 1000

struct batch {
    cede_future *gate;
    cede_future *all_wait;
    cede_future *all_done;
    int n_waiting;
    int n_left;
    long ran;
};

static int body(void *arg)
{
    struct batch *batch = arg;

    if (++batch->n_waiting == BATCH)
        CEDE_TRY(cede_future_set(batch->all_wait, NULL));
    CEDE_TRY(cede_await(batch->gate));
    batch->ran++;
    return --batch->n_left == 0 ? cede_future_set(batch->all_done, NULL) : 0;
}

static int run_batch(struct batch *batch)
{
    batch->gate = cede_future_create();
    batch->all_wait = cede_future_create();
    batch->all_done = cede_future_create();
    batch->n_waiting = 0;
    batch->n_left = BATCH;
    for (int i = 0; i < BATCH; i++)
        CEDE_TRY(cede_start(body, batch));
    CEDE_TRY(cede_join(batch->all_wait));
    CEDE_TRY(cede_future_set(batch->gate, NULL));
    CEDE_TRY(cede_join(batch->all_done));
    cede_future_unref(batch->gate);
    return 0;
}

static int run(void *arg)
{
    const long count = *(const long *)arg;
    struct batch batch = {0};

    const int64_t start = bench_now();
    while (batch.ran < count)
        CEDE_TRY(run_batch(&batch));
    const int64_t end = bench_now();

    bench_result("task.blocked", "cede", "ns", (double)(end - start) / (double)batch.ran);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
