/* sim_hold.c - processes that hold random times, again and again. */
/* SPDX-License-Identifier: MIT */
#include <cede.h>

#include "bench.h"

static uint64_t series = BENCH_SPAN_SEED;
static long n_left;

static int body(void *arg)
{
    (void)arg;
    for (;;) {
        CEDE_TRY(cede_sim_hold((double)bench_span(&series) * 1e-9));
        if (--n_left == 0)
            cede_sim_stop(cede_sim_current());
    }
}

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const long size = bench_size(argc, argv);
    char name[32];
    cede_sim *sim = NULL;

    bench_check(cede_sim_create(NULL, &sim) == 0, "create");
    for (long i = 0; i < size; i++)
        bench_check(cede_sim_start(body, NULL) == 0, "start");
    n_left = size; /* each once before the clock starts: stacks and order are warm */
    bench_check(cede_sim_run(sim) == 0, "run");

    n_left = count;
    const int64_t start = bench_now();
    bench_check(cede_sim_run(sim) == 0, "run");
    const int64_t end = bench_now();

    snprintf(name, sizeof name, "sim.hold.%ld", size);
    bench_result(name, "cede", "ns", (double)(end - start) / (double)count);
    cede_sim_destroy(sim);
    return 0;
}
