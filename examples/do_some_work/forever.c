/* forever.c - a loop that runs for ever, and who may stop it: a task, or a callback when all tasks
 * are done. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <cede.h>

struct work {
    int x;
    cede_loop *loop; /* to be stopped at the end; NULL: left running */
};

static int do_some_work(void *arg)
{
    const struct work *work = arg;

    printf("Waiting %d\n", work->x);
    CEDE_TRY(cede_sleep(CEDE_S(work->x)));
    printf("Done\n");
    if (work->loop)
        cede_loop_stop(work->loop);
    return 0;
}

static int gather_both(void *arg)
{
    cede_future **futures = arg;

    return cede_gather(futures, 2, NULL);
}

static void stop_loop(cede_future *future, void *arg)
{
    cede_loop_stop(arg);
}

static void check(int rc)
{
    if (rc >= 0)
        return;
    cede_error_print(cede_error_last(), stderr);
    exit(1);
}

static void run_forever(cede_loop *loop)
{
    const cede_time start = cede_now();

    check(cede_loop_run_forever(loop));
    printf("stopped after %g s\n\n", cede_time_seconds(cede_now() - start));
}

int main(void)
{
    const cede_loop_options options = {.clock = CEDE_CLOCK_VIRTUAL};
    cede_future *futures[2], *both;
    cede_loop *loop;

    check(cede_loop_create(&options, &loop));

    printf("the task stops the loop:\n");
    struct work alone = {3, loop};
    check(cede_start(do_some_work, &alone));
    run_forever(loop);

    printf("the first of two stops it, and the second waits on:\n");
    struct work first = {1, loop}, second = {3, NULL};
    check(cede_start(do_some_work, &first));
    check(cede_start(do_some_work, &second));
    run_forever(loop);

    printf("a callback stops it when both are done:\n");
    struct work a = {1, NULL}, b = {3, NULL};
    futures[0] = cede_spawn(do_some_work, &a);
    futures[1] = cede_spawn(do_some_work, &b);
    both = cede_spawn(gather_both, futures);
    check(cede_future_on_done(both, stop_loop, loop));
    run_forever(loop);

    cede_future_unref(both);
    cede_future_unref(futures[0]);
    cede_future_unref(futures[1]);
    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * the task stops the loop:
 * Waiting 3
 * Done
 * stopped after 3 s
 *
 * the first of two stops it, and the second waits on:
 * Waiting 1
 * Waiting 3
 * Done
 * stopped after 1 s
 *
 * a callback stops it when both are done:
 * Waiting 1
 * Waiting 3
 * Done
 * Done
 * Done
 * stopped after 3 s
 *
 */
