/* timer.c - a timer made of a sleep and a callback, and the loop's own, which needs no task. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int sleep_for(void *arg)
{
    const cede_time *x = arg;

    CEDE_TRY(cede_sleep(*x));
    return 0;
}

static int timer(cede_time x, cede_done_fn *callback)
{
    cede_future *future = cede_spawn(sleep_for, &x);
    const int rc = cede_future_on_done(future, callback, NULL);

    if (rc < 0) {
        cede_cancel(future);
        (void)cede_join(future); /* its end is all that matters */
        return rc;
    }
    CEDE_TRY(cede_join(future));
    return 0;
}

static void done(cede_future *future, void *arg)
{
    printf("Done at %g s\n", cede_time_seconds(cede_now()));
}

static void ring(void *arg)
{
    printf("%s at %g s\n", (const char *)arg, cede_time_seconds(cede_now()));
}

static int run_timers(void *arg)
{
    cede_handle *never;

    CEDE_TRY(timer(CEDE_S(3), done));
    CEDE_TRY(cede_call_later(NULL, CEDE_S(2), ring, "Ring", NULL));
    CEDE_TRY(cede_call_later(NULL, CEDE_S(1), ring, "Never", &never));
    cede_call_cancel(never);
    CEDE_TRY(cede_sleep(CEDE_S(4)));
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    if (cede_run_with(&options, run_timers, NULL) < 0) {
        cede_error_print(cede_error_last(), stderr);
        return 1;
    }
    return 0;
}

/* Output:
 * Done at 3 s
 * Ring at 5 s
 */
