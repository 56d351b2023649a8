/* runner.c - two runs on one loop: what the first leaves goes on in the second. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int refresh(void *arg)
{
    for (int i = 1;; i++) {
        CEDE_TRY(cede_sleep(CEDE_S(2)));
        printf("%g s: refreshed %d times\n", cede_time_seconds(cede_now()), i);
    }
}

static int prepare(void *arg)
{
    CEDE_TRY(cede_start(refresh, NULL)); /* the loop's, from now on */
    CEDE_TRY(cede_sleep(CEDE_S(1)));
    printf("%g s: prepared\n", cede_time_seconds(cede_now()));
    return 0;
}

static int serve(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(4)));
    printf("%g s: served\n", cede_time_seconds(cede_now()));
    return 0;
}

/* [runner] */
static int run_both(const cede_run_options *options)
{
    cede_runner *runner;
    int rc;

    CEDE_TRY(cede_runner_create(options, &runner));
    rc = cede_runner_run(runner, prepare, NULL);
    if (rc == 0)
        rc = cede_runner_run(runner, serve, NULL);
    cede_runner_close(runner);
    return rc;
}
/* [/runner] */

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};
    const int rc = run_both(&options);

    cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * 1 s: prepared
 * 2 s: refreshed 1 times
 * 4 s: refreshed 2 times
 * 5 s: served
 */
