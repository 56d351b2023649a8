/* callback.c - examples 4 and 5: callbacks of a task get the task itself, which is finished by
 * then, and an argument of their own, which is what functools.partial is for in Python. */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

static int do_some_work_at_once(void *arg)
{
    struct work *work = arg;

    printf("Waiting:  %d\n", work->x);
    snprintf(work->result, sizeof work->result, "Done after %ds", work->x);
    return cede_return(work->result);
}

static void callback(cede_future *future, void *arg)
{
    printf("Result:  ");
    print_future(future);
}

static void callback_with(cede_future *future, void *arg)
{
    const int *t = arg;
    void *result;

    check(cede_future_value(future, &result));
    printf("Result:  %d '%s'\n", *t, (const char *)result);
}

int main(void)
{
    struct work work = {.x = 2};
    int two = 2;
    cede_loop *loop = virtual_loop();
    cede_future *task = check_made(cede_spawn(do_some_work_at_once, &work));

    check(cede_future_on_done(task, callback, NULL));
    check(cede_future_on_done(task, callback_with, &two));
    check(cede_loop_run_until_complete(loop, task));
    print_time();
    cede_future_unref(task);
    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * Waiting:  2
 * Result:  <Task finished name='do_some_work_at_once' at callback.c:35 result=0>
 * Result:  2 'Done after 2s'
 * TIME:  0
 */
