/* eager.c - a task that finds its answer in a cache is done before the spawn returns, and costs no
 * turn; one that has to wait goes on as any other. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede.h>

/* [eager] */
struct lookup {
    const char *name;
    const char *address; /* out */
};

static int look_up(void *arg)
{
    struct lookup *it = arg;
    const bool is_cached = strcmp(it->name, "localhost") == 0;

    if (!is_cached)
        CEDE_TRY(cede_sleep(CEDE_S(1))); /* asks a name server */
    it->address = is_cached ? "127.0.0.1" : "192.0.2.7";
    return 0;
}

static int look_up_both(void *arg)
{
    const cede_task_options eager = {.eager = true};
    struct lookup near = {"localhost", NULL}, far = {"example.org", NULL};
    cede_future *first = cede_spawn_with(&eager, look_up, &near);
    cede_future *second = cede_spawn_with(&eager, look_up, &far);
    int rc;

    printf("%s: %s\n", near.name, cede_future_is_done(first) ? "done" : "pending");
    printf("%s: %s\n", far.name, cede_future_is_done(second) ? "done" : "pending");
    rc = cede_join(first);
    CEDE_TRY(cede_join(second));
    CEDE_TRY(rc);
    printf("%s and, after %g s, %s\n", near.address, cede_time_seconds(cede_now()), far.address);
    return 0;
}
/* [/eager] */

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};
    const int rc = cede_run_with(&options, look_up_both, NULL);

    cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output:
 * localhost: done
 * example.org: pending
 * 127.0.0.1 and, after 1 s, 192.0.2.7
 */
