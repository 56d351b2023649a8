/* close.c - a loop that is not closed may run again; one that is closed may not. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <cede.h>

static int do_some_work(void *arg)
{
    const int *x = arg;

    printf("Waiting %d\n", *x);
    CEDE_TRY(cede_sleep(CEDE_S(*x)));
    printf("Done\n");
    return 0;
}

static void check(int rc)
{
    if (rc >= 0)
        return;
    cede_error_print(cede_error_last(), stderr);
    exit(1);
}

static int run_once(cede_loop *loop, int x)
{
    cede_future *future = cede_spawn(do_some_work, &x);
    int rc;

    if (!future)
        return cede_error_code(cede_error_last());
    rc = cede_loop_run_until_complete(loop, future);
    cede_future_unref(future);
    return rc;
}

int main(void)
{
    const cede_loop_options options = {.clock = CEDE_CLOCK_VIRTUAL};
    cede_loop *loop;
    int rc;

    check(cede_loop_create(&options, &loop));
    check(run_once(loop, 1));
    check(run_once(loop, 3));
    printf("time %g\n", cede_time_seconds(cede_now()));
    check(cede_loop_close(loop));

    rc = run_once(loop, 3);
    printf("%s: %s\n", cede_error_name(rc), cede_error_message(cede_error_last()));
    rc = cede_loop_run_forever(loop);
    printf("%s: %s\n", cede_error_name(rc), cede_error_message(cede_error_last()));
    return 0;
}

/* Output:
 * Waiting 1
 * Done
 * Waiting 3
 * Done
 * time 4
 * EINVAL: this thread has no loop
 * CEDE_ESHUTDOWN: the loop has been closed
 */
