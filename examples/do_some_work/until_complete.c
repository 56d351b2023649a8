/* until_complete.c - a loop runs until a future is done: one task, one with a callback, several
 * together.
 *
 * The loop is the level beneath cede_run: made, run as often as one likes, and closed. Its clock is
 * virtual here, so the waits are exact and take no time.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <cede.h>

static int do_some_work(void *arg)
{
    const int *x = arg;

    printf("Waiting %d\n", *x);
    CEDE_TRY(cede_sleep(CEDE_S(*x)));
    return 0;
}

static void done_callback(cede_future *future, void *arg)
{
    printf("Done\n");
}

/* Several futures are one to the loop: a task that gathers them. */
static int gather_both(void *arg)
{
    cede_future **futures = arg;

    return cede_gather(futures, 2, NULL);
}

static void check(int rc)
{
    if (rc >= 0)
        return;
    cede_error_print(cede_error_last(), stderr);
    exit(1);
}

static void run(cede_loop *loop, cede_future *future)
{
    const cede_time start = cede_now();

    check(cede_loop_run_until_complete(loop, future));
    cede_future_unref(future);
    printf("after %g s\n", cede_time_seconds(cede_now() - start));
}

int main(void)
{
    const cede_loop_options options = {.clock = CEDE_CLOCK_VIRTUAL};
    int one = 1, three = 3;
    cede_future *future, *futures[2];
    cede_loop *loop;

    check(cede_loop_create(&options, &loop));
    run(loop, cede_spawn(do_some_work, &three));

    printf("\nwith a callback:\n");
    future = cede_spawn(do_some_work, &three);
    check(cede_future_on_done(future, done_callback, NULL));
    run(loop, future);

    printf("\ntwo together:\n");
    futures[0] = cede_spawn(do_some_work, &one);
    futures[1] = cede_spawn(do_some_work, &three);
    run(loop, cede_spawn(gather_both, futures));
    cede_future_unref(futures[0]);
    cede_future_unref(futures[1]);

    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * Waiting 3
 * after 3 s
 *
 * with a callback:
 * Waiting 3
 * Done
 * after 3 s
 *
 * two together:
 * Waiting 1
 * Waiting 3
 * after 3 s
 */
