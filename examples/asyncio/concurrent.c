/* concurrent.c - example 8: three tasks wait at the same time, 4 seconds together and not 7. */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

/* asyncio.wait(tasks) is a coroutine: a task of its own here. */
static int wait_for_all(void *tasks)
{
    CEDE_TRY(cede_wait(tasks, N_WORKS, NULL, NULL));
    return 0;
}

int main(void)
{
    struct work works[N_WORKS] = {{.x = 1}, {.x = 2}, {.x = 4}};
    cede_loop *loop = virtual_loop();
    cede_future *tasks[N_WORKS], *wait;

    for (int i = 0; i < N_WORKS; i++)
        tasks[i] = check_made(cede_spawn(do_some_work, &works[i]));
    wait = check_made(cede_spawn(wait_for_all, tasks));
    check(cede_loop_run_until_complete(loop, wait));
    for (int i = 0; i < N_WORKS; i++)
        print_result(tasks[i]);
    print_time();
    cede_future_unref(wait);
    unref_all(tasks, N_WORKS);
    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * Task result:  Done after 1s
 * Task result:  Done after 2s
 * Task result:  Done after 4s
 * TIME:  4
 */
