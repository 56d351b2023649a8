/* stop_main.c - example 14, stopping, the first way: Ctrl-C leaves run_until_complete; then all
 * tasks are cancelled as one, the loop runs once more, so that they end, and is closed.
 *
 * cede_run does all of this by itself (stop_run.c). By hand it takes a handler for SIGINT, for a
 * loop catches no signal it was not asked to.
 */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

static int run_main(void *arg)
{
    struct work *works = arg;
    cede_future *tasks[N_WORKS];
    int rc;

    for (int i = 0; i < N_WORKS; i++)
        tasks[i] = check_made(cede_spawn(do_some_work, &works[i]));
    rc = cede_wait(tasks, N_WORKS, NULL, NULL);
    for (int i = 0; rc == 0 && i < N_WORKS; i++)
        print_result(tasks[i]);
    unref_all(tasks, N_WORKS); /* the loop owns what still runs */
    return rc;
}

/* [stop] */
/* asyncio.gather(*tasks).cancel(): whether any could be asked to stop. */
static bool cancel_all(cede_future **tasks, int n)
{
    bool any = false;

    for (int i = 0; i < n; i++)
        any |= cede_cancel(tasks[i]);
    return any;
}

static void except_keyboard_interrupt(cede_loop *loop)
{
    cede_future *tasks[N_WORKS + 1];
    const int n = (int)cede_task_all(tasks, N_WORKS + 1);

    for (int i = 0; i < n; i++)
        print_future(tasks[i]);
    printf("*******************\n");
    printf("%s\n", cancel_all(tasks, n) ? "True" : "False");
    cede_loop_stop(loop);
    check(cede_loop_run_forever(loop)); /* one turn more, in which they end */
    unref_all(tasks, n);
}
/* [/stop] */

int main(void)
{
    struct work works[N_WORKS] = {{.x = 1}, {.x = 2}, {.x = 4}};
    cede_loop *loop = virtual_loop();
    cede_future *task = check_made(cede_spawn(run_main, works));

    check(cede_loop_on_signal(loop, SIGINT, interrupt, loop));
    check(cede_call_later(loop, CEDE_S(0.5), press_ctrl_c, NULL, NULL));
    if (cede_loop_run_until_complete(loop, task) == CEDE_ENOTDONE)
        except_keyboard_interrupt(loop);
    print_future(task);
    print_time();
    cede_future_unref(task);
    check(cede_loop_close(loop));
    return 0;
}

/* Output:
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * <Task pending name='run_main' at stop_main.c:55 waiting for 3 of 3 futures>
 * <Task pending name='do_some_work' at stop_main.c:17 waiting for sleep 1s>
 * <Task pending name='do_some_work' at stop_main.c:17 waiting for sleep 2s>
 * <Task pending name='do_some_work' at stop_main.c:17 waiting for sleep 4s>
 * *******************
 * True
 * <Task cancelled name='run_main' at stop_main.c:55>
 * TIME:  0.5
 */
