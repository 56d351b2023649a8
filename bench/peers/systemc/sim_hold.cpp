/* sim_hold.cpp - SystemC: SC_THREADs that wait for random times, again and again. */
/* SPDX-License-Identifier: MIT */
#define SC_INCLUDE_DYNAMIC_PROCESSES
#include <malloc.h>

#include <systemc>

#include <sysc/kernel/sc_kernel_ids.h>

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

/* Each guard page is a mapping, and the kernel has fewer than a hundred thousand. SystemC goes on
 * without them then, but says so on the stream of the result; and memory must not be asked for by
 * further mappings, which would fail. */
static void guards_may_run_out()
{
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_STACK_SETUP_FAILED_,
                                            sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    mallopt(M_MMAP_MAX, 0);
}

int sc_main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    const long size = bench_size(argc, argv);
    char name[32];

    guards_may_run_out();
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
