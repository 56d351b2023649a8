/* test_sim.c - simulations: the clock, the order of what happens, and runs. */
/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim_test.h"

static cede_sim *make_sim(void)
{
    cede_sim *sim = NULL;

    CHECK_EQ(cede_sim_create(NULL, &sim), 0);
    return sim;
}

static int car(void *arg)
{
    for (;;) {
        test_note("%s-parks@%g", (const char *)arg, cede_sim_now());
        CEDE_TRY(cede_sim_hold(5));
        test_note("%s-drives@%g", (const char *)arg, cede_sim_now());
        CEDE_TRY(cede_sim_hold(2));
    }
}

TEST(sim, a_process_holds_until_the_run_ends)
{
    cede_sim *sim = make_sim();

    CHECK_EQ(cede_sim_start(car, "a"), 0);
    CHECK_EQ(cede_sim_run_until(sim, 15), 0);
    CHECK_STR(test_notes(), "a-parks@0 a-drives@5 a-parks@7 a-drives@12 a-parks@14");
    CHECK(cede_sim_now() == 15);
    cede_sim_destroy(sim);
}
