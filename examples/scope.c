/* scope.c - time limits, nested and shielded, and a task that uncancels itself. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <cede.h>

static void say(const char *what, int rc)
{
    printf("%4g s  %s: %s\n", cede_time_seconds(cede_now()), what,
           rc == 0 ? "done" : cede_error_name(rc));
}

/* [timeout] */
static int connect_and_ask(void)
{
    CEDE_TRY(cede_sleep(CEDE_S(2)));
    CEDE_TRY(cede_sleep(CEDE_S(2)));
    return 0;
}

static void timeout(void)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(3), rc) {
        rc = connect_and_ask(); /* one limit for all that happens inside, however deep */
    }
    say("three seconds for four", rc);
}
/* [/timeout] */

/* [nested] */
static void nested(void)
{
    int inner = 0, outer = 0;

    CEDE_TIMEOUT(CEDE_S(1), outer) {
        CEDE_TIMEOUT(CEDE_S(5), inner) {
            inner = cede_sleep(CEDE_S(9));
        }
        say("inner", inner); /* not its own limit: it is only told to stop */
        outer = inner;
    }
    say("outer", outer);
}
/* [/nested] */

/* [shield] */
static int save(void)
{
    cede_scope scope;
    int rc;

    cede_scope_enter_shield(&scope, cede_after(CEDE_S(5))); /* outside cannot stop it, this can */
    rc = cede_sleep(CEDE_S(2));
    rc = cede_scope_exit(&scope, rc);
    say("saving", rc);
    return rc;
}

static int worker(void *arg)
{
    CEDE_TRY(save());
    CEDE_TRY(cede_sleep(CEDE_S(2)));
    return 0;
}

static int shield(void)
{
    cede_future *task = cede_spawn(worker, NULL);

    CEDE_TRY(cede_sleep(CEDE_S(1)));
    cede_cancel(task);
    say("the worker", cede_join(task));
    return 0;
}
/* [/shield] */

static int all(void *arg)
{
    timeout();
    nested();
    return shield();
}

int main(void)
{
    const cede_run_options options = {.loop.clock = CEDE_CLOCK_VIRTUAL};

    return cede_run_with(&options, all, NULL) == 0 ? 0 : 1;
}

/* Output:
 *    3 s  three seconds for four: ETIMEDOUT
 *    4 s  inner: ECANCELED
 *    4 s  outer: ETIMEDOUT
 *    6 s  saving: done
 *    6 s  the worker: CEDE_EREVOKED
 */
