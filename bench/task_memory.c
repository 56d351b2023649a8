/* task_memory.c - what a sleeping task that has run once holds in memory. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include <cede.h>

#include "bench.h"

static int body(void *arg)
{
    ++*(long *)arg;
    return cede_sleep(CEDE_S(3600));
}

static int run(void *arg)
{
    const long count = *(const long *)arg;
    long ran = 0;

    const double before = bench_resident();
    for (long i = 0; i < count; i++)
        CEDE_TRY(cede_start(body, &ran));
    while (ran < count)
        CEDE_TRY(cede_sleep(0));

    bench_result("task.memory", "cede", "bytes", (bench_resident() - before) / (double)count);
    _exit(0); /* the tasks are asleep for an hour */
}

int main(int argc, char **argv)
{
    long count = bench_count(argc, argv);

    return cede_run(run, &count) == 0 ? 0 : 1;
}
