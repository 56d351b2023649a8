/* gather.c - waiting for several futures: all, the first, those of a time, in order of
 * completion. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int work(void *arg)
{
    const double *seconds = arg;

    CEDE_TRY(cede_sleep(CEDE_S(*seconds)));
    return cede_return(arg);
}

static double seconds_of(cede_future *task)
{
    void *value = NULL;

    return cede_future_value(task, &value) < 0 ? -1 : *(double *)value;
}

static double spans[] = {3, 1, 2};
enum { N_TASKS = 3 };

static void spawn_all(cede_future **tasks)
{
    for (int i = 0; i < N_TASKS; i++)
        tasks[i] = cede_spawn(work, &spans[i]);
}

static void unref_all(cede_future **tasks)
{
    for (int i = 0; i < N_TASKS; i++)
        cede_future_unref(tasks[i]);
}

/* [gather] */
static int gather(void)
{
    cede_future *tasks[N_TASKS];
    int rc;

    spawn_all(tasks);
    rc = cede_gather(tasks, N_TASKS, NULL);
    for (int i = 0; rc == 0 && i < N_TASKS; i++)
        printf("task %d took %g s\n", i, seconds_of(tasks[i])); /* in the order given */
    unref_all(tasks);
    return rc;
}
/* [/gather] */

/* [wait] */
static int wait_a_while(void)
{
    const cede_wait_options options = {.deadline = cede_after(CEDE_S(2.5))};
    cede_future *tasks[N_TASKS];
    size_t n_done = 0;
    int rc;

    spawn_all(tasks);
    rc = cede_wait(tasks, N_TASKS, &options, &n_done);
    printf("%zu of %d after 2.5 s\n", n_done, N_TASKS);
    for (int i = 0; i < N_TASKS; i++)
        cede_cancel(tasks[i]); /* wait itself cancels nobody */
    unref_all(tasks);
    return rc;
}
/* [/wait] */

/* [as-completed] */
static int as_completed(void)
{
    cede_future *tasks[N_TASKS], *done;
    cede_completion *completion;
    int rc;

    spawn_all(tasks);
    rc = cede_as_completed(tasks, N_TASKS, CEDE_NEVER, &completion);
    if (rc == 0) {
        while ((rc = cede_completion_next(completion, &done)) == 1)
            printf("%g s: here\n", seconds_of(done)); /* the quickest first */
        cede_completion_destroy(completion);
    }
    unref_all(tasks);
    return rc;
}
/* [/as-completed] */

static int all(void *arg)
{
    CEDE_TRY(gather());
    CEDE_TRY(wait_a_while());
    return as_completed();
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, all, NULL) == 0 ? 0 : 1;
}

/* Output:
 * task 0 took 3 s
 * task 1 took 1 s
 * task 2 took 2 s
 * 2 of 3 after 2.5 s
 * 1 s: here
 * 2 s: here
 * 3 s: here
 */
