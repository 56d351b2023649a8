/* task_local.c - start tasks that inherit three task-local values and read one, a thousand at a
 * time.
 *
 * What task_spawn.c measures, and what it costs more that the spawner has locals.
 */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

#define BATCH 1000

struct batch {
    cede_future *all_done;
    long n_left;
    long ran;
};

static cede_local user, request, batch_here;

static int body(void *arg)
{
    struct batch *batch = cede_local_get(&batch_here);

    bench_check(batch == arg, "inherit");
    batch->ran++;
    if (--batch->n_left == 0)
        CEDE_TRY(cede_future_set(batch->all_done, NULL));
    return 0;
}

static int run_batch(struct batch *batch)
{
    batch->n_left = BATCH;
    batch->all_done = cede_future_create();
    for (int i = 0; i < BATCH; i++)
        CEDE_TRY(cede_start(body, batch));
    return cede_join(batch->all_done);
}

static int run(void *arg)
{
    const long count = *(const long *)arg;
    struct batch batch = {0};

    CEDE_TRY(cede_local_set(&batch_here, &batch));
    CEDE_TRY(cede_local_set(&user, "root"));
    CEDE_TRY(cede_local_set(&request, "7f3a"));
    const int64_t start = bench_now();
    while (batch.ran < count)
        CEDE_TRY(run_batch(&batch));
    const int64_t end = bench_now();

    bench_result("task.local", "cede", "ns", (double)(end - start) / (double)batch.ran);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
