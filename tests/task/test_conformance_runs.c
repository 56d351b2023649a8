/* test_conformance_runs.c - what CPython's test_runners.py pins down and our own tests of cede_run
 * left open; tests/conformance/asyncio.md says which is which. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <unistd.h>

#include "harness/harness_task.h"

static int fail_when_cancelled(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    return cede_raise(-EIO, "could not be cleaned up");
}

static int leave_one_that_fails(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_start(fail_when_cancelled, NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    return 123;
}

TEST(conformance_runs, a_failure_of_what_is_left_is_reported_and_changes_no_result)
{
    test_capture_reports();
    CHECK_EQ(cede_run(leave_one_that_fails, NULL), 123);
    CHECK_HAS(test_reports(), "EIO: could not be cleaned up\n");
}

/* Ctrl-C, a real one. */

static void interrupt(void *arg)
{
    (void)arg;
    CHECK_EQ(kill(getpid(), SIGINT), 0);
}

static int give_way_until_interrupted(void *arg)
{
    int rc;

    (void)arg;
    CHECK_EQ(cede_call_later(NULL, CEDE_MS(20), interrupt, NULL, NULL), 0);
    while ((rc = cede_sleep(0)) == 0)
        ;
    test_note("%s", cede_error_name(rc));
    return rc;
}

TEST(conformance_runs, ctrl_c_reaches_a_task_that_never_waits)
{
    CHECK_EQ(cede_run(give_way_until_interrupted, NULL), -EINTR);
    CHECK_STR(test_notes(), "ECANCELED");
}

static int wait_until_interrupted(void *arg)
{
    cede_future *promise = cede_future_create();
    int rc;

    (void)arg;
    CHECK_EQ(cede_call_later(NULL, CEDE_MS(20), interrupt, NULL, NULL), 0);
    rc = cede_await(promise);
    test_note("%s", cede_error_name(rc));
    CHECK(cede_future_is_cancelled(promise));
    cede_future_unref(promise);
    return rc;
}

TEST(conformance_runs, ctrl_c_cancels_the_promise_that_main_awaits)
{
    CHECK_EQ(cede_run(wait_until_interrupted, NULL), -EINTR);
    CHECK_STR(test_notes(), "ECANCELED");
}

/* It lies where the main task did. */
static int be_spared(void *arg)
{
    (void)arg;
    return cede_sleep(CEDE_MS(20));
}

static int interrupt_while_cancelled(void *arg)
{
    cede_future *child;

    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    child = cede_spawn(be_spared, NULL);
    interrupt(NULL);
    while (!cede_future_is_done(child))
        (void)cede_sleep(0);
    test_note("%d", cede_future_status(child));
    cede_future_unref(child);
    return 0;
}

static int leave_one_that_interrupts(void *arg)
{
    CHECK_EQ(cede_start(interrupt_while_cancelled, arg), 0);
    return cede_sleep(0);
}

TEST(conformance_runs, ctrl_c_after_main_has_ended_cancels_nothing_else)
{
    CHECK_EQ(cede_run(leave_one_that_interrupts, NULL), 0);
    CHECK_STR(test_notes(), "0");
}

static int cancel_and_interrupt(void *arg)
{
    CHECK(cede_cancel(arg));
    interrupt(NULL);
    return 0;
}

static int be_cancelled_and_interrupted(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_start(cancel_and_interrupt, cede_task_current()), 0);
    return cede_sleep(CEDE_S(10));
}

TEST(conformance_runs, ctrl_c_that_meets_a_main_cancelled_already_is_a_cancellation)
{
    CHECK_EQ(cede_run(be_cancelled_and_interrupted, NULL), -ECANCELED);
}
