/* task_local.c - start tasks that inherit three task-local values and read one, a thousand at a
 * time.
 *
 * What task_spawn.c measures, and what it costs more that the spawner has locals.
 */
/* SPDX-License-Identifier: MIT */
#include "batch.h"

static cede_local user, request, batch_here;

static int body(void *arg)
{
    struct batch *batch = cede_local_get(&batch_here);

    bench_check(batch == arg, "inherit");
    return batch_count(batch);
}

static int run(void *arg)
{
    struct batch batch = {0};

    CEDE_TRY(cede_local_set(&batch_here, &batch));
    CEDE_TRY(cede_local_set(&user, "root"));
    CEDE_TRY(cede_local_set(&request, "7f3a"));
    const int64_t start = bench_now();
    CEDE_TRY(batch_run(&batch, body, *(const long *)arg));
    const int64_t end = bench_now();

    bench_result("task.local", "cede", "ns", (double)(end - start) / (double)batch.ran);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
