/* tasks.c - what a task shows of itself: before it runs, when it is finished, and to callbacks with
 * arguments of their own. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <cede.h>

struct work {
    int x;
    char result[32]; /* "Done after 2s" */
};

static int do_some_work(void *arg)
{
    struct work *work = arg;

    printf("Waiting:  %d\n", work->x);
    CEDE_TRY(cede_sleep(CEDE_S(work->x)));
    snprintf(work->result, sizeof work->result, "Done after %ds", work->x);
    return cede_return(work->result); /* lives in the caller's memory */
}

static void print_task(const char *what, const cede_future *task)
{
    char line[128];

    cede_future_format(task, line, sizeof line);
    printf("%s%s\n", what, line);
}

static void callback(cede_future *future, void *arg)
{
    const int *t = arg;
    void *result = NULL;

    if (cede_future_value(future, &result) >= 0)
        printf("Result:  %d %s\n", *t, (const char *)result);
}

static void check(int rc)
{
    if (rc >= 0)
        return;
    cede_error_print(cede_error_last(), stderr);
    exit(1);
}

int main(void)
{
    const cede_loop_options options = {.clock = CEDE_CLOCK_VIRTUAL};
    struct work work = {.x = 2};
    int extra = 2;
    cede_future *task;
    cede_loop *loop;
    void *result;

    check(cede_loop_create(&options, &loop));
    task = cede_spawn(do_some_work, &work);
    print_task("", task);
    check(cede_future_on_done(task, callback, &extra));

    if (cede_future_value(task, &result) == CEDE_ENOTDONE)
        printf("%s\n", cede_error_message(cede_error_last()));

    check(cede_loop_run_until_complete(loop, task));
    print_task("", task);
    check(cede_future_value(task, &result));
    printf("Task result: %s\n", (const char *)result);
    printf("TIME:  %.1f\n", cede_time_seconds(cede_now()));
    cede_future_unref(task);
    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * <Task pending name='do_some_work' at tasks.c:59>
 * the result is not set: the Task is still pending
 * Waiting:  2
 * Result:  2 Done after 2s
 * <Task finished name='do_some_work' at tasks.c:59 result=0>
 * Task result: Done after 2s
 * TIME:  2.0
 */
