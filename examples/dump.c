/* dump.c - SIGQUIT (Ctrl-\) writes who waits for what to standard error, and the program goes
 * on. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>

#include <cede.h>

static int work(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_MS(20)));
    return 0;
}

static int serve(void *arg)
{
    cede_future *worker = cede_spawn(work, NULL);

    CEDE_TRY(cede_sleep(0));
    raise(SIGQUIT); /* as Ctrl-\ at a terminal, or kill -QUIT */
    CEDE_TRY(cede_join(worker));
    printf("and it goes on\n");
    return 0;
}

/* [main] */
int main(void)
{
    return cede_run_with(&(cede_run_options){.dump_on_quit = true}, serve, NULL) < 0;
}
/* [/main] */

/* Output:
 * and it goes on
 */
