/* test_process_chaos.c - jobs of all sorts at once, cancelled and killed at random: each ends as it
 * may. The slow test goes through more seeds. */
/* SPDX-License-Identifier: MIT */
#include "task/process_chaos.h"

TEST(process_chaos, c9_each_job_ends_as_it_may)
{
    for (uint64_t seed = 1; seed <= 8; seed++)
        chaos(seed);
}
