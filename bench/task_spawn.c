/* task_spawn.c - start tasks that end at once and join them, a thousand at a time. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

#define BATCH 1000

static int body(void *arg)
{
    ++*(long *)arg;
    return 0;
}

static int run(void *arg)
{
    static cede_future *tasks[BATCH];
    const long count = *(const long *)arg;
    long ran = 0;

    const int64_t start = bench_now();
    while (ran < count) {
        for (int i = 0; i < BATCH; i++)
            tasks[i] = cede_spawn(body, &ran);
        for (int i = 0; i < BATCH; i++)
            CEDE_TRY(cede_join(tasks[i]));
    }
    const int64_t end = bench_now();

    bench_result("task.spawn", "cede", "ns", (double)(end - start) / (double)ran);
    return 0;
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
