/* supervision.c - what groups have beyond TaskGroup: at most so many children at once, results in
 * the order of spawning, a server that says when it is ready, and one that is begun again. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static void say(const char *what)
{
    printf("%4g s  %s\n", cede_time_seconds(cede_now()), what);
}

/* [limit] */
static int fetch(void *arg)
{
    const char *const page = arg;

    CEDE_TRY(cede_sleep(CEDE_S(page[0] == 'a' ? 3 : 1)));
    say(page);
    return cede_return(arg);
}

static int fetch_all(void)
{
    static char *pages[] = {"a.html", "b.html", "c.html", "d.html"};
    void *results[4];
    cede_group group;
    int rc = 0;

    cede_group_init(&group);
    cede_group_set_limit(&group, 2);
    cede_group_collect(&group, results, 4);
    for (int i = 0; rc == 0 && i < 4; i++)
        rc = cede_group_spawn(&group, fetch, pages[i]);
    rc = cede_group_join(&group, rc);
    for (int i = 0; rc == 0 && i < 4; i++)
        printf("%s ", (const char *)results[i]);
    printf("\n");
    return rc;
}
/* [/limit] */

/* [ready] */
static int serve(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(1))); /* reads its settings, listens */
    say("the server is ready");
    CEDE_TRY(cede_group_ready());
    return cede_sleep(CEDE_NEVER);
}

static int use_server(void)
{
    cede_group group;
    int rc;

    cede_group_init(&group);
    rc = cede_group_start(&group, serve, NULL); /* 0 when it is ready; else why it is not */
    if (rc == 0)
        say("and is asked");
    cede_group_cancel(&group); /* it is not needed any more */
    return cede_group_join(&group, rc);
}
/* [/ready] */

/* [retry] */
static int reach(void *arg)
{
    int *n_tries = arg;

    CEDE_TRY(cede_sleep(CEDE_S(1)));
    if (++*n_tries < 4)
        return cede_raise(-ECONNREFUSED, "try %d was refused", *n_tries);
    say("connected");
    return 0;
}

static void failed(int code, unsigned n_failed, void *arg)
{
    say(cede_error_message(cede_error_last()));
}

static int keep_trying(void)
{
    const cede_retry_options options = {.delay = CEDE_S(1), .failed = failed}; /* then 2, 4, ... */
    int n_tries = 0;

    return cede_retry(&options, reach, &n_tries);
}
/* [/retry] */

static int all(void *arg)
{
    CEDE_TRY(fetch_all());
    CEDE_TRY(use_server());
    return keep_trying();
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};
    const int rc = cede_run_with(&options, all, NULL);

    cede_error_print(cede_error_last(), stderr);
    return rc == 0 ? 0 : 1;
}

/* Output:
 *    1 s  b.html
 *    2 s  c.html
 *    3 s  a.html
 *    3 s  d.html
 * a.html b.html c.html d.html
 *    4 s  the server is ready
 *    4 s  and is asked
 *    5 s  try 1 was refused
 *    7 s  try 2 was refused
 *   10 s  try 3 was refused
 *   15 s  connected
 */
