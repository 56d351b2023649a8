/* local.c - a request's number, known however deep below the task that serves it. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [use] */
static cede_local request_id = {.initial = "-"};

static void log_line(const char *what)
{
    printf("[%s] %s\n", (const char *)cede_local_get(&request_id), what);
}

static int look_up(void *what)
{
    CEDE_TRY(cede_sleep(CEDE_S(1)));
    log_line(what);
    return 0;
}

static int serve(void *id)
{
    cede_group group;
    int rc;

    CEDE_TRY(cede_local_set(&request_id, id));
    cede_group_init(&group);
    rc = cede_group_spawn(&group, look_up, "prices"); /* these know it too */
    if (rc == 0)
        rc = cede_group_spawn(&group, look_up, "stock");
    rc = cede_group_join(&group, rc);
    log_line("served");
    return rc;
}
/* [/use] */

static int all(void *arg)
{
    cede_future *first = cede_spawn(serve, "7f3a"), *second = cede_spawn(serve, "91c0");
    const int rc = cede_join(first);

    (void)arg;
    CEDE_TRY(cede_join(second));
    log_line("all served");
    return rc;
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, all, NULL) == 0 ? 0 : 1;
}

/* Output:
 * [7f3a] prices
 * [7f3a] stock
 * [91c0] prices
 * [91c0] stock
 * [7f3a] served
 * [91c0] served
 * [-] all served
 */
