/* test_million_slow.c - a million tasks at once, within the kernel's default limits. */
/* SPDX-License-Identifier: MIT */
#include "task/crowd.h"

TEST(million, tasks_are_parked_at_once_and_all_finish)
{
    test_time_limit(1400);
    crowd_gather(1000000);
    CHECK(crowd.n_mappings < 60000);
#if !defined(CEDE__SWITCH_UCONTEXT)
    /* Where guards are mappings, all but the first tasks have a canary, a page more. */
    if (crowd.n_mappings < 10000)
        CHECK(crowd.bytes_a_task <= 4300);
#endif
}
