/* reports.c - what the library says unasked goes to a hook of the loop, here into a log: a failure
 * that nobody looked at, and a deadlock. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <cede.h>

/* [hook] */
static void write_log(const char *text, void *arg)
{
    int *n_reports = arg;
    const char *end = strchr(text, '\n'); /* the first line says what, the others who and where */

    printf("%d: %.*s\n", ++*n_reports, end ? (int)(end - text) : (int)strlen(text), text);
}

static int fail(void *arg)
{
    return cede_raise(-EIO, "the disk is full");
}

static int run(void *n_reports)
{
    CEDE_TRY(cede_loop_set_report_hook(NULL, write_log, n_reports));
    CEDE_TRY(cede_start(fail, NULL));       /* nobody will look at how it ends */
    return cede_join(cede_future_create()); /* nobody will keep this promise */
}
/* [/hook] */

int main(void)
{
    int n_reports = 0;
    const int rc = cede_run(run, &n_reports);

    printf("%s after %d reports\n", cede_error_name(rc), n_reports);
    return rc == -EDEADLK ? 0 : 1;
}

/* Output:
 * 1: Task exception was never retrieved
 * 2: cede: deadlock: no task can run, and nothing is left that could wake one
 * EDEADLK after 2 reports
 */
