/* result.c - examples 6 and 7: the result of a task that did not wait, and of one that did; asked
 * for too early, it is an error. */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

static int do_some_work_for(void *arg)
{
    struct work *work = arg;

    printf("Waiting %d\n", work->x);
    if (work->x > 0)
        CEDE_TRY(cede_sleep(CEDE_S(work->x)));
    snprintf(work->result, sizeof work->result, "Done after %ds", work->x);
    return cede_return(work->result);
}

static void run(cede_loop *loop, int x)
{
    struct work work = {.x = x};
    cede_future *task = check_made(cede_spawn(do_some_work_for, &work));
    void *result;

    if (cede_future_value(task, &result) == CEDE_ENOTDONE)
        printf("%s\n", cede_error_name(CEDE_ENOTDONE));
    check(cede_loop_run_until_complete(loop, task));
    print_result(task);
    print_time();
    cede_future_unref(task);
}

int main(void)
{
    cede_loop *loop = virtual_loop();

    run(loop, 0);
    run(loop, 2);
    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * CEDE_ENOTDONE
 * Waiting 0
 * Task result:  Done after 0s
 * TIME:  0
 * CEDE_ENOTDONE
 * Waiting 2
 * Task result:  Done after 2s
 * TIME:  2
 */
