/* sim_hold.cpp - SystemC: SC_THREADs that wait for random times, again and again. */
/* SPDX-License-Identifier: MIT */
#define SC_INCLUDE_DYNAMIC_PROCESSES
#include <systemc>

#include "bench.h"

static uint64_t series = BENCH_SPAN_SEED;
static long n_left;

static void body()
{
    for (;;) {
        sc_core::wait((double)bench_span(&series) * 1e-9, sc_core::SC_SEC);
        if (--n_left == 0)
            sc_core::sc_pause();
    }
}

int sc_main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const long size = bench_size(argc, argv);
    char name[32];

    for (long i = 0; i < size; i++) {
        sc_core::sc_spawn_options options;

        options.set_stack_size(16384);
        sc_core::sc_spawn(body, sc_core::sc_gen_unique_name("p"), &options);
    }
    n_left = size;
    sc_core::sc_start();

    n_left = count;
    const int64_t start = bench_now();
    sc_core::sc_start();
    const int64_t end = bench_now();

    snprintf(name, sizeof name, "sim.hold.%ld", size);
    bench_result(name, "systemc", "ns", (double)(end - start) / (double)count);
    fflush(stdout);
    _Exit(0); /* to end a hundred thousand threads takes minutes */
}
