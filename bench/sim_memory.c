/* sim_memory.c - what a process that has run once and holds takes in memory. */
/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include <cede.h>

#include "bench.h"

static int body(void *arg)
{
    ++*(long *)arg;
    return cede_sim_hold(3600);
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    long ran = 0;
    cede_sim *sim = NULL;

    bench_check(cede_sim_create(NULL, &sim) == 0, "create");
    const double before = bench_resident();
    for (long i = 0; i < count; i++)
        bench_check(cede_sim_start(body, &ran) == 0, "start");
    bench_check(cede_sim_run_until(sim, 1) == 0, "run");
    bench_check(ran == count, "all have run");

    bench_result("sim.memory", "cede", "bytes", (bench_resident() - before) / (double)count);
    _exit(0); /* the processes hold for an hour */
}
