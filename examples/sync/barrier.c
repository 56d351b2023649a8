/* barrier.c - three workers that go from one phase to the next together. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static cede_barrier phase = CEDE_BARRIER_INIT("phase", 3);

/* [barrier] */
static int work(void *arg)
{
    const int *seconds = arg;

    for (int i = 1; i <= 2; i++) {
        CEDE_TRY(cede_sleep(CEDE_S(*seconds)));
        const int number = cede_barrier_wait(&phase);
        CEDE_TRY(number);
        if (number == 0)
            printf("phase %d ended at %g s\n", i, cede_time_seconds(cede_now()));
    }
    return 0;
}
/* [/barrier] */

static int run(void *arg)
{
    int seconds[] = {1, 5, 3};
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < 3; i++)
        rc = cede_group_spawn(&group, work, &seconds[i]);
    return cede_group_join(&group, rc);
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, run, NULL) == 0 ? 0 : 1;
}

/* Output:
 * phase 1 ended at 5 s
 * phase 2 ended at 10 s
 */
