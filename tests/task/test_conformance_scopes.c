/* test_conformance_scopes.c - what CPython's test_timeouts.py and test_waitfor.py pin down and our
 * own tests of scopes and wait_for left open; tests/conformance/asyncio.md says which is which. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

/* Time-outs. */

TEST_TASK(conformance_scopes, a_timeout_of_zero_lets_no_time_pass)
{
    int rc = 0;

    CEDE_TIMEOUT(0, rc) {
        rc = cede_sleep(CEDE_S(10));
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), 0);
}

TEST_TASK(conformance_scopes, an_error_in_time_passes_a_timeout)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(10), rc) {
        rc = cede_raise(-EIO, "not its business");
    }
    CHECK_EQ(rc, -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "not its business");
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

static int time_out_inside(void *arg)
{
    int rc = 0;

    (void)arg;
    CEDE_TIMEOUT(CEDE_MS(1), rc) {
        rc = cede_sleep(CEDE_S(10));
    }
    return rc == -ETIMEDOUT ? 0 : -EPROTO;
}

TEST_TASK(conformance_scopes, a_task_that_handled_its_timeout_is_not_cancelled)
{
    cede_future *task = cede_spawn(time_out_inside, NULL);

    CHECK_EQ(cede_await(task), 0);
    CHECK(cede_future_is_done(task));
    CHECK(!cede_future_is_cancelled(task));
    CHECK_EQ(cede_task_cancelling(task), 0);
    cede_future_unref(task);
}

TEST_TASK(conformance_scopes, of_two_deadlines_that_are_long_past_the_outer_one_counts)
{
    cede_scope outer, inner;
    int rc;

    CHECK_EQ(cede_sleep(CEDE_MS(200)), 0);
    cede_scope_enter(&outer, CEDE_MS(100));
    cede_scope_enter(&inner, CEDE_MS(10));
    rc = cede_scope_exit(&inner, cede_sleep(CEDE_S(1)));
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_sleep(CEDE_S(10)), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&outer, rc), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(200));
}

TEST_TASK(conformance_scopes, a_timeout_strikes_after_a_cancellation_that_was_taken_back)
{
    int rc = 0;

    CHECK(cede_cancel(cede_task_current()));
    CHECK_EQ(cede_sleep(CEDE_S(1)), -ECANCELED);
    CHECK_EQ(cede_uncancel(), 0);
    CEDE_TIMEOUT(0, rc) {
        rc = cede_sleep(CEDE_S(1));
    }
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

TEST_TASK(conformance_scopes, a_second_cancellation_inside_a_timeout_is_none_of_its_own)
{
    int rc = 0;

    CHECK(cede_cancel(cede_task_current()));
    CHECK_EQ(cede_sleep(CEDE_S(1)), -ECANCELED);
    CHECK_EQ(cede_uncancel(), 0);
    CEDE_TIMEOUT(CEDE_S(1), rc) {
        CHECK(cede_cancel(cede_task_current()));
        rc = cede_sleep(CEDE_S(2));
    }
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_now(), 0);
    CHECK_EQ(cede_uncancel(), 0);
}

TEST_TASK(conformance_scopes, a_scope_that_was_left_may_be_entered_again)
{
    cede_scope scope;

    cede_scope_enter(&scope, cede_after(CEDE_S(1)));
    CHECK_EQ(cede_scope_exit(&scope, cede_sleep(CEDE_S(2))), -ETIMEDOUT);
    cede_scope_enter(&scope, cede_after(CEDE_S(2)));
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    CHECK_EQ(cede_now(), CEDE_S(2));
}

static int fail_in_cleanup(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_S(2)), -ECANCELED);
    return cede_raise(-EIO, "cleaning up failed");
}

TEST_TASK(conformance_scopes, a_group_whose_child_fails_in_clean_up_is_no_timeout)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_MS(10), rc) {
        cede_group group;

        cede_group_init(&group);
        rc = cede_group_spawn(&group, fail_in_cleanup, NULL);
        CHECK_EQ(rc, 0);
        rc = cede_group_join(&group, cede_sleep(CEDE_S(1)));
    }
    CHECK_EQ(rc, -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "cleaning up failed");
    CHECK_EQ(cede_now(), CEDE_MS(10));
}

/* wait_for. */

static int end_late(void *arg)
{
    cede_scope shield;

    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_EQ(cede_scope_exit(&shield, 0), 0);
    test_note("ended");
    return -ECANCELED;
}

struct waiting {
    cede_future *task;
    cede_time timeout;
};

static int wait_for_it(void *arg)
{
    const struct waiting *it = arg;

    return cede_wait_for(it->task, it->timeout);
}

TEST_TASK(conformance_scopes, a_cancelled_wait_for_waits_for_the_end_of_what_it_cancelled)
{
    struct waiting it = {cede_spawn(end_late, NULL), CEDE_S(10)};
    cede_future *waiter = cede_spawn(wait_for_it, &it);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(waiter));
    CHECK_EQ(cede_join(waiter), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ended");
    CHECK_EQ(cede_now(), CEDE_S(3));
    cede_future_unref(it.task);
}

static int note_end(void *arg)
{
    const int rc = cede_sleep(CEDE_S(10));

    test_note("%s:%s", (const char *)arg, cede_error_name(rc));
    return rc;
}

TEST_TASK(conformance_scopes, wait_for_no_time_cancels_what_has_begun_and_sees_its_end)
{
    cede_future *tasks[] = {cede_spawn(note_end, "a"), cede_spawn(note_end, "b")};
    const cede_time timeouts[] = {0, CEDE_S(-1)};

    CHECK_EQ(cede_sleep(0), 0);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_wait_for(tasks[i], timeouts[i]), -ETIMEDOUT);
        CHECK(cede_future_is_cancelled(tasks[i]));
        cede_future_unref(tasks[i]);
    }
    CHECK_STR(test_notes(), "a:ECANCELED b:ECANCELED");
    CHECK_EQ(cede_now(), 0);
}

TEST_TASK(conformance_scopes, wait_for_no_time_waits_for_a_slow_end)
{
    cede_future *task = cede_spawn(end_late, NULL);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_wait_for(task, 0), -ETIMEDOUT);
    CHECK_STR(test_notes(), "ended");
    CHECK_EQ(cede_now(), CEDE_S(3));
    cede_future_unref(task);
}

static void cancel_a_wait_for(cede_time timeout)
{
    struct waiting it = {cede_spawn(note_end, "it"), timeout};
    cede_future *waiter = cede_spawn(wait_for_it, &it);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(waiter));
    CHECK_EQ(cede_await(waiter), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(waiter));
    CHECK(cede_future_is_cancelled(it.task));
    CHECK_STR(test_notes(), "it:ECANCELED");
    cede_future_unref(waiter);
    cede_future_unref(it.task);
}

TEST_TASK(conformance_scopes, cancelling_a_wait_for_with_a_limit_cancels_the_task)
{
    cancel_a_wait_for(CEDE_S(60));
}

TEST_TASK(conformance_scopes, cancelling_a_wait_for_without_a_limit_cancels_the_task)
{
    cancel_a_wait_for(CEDE_NEVER);
}

/* The same with a shield. */

static int nap(void *arg)
{
    return cede_sleep(*(const cede_time *)arg);
}

static void time_a_shield_out(cede_time timeout, int expected)
{
    cede_time length = CEDE_MS(100);
    cede_future *task = cede_spawn(nap, &length);
    int rc = 0;

    CEDE_TIMEOUT(timeout, rc) {
        rc = cede_shield(task);
    }
    CHECK_EQ(rc, expected);
    CHECK(!cede_future_is_cancelled(task));
    CHECK_EQ(cede_join(task), 0);
    CHECK_EQ(cede_now(), CEDE_MS(100));
}

TEST_TASK(conformance_scopes, a_shield_that_has_no_time_leaves_the_task_running)
{
    time_a_shield_out(0, -ETIMEDOUT);
}

TEST_TASK(conformance_scopes, a_shield_without_a_limit_runs_to_its_end)
{
    time_a_shield_out(CEDE_NEVER, 0);
}

TEST_TASK(conformance_scopes, a_shield_that_times_out_leaves_the_task_running)
{
    time_a_shield_out(CEDE_MS(10), -ETIMEDOUT);
}
