/* sim_mm1.c - cede: one server, customers who arrive at random and take random times. */
/* SPDX-License-Identifier: MIT */
#include "mm1.h"

int main(int argc, char **argv)
{
    const long count = bench_count(argc, argv);
    double mean_time;

    bench_result("sim.mm1", "cede", "ns", (double)mm1_run(count, 1, &mean_time) / (double)count);
    return 0;
}
