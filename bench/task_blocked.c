/* task_blocked.c - a thousand tasks wait for one promise at once, are released, and are joined. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

#define BATCH 1000

struct batch {
    cede_future *gate;
    int n_waiting;
    long ran;
};

static int body(void *arg)
{
    struct batch *batch = arg;

    batch->n_waiting++;
    CEDE_TRY(cede_await(batch->gate));
    batch->ran++;
    return 0;
}

static int run_batch(struct batch *batch)
{
    static cede_future *tasks[BATCH];

    batch->gate = cede_future_create();
    batch->n_waiting = 0;
    for (int i = 0; i < BATCH; i++)
        tasks[i] = cede_spawn(body, batch);
    while (batch->n_waiting < BATCH)
        CEDE_TRY(cede_sleep(0));
    CEDE_TRY(cede_future_set(batch->gate, NULL));
    for (int i = 0; i < BATCH; i++)
        CEDE_TRY(cede_join(tasks[i]));
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
