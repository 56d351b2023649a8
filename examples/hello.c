/* hello.c - the same function as a task beside this one and as a call, which has a time limit. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static int count(void *word)
{
    for (int i = 1;; i++) {
        CEDE_TRY(cede_sleep(CEDE_S(1))); /* this task waits; others run */
        printf("%s %d\n", (const char *)word, i);
    }
}

static int hello(void *arg)
{
    int rc = 0;

    CEDE_TRY(cede_start(count, "  tock")); /* a task beside this one */
    CEDE_TIMEOUT(CEDE_S(2.5), rc)
        rc = count("tick"); /* a call */
    printf("%s after %g s\n", cede_error_name(rc), cede_time_seconds(cede_now()));
    return 0;
}

int main(void)
{
    /* Virtual time: it jumps when all wait, so this takes none. cede_run(hello, NULL) is real. */
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};
    return cede_run_with(&options, hello, NULL) < 0;
}

/* Output:
 * tick 1
 *   tock 1
 * tick 2
 *   tock 2
 * ETIMEDOUT after 2.5 s
 */
