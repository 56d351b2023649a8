/* task.c - tasks: started, awaited, cancelled; results that travel; clean-up that always runs. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

/* [body] */
struct fetch {
    const char *what; /* in */
    long size;        /* out */
};

static int fetch(void *arg)
{
    struct fetch *it = arg;

    CEDE_TRY(cede_sleep(CEDE_S(1))); /* here it would wait for the network */
    it->size = 1024;
    printf("%s came after %g s\n", it->what, cede_time_seconds(cede_now()));
    return 0;
}
/* [/body] */

/* [spawn] */
static int both(void)
{
    struct fetch page = {.what = "page"}, image = {.what = "image"};
    cede_future *first = cede_spawn(fetch, &page);
    cede_future *second = cede_spawn(fetch, &image);
    const int rc = cede_join(first); /* both are joined before the structs go */

    CEDE_TRY(cede_join(second));
    CEDE_TRY(rc);
    printf("%ld bytes\n", page.size + image.size);
    return 0;
}
/* [/spawn] */

/* [value] */
static int name_of_the_day(void *arg)
{
    return cede_return("Ada"); /* static: the task's stack will be gone */
}

static int value(void)
{
    cede_future *task = cede_spawn(name_of_the_day, NULL);
    void *name = NULL;
    int rc = cede_await(task);

    if (rc == 0)
        rc = cede_future_value(task, &name);
    if (rc == 0)
        printf("%s\n", (const char *)name);
    cede_future_unref(task);
    return rc;
}
/* [/value] */

/* [cancel] */
static int patient(void *arg)
{
    const int rc = cede_sleep(CEDE_S(3600));

    puts(rc == -ECANCELED ? "asked to stop, cleaning up" : "slept");
    return rc; /* handed up, so that the future counts as cancelled */
}

static int cancel(void)
{
    cede_future *task = cede_spawn(patient, NULL);
    char line[128];

    CEDE_TRY(cede_sleep(CEDE_S(2)));
    cede_cancel(task);
    printf("%s\n", cede_error_name(cede_await(task)));
    cede_future_format(task, line, sizeof line);
    puts(line);
    cede_future_unref(task);
    return 0;
}
/* [/cancel] */

static int all(void *arg)
{
    CEDE_TRY(both());
    CEDE_TRY(value());
    return cancel();
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, all, NULL) == 0 ? 0 : 1;
}

/* Output:
 * page came after 1 s
 * image came after 1 s
 * 2048 bytes
 * Ada
 * asked to stop, cleaning up
 * CEDE_EREVOKED
 * <Task cancelled name='patient' at task.c:71>
 */
