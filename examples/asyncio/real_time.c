/* real_time.c - example 8 on the real clock: the waits of 1, 2 and 4 units, a fifth of a second
 * each, take 4 together and not 7. */
/* SPDX-License-Identifier: MIT */
#include "asyncio.h"

#define UNIT CEDE_MS(200)

static int do_some_real_work(void *arg)
{
    const int *x = arg;

    printf("Waiting :  %d\n", *x);
    CEDE_TRY(cede_sleep(*x * UNIT));
    return *x;
}

static int run_main(void *arg)
{
    int spans[N_WORKS] = {1, 2, 4};
    cede_future *tasks[N_WORKS];
    const cede_time start = cede_now();
    int rc;

    for (int i = 0; i < N_WORKS; i++)
        tasks[i] = check_made(cede_spawn(do_some_real_work, &spans[i]));
    rc = cede_wait(tasks, N_WORKS, NULL, NULL);
    for (int i = 0; i < N_WORKS; i++)
        printf("Task result:  Done after %ds\n", cede_join(tasks[i]));
    printf("TIME:  %.1f\n", cede_time_seconds(cede_now() - start) / cede_time_seconds(UNIT));
    return rc;
}

int main(void)
{
    check(cede_run(run_main, NULL));
    return 0;
}

/* Output:
 * Waiting :  1
 * Waiting :  2
 * Waiting :  4
 * Task result:  Done after 1s
 * Task result:  Done after 2s
 * Task result:  Done after 4s
 * TIME:  {{[456]\.[0-9]}}
 */
