/* task.c - examples 1 to 3: a function is run by a loop, and the task that runs it is pending
 * first, then finished.
 *
 * Python has coroutine objects, which do nothing until something wraps them into a task:
 * run_until_complete, create_task or ensure_future. Here there is one way, cede_spawn, and the task
 * it gives is a cede_future by its type.
 */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

static int do_no_work(void *arg)
{
    const int *x = arg;

    printf("Waiting:  %d\n", *x);
    return 0;
}

int main(void)
{
    int x = 2;
    cede_loop *loop = virtual_loop();
    cede_future *coroutine = cede_spawn(do_no_work, &x);
    cede_future *task;

    check(cede_loop_run_until_complete(loop, coroutine));
    print_time();
    cede_future_unref(coroutine);

    task = check_made(cede_spawn(do_no_work, &x));
    print_future(task);
    check(cede_loop_run_until_complete(loop, task));
    print_future(task);
    print_time();
    cede_future_unref(task);
    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * Waiting:  2
 * TIME:  0
 * <Task pending name='do_no_work' at task.c:30>
 * Waiting:  2
 * <Task finished name='do_no_work' at task.c:30 result=0>
 * TIME:  0
 */
