/* stop_run.c - stopping, the third way, as asyncio.run has done it since: Ctrl-C cancels the main
 * task, whose group takes the others with it, and the run ends with -EINTR.
 *
 * Nothing is left to be done by hand: each task meets -ECANCELED where it waits, and cleans up.
 */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

/* [stop] */
static int do_some_work_tidily(void *arg)
{
    struct work *work = arg;
    const int rc = do_some_work(work);

    if (rc == -ECANCELED)
        printf("%d was asked to stop\n", work->x);
    return rc;
}

static int run_main(void *arg)
{
    struct work *works = arg;
    cede_group group;
    int rc = 0;

    CEDE_TRY(cede_call_later(NULL, CEDE_S(1.5), press_ctrl_c, NULL, NULL));
    cede_group_init(&group);
    for (int i = 0; rc == 0 && i < N_WORKS; i++)
        rc = cede_group_spawn(&group, do_some_work_tidily, &works[i]);
    rc = cede_group_join(&group, rc);
    print_time();
    return rc;
}
/* [/stop] */

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};
    struct work works[N_WORKS] = {{.x = 1}, {.x = 2}, {.x = 4}};
    const int rc = cede_run_with(&options, run_main, works);

    printf("%s: %s\n", cede_error_name(rc), cede_error_message(cede_error_last()));
    return rc == -EINTR ? 0 : 1;
}

/* Output:
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * 4 was asked to stop
 * 2 was asked to stop
 * TIME:  1.5
 * EINTR: interrupted by Ctrl-C
 */
