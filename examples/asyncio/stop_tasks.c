/* stop_tasks.c - example 15, stopping, the second way: Ctrl-C, and each task is cancelled by
 * itself; once before any has ended, once when the first is done, which says False.
 *
 * In Python's listing four tasks are told of and not three, for asyncio.wait is a task as well.
 */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

static int wait_for_all(void *tasks)
{
    CEDE_TRY(cede_wait(tasks, N_WORKS, NULL, NULL));
    return 0;
}

static void except_keyboard_interrupt(cede_loop *loop, cede_future **tasks)
{
    for (int i = 0; i <= N_WORKS; i++)
        print_future(tasks[i]);
    for (int i = 0; i <= N_WORKS; i++)
        printf("%s\n", cede_cancel(tasks[i]) ? "True" : "False");
    cede_loop_stop(loop);
    check(cede_loop_run_forever(loop)); /* one turn more, in which they end */
}

static void run(int last_x, cede_time until)
{
    struct work works[N_WORKS] = {{.x = 1}, {.x = 2}, {.x = last_x}};
    cede_future *tasks[N_WORKS + 1];
    cede_loop *loop = virtual_loop();

    for (int i = 0; i < N_WORKS; i++)
        tasks[i] = check_made(cede_spawn(do_some_work, &works[i]));
    tasks[N_WORKS] = check_made(cede_spawn(wait_for_all, tasks));
    check(cede_loop_on_signal(loop, SIGINT, interrupt, loop));
    check(cede_call_later(loop, until, press_ctrl_c, NULL, NULL));
    if (cede_loop_run_until_complete(loop, tasks[N_WORKS]) == CEDE_ENOTDONE)
        except_keyboard_interrupt(loop, tasks);
    print_time();
    unref_all(tasks, N_WORKS + 1);
    check(cede_loop_close(loop));
}

int main(void)
{
    run(4, CEDE_S(0.5));
    run(2, CEDE_S(1.5));
    return 0;
}

/* Output:
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * <Task pending name='do_some_work' at stop_tasks.c:32 waiting for sleep 1s>
 * <Task pending name='do_some_work' at stop_tasks.c:32 waiting for sleep 2s>
 * <Task pending name='do_some_work' at stop_tasks.c:32 waiting for sleep 4s>
 * <Task pending name='wait_for_all' at stop_tasks.c:33 waiting for 3 of 3 futures>
 * True
 * True
 * True
 * True
 * TIME:  0.5
 * Waiting :  1
 * Waiting :  2
 * Waiting :  2
 * <Task finished name='do_some_work' at stop_tasks.c:32 result=0>
 * <Task pending name='do_some_work' at stop_tasks.c:32 waiting for sleep 2s>
 * <Task pending name='do_some_work' at stop_tasks.c:32 waiting for sleep 2s>
 * <Task pending name='wait_for_all' at stop_tasks.c:33 waiting for 2 of 3 futures>
 * False
 * True
 * True
 * True
 * TIME:  1.5
 */
