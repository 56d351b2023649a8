/* together.c - three tasks at once, waited for in three ways: wait, gather, as completed; 4 seconds
 * each time and not 7. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

enum { N = 3 };

struct work {
    int x;
    char result[32];
};

static int do_some_work(void *arg)
{
    struct work *work = arg;

    printf("Waiting :  %d\n", work->x);
    CEDE_TRY(cede_sleep(CEDE_S(work->x)));
    snprintf(work->result, sizeof work->result, "Done after %ds", work->x);
    return cede_return(work->result);
}

static int print_result(cede_future *task)
{
    void *result;

    CEDE_TRY(cede_future_value(task, &result));
    printf("Task ret: %s\n", (const char *)result);
    return 0;
}

static int by_wait(cede_future **tasks)
{
    size_t n_done;

    CEDE_TRY(cede_wait(tasks, N, NULL, &n_done));
    for (size_t i = 0; i < n_done; i++)
        CEDE_TRY(print_result(tasks[i]));
    return 0;
}

static int by_gather(cede_future **tasks)
{
    CEDE_TRY(cede_gather(tasks, N, NULL));
    for (int i = 0; i < N; i++)
        CEDE_TRY(print_result(tasks[i]));
    return 0;
}

static int as_completed(cede_future **tasks)
{
    cede_completion *completion;
    cede_future *task;
    int rc;

    CEDE_TRY(cede_as_completed(tasks, N, CEDE_NEVER, &completion));
    while ((rc = cede_completion_next(completion, &task)) > 0 && (rc = print_result(task)) >= 0)
        ;
    cede_completion_destroy(completion);
    return rc;
}

static int run(const char *name, int (*way)(cede_future **tasks))
{
    struct work works[N] = {{.x = 1}, {.x = 2}, {.x = 4}};
    cede_future *tasks[N];
    const cede_time start = cede_now();
    int rc;

    printf("%s\n", name);
    for (int i = 0; i < N; i++)
        tasks[i] = cede_spawn(do_some_work, &works[i]);
    rc = way(tasks);
    for (int i = 0; i < N; i++) {
        if (rc < 0)
            cede_cancel(tasks[i]); /* they write into works: none may outlive it */
        (void)cede_join(tasks[i]);
    }
    printf("TIME:  %.1f\n", cede_time_seconds(cede_now() - start));
    return rc;
}

static int run_all(void *arg)
{
    CEDE_TRY(run("wait", by_wait));
    CEDE_TRY(run("gather", by_gather));
    CEDE_TRY(run("as completed", as_completed));
    return 0;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};

    if (cede_run_with(&options, run_all, NULL) < 0) {
        cede_error_print(cede_error_last(), stderr);
        return 1;
    }
    return 0;
}

/* Output:
 * wait
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * Task ret: Done after 1s
 * Task ret: Done after 2s
 * Task ret: Done after 4s
 * TIME:  4.0
 * gather
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * Task ret: Done after 1s
 * Task ret: Done after 2s
 * Task ret: Done after 4s
 * TIME:  4.0
 * as completed
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * Task ret: Done after 1s
 * Task ret: Done after 2s
 * Task ret: Done after 4s
 * TIME:  4.0
 */
