/* returned.c - examples 11 and 12: the outermost task returns what it awaited, and the results are
 * read outside of the loop.
 *
 * Once by gather, whose results are a list, and once by wait, which gives the futures themselves.
 */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

struct all {
    struct work works[N_WORKS];
    cede_future *tasks[N_WORKS];
    const char *results[N_WORKS]; /* what gather gives in Python */
};

static void start(struct all *all)
{
    for (int i = 0; i < N_WORKS; i++) {
        all->works[i].x = 1 << i;
        all->tasks[i] = check_made(cede_spawn(do_some_work, &all->works[i]));
    }
}

static int main_gather(void *arg)
{
    struct all *all = arg;
    void *result;

    start(all);
    CEDE_TRY(cede_gather(all->tasks, N_WORKS, NULL));
    for (int i = 0; i < N_WORKS; i++) {
        CEDE_TRY(cede_future_value(all->tasks[i], &result));
        all->results[i] = result;
    }
    return cede_return(all->results);
}

static int main_wait(void *arg)
{
    struct all *all = arg;

    start(all);
    CEDE_TRY(cede_wait(all->tasks, N_WORKS, NULL, NULL));
    return cede_return(all->tasks);
}

static void *run_until_complete(cede_loop *loop, cede_fn *main, struct all *all)
{
    cede_future *task = check_made(cede_spawn(main, all));
    void *value;

    check(cede_loop_run_until_complete(loop, task));
    check(cede_future_value(task, &value));
    cede_future_unref(task);
    return value;
}

int main(void)
{
    struct all all;
    cede_loop *loop = virtual_loop();
    const char **results = run_until_complete(loop, main_gather, &all);
    cede_future **dones;

    for (int i = 0; i < N_WORKS; i++)
        printf("Task result:  %s\n", results[i]);
    print_time();
    unref_all(all.tasks, N_WORKS);

    dones = run_until_complete(loop, main_wait, &all);
    for (int i = 0; i < N_WORKS; i++)
        print_result(dones[i]);
    print_time();
    unref_all(all.tasks, N_WORKS);
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
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * Task result:  Done after 1s
 * Task result:  Done after 2s
 * Task result:  Done after 4s
 * TIME:  8
 */
