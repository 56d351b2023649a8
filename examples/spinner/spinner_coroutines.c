/* spinner_coroutines.c - a spinner turns while something slow is under way, both of them tasks on
 * one thread.
 *
 * The clock is virtual, so that the three seconds pass at once and the output is the same each
 * time; with cede_run(supervisor, &answer) in main it is a real one.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede.h>

static void write_status(const char *status)
{
    printf("%s", status);
    fflush(stdout);
    for (size_t i = 0; i < strlen(status); i++)
        putchar('\b');
}

static int spin(void *arg)
{
    const char *message = arg;
    char status[64] = "";
    int rc = 0;

    for (unsigned turn = 0; rc == 0; turn++) {
        snprintf(status, sizeof status, "%c %s", "|/-\\"[turn % 4], message);
        write_status(status);
        rc = cede_sleep(CEDE_MS(100)); /* -ECANCELED when the supervisor has its answer */
    }
    memset(status, ' ', strlen(status));
    write_status(status);
    return rc;
}

static int slow_function(int *answer_out)
{
    CEDE_TRY(cede_sleep(CEDE_S(3))); /* pretend to wait for I/O; the spinner turns meanwhile */
    *answer_out = 42;
    return 0;
}

static int supervisor(void *arg)
{
    int *answer = arg;
    cede_future *spinner = cede_spawn(spin, "thinking!");
    char line[128];
    int rc;

    if (!spinner)
        return cede_error_code(cede_error_last());
    cede_future_format(spinner, line, sizeof line);
    printf("spinner object: %s\n", line);
    rc = slow_function(answer);
    cede_cancel(spinner);
    if (cede_join(spinner) != CEDE_EREVOKED)
        puts("the spinner stopped by itself");
    return rc;
}

int main(void)
{
    const cede_run_options options = {.loop = {.clock = CEDE_CLOCK_VIRTUAL}};
    int answer = 0;

    if (cede_run_with(&options, supervisor, &answer) < 0) {
        cede_error_print(cede_error_last(), stderr);
        return 1;
    }
    printf("Answer: %d\n", answer);
    return 0;
}

/* Output:
 * spinner object: <Task pending name='spin' at spinner_coroutines.c:47>
 * {{([|/\\-] thinking!\x08{11}){31}( {11}\x08{11})}}Answer: 42
 */
