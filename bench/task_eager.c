/* task_eager.c - start tasks that end at once, each before its spawn returns.
 *
 * What task_spawn.c measures, but eagerly: no task goes through the queue of those that are ready.
 */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static int body(void *arg)
{
    long *ran = arg;

    ++*ran;
    return 0;
}

static int run(void *arg)
{
    static const cede_task_options eager = {.eager = true};
    const long count = *(const long *)arg;
    long ran = 0;

    const int64_t start = bench_now();
    while (ran < count)
        CEDE_TRY(cede_join(cede_spawn_with(&eager, body, &ran)));
    const int64_t end = bench_now();

    bench_result("task.eager", "cede", "ns", (double)(end - start) / (double)ran);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
