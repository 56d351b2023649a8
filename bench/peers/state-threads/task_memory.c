/* task_memory.c - State Threads: what a sleeping thread that has run once holds in memory. */
/* SPDX-License-Identifier: MIT */
#include <st.h>
#include <unistd.h>

#include "bench.h"

static void *body(void *arg)
{
    ++*(long *)arg;
    st_sleep(3600);
    return NULL;
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long ran = 0;

    bench_check(st_init() == 0, "st_init");
    const double before = bench_resident();
    for (long i = 0; i < count; i++)
        bench_check(st_thread_create(body, &ran, 0, 0) != NULL, "st_thread_create");
    while (ran < count)
        st_usleep(0);

    bench_result("task.memory", "state-threads", "bytes",
                 (bench_resident() - before) / (double)count);
    _exit(0); /* the threads are asleep for an hour */
}
