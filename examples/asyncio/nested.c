/* nested.c - examples 9, 10 and 13: a task starts three others and waits for them, by wait, by
 * gather, or for each as it completes.
 *
 * Python's wait gives two sets, whose order is anybody's guess; cede_wait says how many are done,
 * and each future says whether it is.
 */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

static int with_wait(cede_future **tasks)
{
    size_t n_done;

    CEDE_TRY(cede_wait(tasks, N_WORKS, NULL, &n_done));
    for (int i = 0; i < N_WORKS; i++)
        if (cede_future_is_done(tasks[i]))
            print_result(tasks[i]);
    printf("%zu done, %zu pending\n", n_done, N_WORKS - n_done);
    return 0;
}

static int with_gather(cede_future **tasks)
{
    CEDE_TRY(cede_gather(tasks, N_WORKS, NULL));
    for (int i = 0; i < N_WORKS; i++)
        print_result(tasks[i]);
    return 0;
}

static int with_as_completed(cede_future **tasks)
{
    cede_completion *completion;
    cede_future *task;
    int rc;

    CEDE_TRY(cede_as_completed(tasks, N_WORKS, CEDE_NEVER, &completion));
    while ((rc = cede_completion_next(completion, &task)) > 0)
        print_result(task);
    cede_completion_destroy(completion);
    return rc;
}

static int run(int (*way)(cede_future **tasks))
{
    struct work works[N_WORKS] = {{.x = 1}, {.x = 2}, {.x = 4}};
    cede_future *tasks[N_WORKS];
    const cede_time start = cede_now();
    int rc;

    for (int i = 0; i < N_WORKS; i++)
        tasks[i] = check_made(cede_spawn(do_some_work, &works[i]));
    rc = way(tasks);
    for (int i = 0; i < N_WORKS; i++) {
        if (rc < 0)
            cede_cancel(tasks[i]); /* they write into works: none may outlive it */
        (void)cede_join(tasks[i]);
    }
    printf("TIME:  %g\n", cede_time_seconds(cede_now() - start));
    return rc;
}

static int run_main(void *arg)
{
    CEDE_TRY(run(with_wait));
    CEDE_TRY(run(with_gather));
    CEDE_TRY(run(with_as_completed));
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    check(cede_run_with(&options, run_main, NULL));
    return 0;
}

/* Output:
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * Task result:  Done after 1s
 * Task result:  Done after 2s
 * Task result:  Done after 4s
 * 3 done, 0 pending
 * TIME:  4
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
 * TIME:  4
 */
