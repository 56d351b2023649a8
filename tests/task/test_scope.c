/* test_scope.c - scopes: deadlines, levels, nesting, shields; row d16 and what differs from it. */
/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness_task.h"

static int sleep_and_note(cede_time delay, const char *name)
{
    const int rc = cede_sleep(delay);

    test_note("%s:%s@%g", name, rc < 0 ? cede_error_name(rc) : "0", cede_time_seconds(cede_now()));
    return rc;
}

/* d16: time-outs. */

TEST_TASK(scope, d16_a_body_in_time_keeps_its_result)
{
    cede_scope scope;

    cede_scope_enter(&scope, cede_after(CEDE_S(2)));
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_scope_exit(&scope, 5), 5);
    CHECK_EQ(cede_sleep(CEDE_S(3)), 0); /* the deadline went with the scope */
    CHECK_EQ(cede_now(), CEDE_S(4));
}

TEST_TASK(scope, d16_a_deadline_cancels_what_is_inside_and_becomes_etimedout)
{
    cede_scope scope;

    cede_scope_enter(&scope, cede_after(CEDE_S(2)));
    CHECK_EQ(cede_sleep(CEDE_S(5)), -ECANCELED);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_EQ(cede_sleep(CEDE_S(5)), -ECANCELED); /* a level */
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK_EQ(cede_scope_exit(&scope, -ECANCELED), -ETIMEDOUT);
    CHECK_STR(cede_error_message(cede_error_last()), "the deadline passed");
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
}

TEST_TASK(scope, d16_without_a_deadline_a_scope_waits_for_ever)
{
    cede_scope scope;

    cede_scope_enter(&scope, CEDE_NEVER);
    CHECK_EQ(cede_sleep(CEDE_S(1000000)), 0);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
}

TEST_TASK(scope, d16_a_deadline_in_the_past_fires_at_the_first_suspension)
{
    cede_scope scope;

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    cede_scope_enter(&scope, cede_after(0));
    CHECK_EQ(cede_sleep(0), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, -ECANCELED), -ETIMEDOUT);
    cede_scope_enter(&scope, cede_after(CEDE_S(-1)));
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, -ECANCELED), -ETIMEDOUT);
}

TEST_TASK(scope, d16_a_body_without_suspension_passes_a_deadline_in_the_past)
{
    cede_scope scope;

    cede_scope_enter(&scope, cede_after(0));
    CHECK_EQ(cede_scope_exit(&scope, 3), 3);
}

TEST_TASK(scope, a_body_that_finished_after_its_deadline_keeps_its_result)
{
    cede_scope scope;

    cede_scope_enter(&scope, cede_after(CEDE_S(1)));
    CHECK_EQ(cede_sleep(CEDE_S(2)), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, 7), 7);
}

TEST_TASK(scope, an_error_inside_is_no_timeout)
{
    cede_scope scope;

    cede_scope_enter(&scope, cede_after(CEDE_S(1)));
    CHECK_EQ(cede_sleep(CEDE_S(2)), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, cede_raise(-EIO, "disk")), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "disk");
}

TEST_TASK(scope, d16_only_the_inner_of_nested_deadlines_expires)
{
    cede_scope outer, inner;
    int rc;

    cede_scope_enter(&outer, cede_after(CEDE_MS(50)));
    cede_scope_enter(&inner, cede_after(CEDE_MS(20)));
    rc = cede_scope_exit(&inner, cede_sleep(CEDE_S(1)));
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(20));
    CHECK_EQ(cede_checkpoint(), 0); /* the outer one is in time */
    CHECK_EQ(cede_scope_exit(&outer, rc), -ETIMEDOUT);
}

TEST_TASK(scope, d16_an_outer_deadline_is_not_the_inners_timeout)
{
    cede_scope outer, inner;
    int rc;

    cede_scope_enter(&outer, cede_after(CEDE_MS(20)));
    cede_scope_enter(&inner, cede_after(CEDE_MS(50)));
    rc = cede_scope_exit(&inner, cede_sleep(CEDE_S(1)));
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_scope_exit(&outer, rc), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_MS(20));
}

TEST_TASK(scope, d16_deadlines_of_the_same_instant_are_the_outers)
{
    cede_scope outer, inner;
    int rc;

    cede_scope_enter(&outer, CEDE_MS(20));
    cede_scope_enter(&inner, CEDE_MS(20));
    rc = cede_scope_exit(&inner, cede_sleep(CEDE_S(1)));
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_scope_exit(&outer, rc), -ETIMEDOUT);
}

static int timed_sleep(void *arg)
{
    int rc = 0;

    (void)arg;
    CEDE_TIMEOUT(CEDE_S(5), rc) {
        rc = sleep_and_note(CEDE_NEVER, "sleep");
    }
    test_note("after:%s", cede_error_name(rc));
    return rc;
}

TEST_TASK(scope, d16_a_cancellation_from_outside_is_never_a_timeout)
{
    cede_future *task = cede_spawn(timed_sleep, NULL);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "sleep:ECANCELED@1 after:ECANCELED");
}

static int expire_then_wait(void *arg)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(1), rc) {
        rc = sleep_and_note(CEDE_NEVER, "sleep");
        CHECK(cede_cancel(cede_task_current())); /* and now from outside too */
    }
    test_note("after:%s", cede_error_name(rc));
    (void)arg;
    return rc;
}

TEST_TASK(scope, d16_expired_and_cancelled_from_outside_is_cancelled)
{
    CHECK_EQ(cede_join(cede_spawn(expire_then_wait, NULL)), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "sleep:ECANCELED@1 after:ECANCELED");
}

/* CEDE_TIMEOUT. */

TEST_TASK(scope, cede_timeout_in_time)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_S(2), rc) {
        rc = cede_sleep(CEDE_S(1));
    }
    CHECK_EQ(rc, 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(scope, cede_timeout_may_be_left_by_break_and_by_continue)
{
    int rc = 1, n = 0;

    for (int i = 0; i < 3; i++) {
        CEDE_TIMEOUT(CEDE_S(2), rc) {
            n++;
            if (i == 0)
                break;
            if (i == 1)
                continue;
            CEDE_TRY_BREAK(rc, cede_sleep(CEDE_S(5)));
            n += 100;
        }
        CHECK_EQ(cede_now(), i < 2 ? 0 : CEDE_S(2));
        CHECK_EQ(rc, i < 2 ? 1 : -ETIMEDOUT);
    }
    CHECK_EQ(n, 3);
    CHECK_EQ(cede_sleep(CEDE_S(5)), 0); /* each scope was left */
}

TEST_TASK(scope, cede_timeouts_nest_on_one_line)
{
    int rc = 0;

    /* clang-format off */
    CEDE_TIMEOUT(CEDE_S(9), rc) { CEDE_TIMEOUT(CEDE_S(1), rc) { rc = cede_sleep(CEDE_S(2)); } }
    /* clang-format on */
    CHECK_EQ(rc, -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(scope, cede_timeout_of_never)
{
    int rc = 0;

    CEDE_TIMEOUT(CEDE_NEVER, rc) {
        rc = cede_sleep(CEDE_S(2));
    }
    CHECK_EQ(rc, 0);
}

/* Cancelling a scope by hand. */

static void cancel_scope(void *arg)
{
    cede_scope_cancel(arg);
}

TEST_TASK(scope, a_scope_cancelled_from_a_callback_wakes_who_waits_inside)
{
    cede_scope scope;

    cede_scope_enter(&scope, CEDE_NEVER);
    CHECK_EQ(cede_call_later(NULL, CEDE_S(1), cancel_scope, &scope, NULL), 0);
    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    CHECK_EQ(cede_now(), CEDE_S(1));
    /* nobody's deadline: the caller decides */
    CHECK_EQ(cede_scope_exit(&scope, -ECANCELED), -ECANCELED);
    CHECK_EQ(cede_checkpoint(), 0);
}

TEST_TASK(scope, cancelling_an_outer_scope_reaches_all_inside_and_ends_with_it)
{
    cede_scope a, b, c;

    cede_scope_enter(&a, CEDE_NEVER);
    cede_scope_enter(&b, CEDE_NEVER);
    cede_scope_enter(&c, CEDE_NEVER);
    cede_scope_cancel(&b);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&c, -ECANCELED), -ECANCELED);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&b, 0), 0);
    CHECK_EQ(cede_checkpoint(), 0);
    CHECK_EQ(cede_scope_exit(&a, 0), 0);
}

TEST_TASK(scope, a_scope_entered_inside_a_cancelled_one_is_cancelled)
{
    cede_scope outer, inner;

    cede_scope_enter(&outer, CEDE_NEVER);
    cede_scope_cancel(&outer);
    cede_scope_enter(&inner, CEDE_NEVER);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&inner, 0), 0);
    CHECK_EQ(cede_scope_exit(&outer, 0), 0);
}

TEST_TASK(scope, a_scope_does_not_reach_tasks_that_were_merely_spawned_inside)
{
    cede_scope scope;
    cede_future *task;

    cede_scope_enter(&scope, CEDE_NEVER);
    task = cede_spawn(timed_sleep, NULL);
    cede_scope_cancel(&scope);
    CHECK_EQ(cede_scope_exit(&scope, 0), 0);
    CHECK_EQ(cede_join(task), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(5));
}

/* Shields. */

static int shielded_cleanup(void *arg)
{
    cede_scope shield;
    int rc = sleep_and_note(CEDE_NEVER, "body");

    (void)arg;
    cede_scope_enter_shield(&shield, cede_after(CEDE_S(3)));
    rc = cede_scope_exit(&shield, sleep_and_note(CEDE_S(2), "cleanup"));
    CHECK_EQ(rc, 0);
    return sleep_and_note(CEDE_S(1), "after");
}

TEST_TASK(scope, a_shield_lets_clean_up_wait_in_a_cancelled_task)
{
    cede_future *task = cede_spawn(shielded_cleanup, NULL);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "body:ECANCELED@1 cleanup:0@3 after:ECANCELED@3");
}

TEST_TASK(scope, a_shield_has_a_deadline_of_its_own)
{
    cede_scope shield;

    cede_scope_enter_shield(&shield, cede_after(CEDE_S(1)));
    CHECK_EQ(cede_sleep(CEDE_S(5)), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&shield, -ECANCELED), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

static int shield_that_expires(void *arg)
{
    cede_scope shield;
    int rc;

    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    cede_scope_enter_shield(&shield, cede_after(CEDE_S(1)));
    rc = cede_scope_exit(&shield, sleep_and_note(CEDE_S(5), "cleanup"));
    test_note("%s", cede_error_name(rc));
    return rc;
}

TEST_TASK(scope, a_shield_that_expires_in_a_cancelled_task_leaves_it_cancelled)
{
    cede_future *task = cede_spawn(shield_that_expires, NULL);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "cleanup:ECANCELED@2 ECANCELED");
}

TEST_TASK(scope, a_scope_inside_a_shield_is_safe_from_outside_too)
{
    cede_scope outer, shield, inner;

    cede_scope_enter(&outer, cede_after(CEDE_S(1)));
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    cede_scope_enter(&inner, CEDE_NEVER);
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_EQ(cede_scope_exit(&inner, 0), 0);
    CHECK_EQ(cede_scope_exit(&shield, 0), 0);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&outer, -ECANCELED), -ETIMEDOUT);
}

/* Rescheduling. */

TEST_TASK(scope, d16_a_deadline_may_be_moved_either_way_or_away)
{
    cede_scope scope;

    cede_scope_enter(&scope, CEDE_S(2));
    CHECK_EQ(cede_scope_reschedule(&scope, CEDE_S(4)), 0);
    CHECK_EQ(cede_sleep(CEDE_S(3)), 0);
    CHECK_EQ(cede_scope_reschedule(&scope, CEDE_NEVER), 0);
    CHECK_EQ(cede_sleep(CEDE_S(7)), 0);
    CHECK_EQ(cede_scope_reschedule(&scope, CEDE_S(11)), 0);
    CHECK_EQ(cede_sleep(CEDE_S(5)), -ECANCELED);
    CHECK_EQ(cede_now(), CEDE_S(11));
    CHECK_EQ(cede_scope_reschedule(&scope, CEDE_S(20)), -ETIMEDOUT);
    CHECK_EQ(cede_scope_exit(&scope, -ECANCELED), -ETIMEDOUT);
}

TEST_TASK(scope, d16_a_deadline_moved_into_the_past_has_expired)
{
    cede_scope scope;

    cede_scope_enter(&scope, CEDE_NEVER);
    CHECK_EQ(cede_sleep(CEDE_S(3)), 0);
    CHECK_EQ(cede_scope_reschedule(&scope, CEDE_S(1)), 0);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&scope, -ECANCELED), -ETIMEDOUT);
}

/* Depth. */

static int nest_scopes(int depth)
{
    cede_scope scope;
    int rc;

    if (depth == 0)
        return cede_sleep(CEDE_NEVER);
    cede_scope_enter(&scope, CEDE_S(1000 - depth));
    rc = nest_scopes(depth - 1);
    return cede_scope_exit(&scope, rc);
}

TEST_TASK(scope, sixty_four_scopes_nest_and_the_first_to_expire_is_the_timeout)
{
    /* Depth 64 is outermost and expires first, at 936 s: all inside are cancelled, and it alone
     * timed out. */
    CHECK_EQ(nest_scopes(64), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(936));
    CHECK_EQ(cede_sleep(CEDE_S(100)), 0);
}

/* Our own word at a task's end. */

static int leave_a_scope_open(void *arg)
{
    static cede_scope scope;

    (void)arg;
    cede_scope_enter(&scope, CEDE_NEVER);
    return 0;
}

TEST(scope, a_task_that_ends_inside_a_scope_is_told_so_before_the_program_ends)
{
    int status = 0;
    const pid_t child = fork();

    if (child == 0) {
        fclose(stderr);
        stderr = fopen("/dev/null", "w");
        (void)cede_run(leave_a_scope_open, NULL);
        _exit(0);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGABRT);
}

/* Plain threads: only deadlines count. These take real time, a few milliseconds. */

TEST(scope, a_plain_thread_stops_waiting_at_the_nearest_deadline)
{
    cede_future *promise = cede_future_create();
    const cede_time start = cede_now();
    cede_scope outer, inner;
    int rc;

    cede_scope_enter(&outer, cede_after(CEDE_S(100)));
    cede_scope_enter(&inner, cede_after(CEDE_MS(20)));
    CHECK_EQ(cede_shield(promise), -ECANCELED);
    CHECK(cede_now() >= start + CEDE_MS(20));
    CHECK_EQ(cede_sleep(CEDE_S(100)), -ECANCELED);
    rc = cede_wait(&promise, 1, NULL, NULL);
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_gather(&promise, 1, NULL), -ECANCELED);
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    CHECK_EQ(cede_scope_exit(&inner, rc), -ETIMEDOUT);
    CHECK_EQ(cede_checkpoint(), 0);
    CHECK_EQ(cede_scope_exit(&outer, 0), 0);
    CHECK(cede_future_is_cancelled(promise)); /* gather passes the cancellation on */
    cede_future_unref(promise);
}

TEST(scope, an_outer_deadline_of_a_thread_is_not_the_inners_timeout)
{
    cede_scope outer, inner;
    int rc;

    cede_scope_enter(&outer, cede_after(CEDE_MS(10)));
    cede_scope_enter(&inner, cede_after(CEDE_S(100)));
    rc = cede_scope_exit(&inner, cede_sleep(CEDE_S(100)));
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_scope_exit(&outer, rc), -ETIMEDOUT);
}

TEST(scope, a_shield_holds_a_threads_outer_deadline_off)
{
    cede_scope outer, shield;

    cede_scope_enter(&outer, cede_after(CEDE_MS(-10)));
    CHECK_EQ(cede_checkpoint(), -ECANCELED);
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    CHECK_EQ(cede_checkpoint(), 0);
    CHECK_EQ(cede_sleep(CEDE_MS(1)), 0);
    CHECK_EQ(cede_scope_exit(&shield, 0), 0);
    CHECK_EQ(cede_scope_exit(&outer, -ECANCELED), -ETIMEDOUT);
}

TEST(scope, wait_for_on_a_plain_thread)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_wait_for(promise, CEDE_MS(10)), -ETIMEDOUT);
    CHECK(cede_future_is_cancelled(promise));
    cede_future_unref(promise);
}
