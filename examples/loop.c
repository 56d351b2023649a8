/* loop.c - the level beneath cede_run: a loop of one's own, callbacks, and tasks that it runs. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [callbacks] */
static void say(void *arg)
{
    printf("%g s: %s\n", cede_time_seconds(cede_now()), (const char *)arg);
}

static void stop(void *arg)
{
    cede_loop_stop(NULL);
}

static int callbacks(cede_loop *loop)
{
    cede_handle *handle;

    CEDE_TRY(cede_call_later(loop, CEDE_S(2), say, "later", NULL));
    CEDE_TRY(cede_call_later(loop, CEDE_S(1), say, "never", &handle));
    CEDE_TRY(cede_call_soon(loop, say, "soon"));
    CEDE_TRY(cede_call_at(loop, CEDE_S(3), stop, NULL, NULL));
    cede_call_cancel(handle);
    return cede_loop_run_forever(loop);
}
/* [/callbacks] */

/* [complete] */
static int body(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(3600)));
    return 7;
}

static int complete(cede_loop *loop)
{
    cede_future *task = cede_spawn(body, NULL);
    const int rc = cede_loop_run_until_complete(loop, task);

    printf("%g s: %d\n", cede_time_seconds(cede_now()), rc);
    cede_future_unref(task);
    return rc;
}
/* [/complete] */

/* [open] */
int main(void)
{
    const cede_loop_options options = {.clock = CEDE_CLOCK_VIRTUAL};
    cede_loop *loop;
    int rc = cede_loop_create(&options, &loop);

    if (rc < 0)
        return 1;
    rc = callbacks(loop);
    if (rc == 0)
        rc = complete(loop);
    cede_loop_close(loop);
    return rc == 7 ? 0 : 1;
}
/* [/open] */

/* Output:
 * 0 s: soon
 * 2 s: later
 * 3603 s: 7
 */
