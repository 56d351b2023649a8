/* test_future.c - futures: promises, done callbacks, shielding, waiting with a time-out,
 * references. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

static int return_three(void *arg)
{
    (void)arg;
    return 3;
}

static int fail(void *arg)
{
    (void)arg;
    return cede_raise(-EIO, "it failed");
}

static int sleep_for(void *arg)
{
    const cede_time *delay = arg;

    CEDE_TRY(cede_sleep(*delay));
    return 0;
}

static int await_it(void *arg)
{
    const int rc = cede_await(arg);

    test_note("%s", rc < 0 ? cede_error_name(rc) : "kept");
    return rc;
}

/* A task that has awaited a new promise for a second, in its own way. */
static cede_future *await_for_a_second(cede_fn *how, cede_future **promise_out)
{
    cede_future *promise = cede_future_create();
    cede_future *task = cede_spawn(how, promise);

    CHECK(promise && task);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    *promise_out = promise;
    return task;
}

/* Promises. */

TEST_TASK(future, a_promise_is_kept_once_and_gives_its_value)
{
    int here = 0, other = 0;
    void *value = NULL;
    cede_future *promise = cede_future_create();

    CHECK(!cede_future_is_done(promise));
    CHECK_STR(test_format(promise), "<Future pending>");
    CHECK_EQ(cede_future_set(promise, &here), 0);
    CHECK_EQ(cede_future_set(promise, &other), CEDE_EDONE);
    CHECK_EQ(cede_future_fail(promise, -EIO), CEDE_EDONE);
    CHECK(cede_future_is_done(promise));
    CHECK_STR(test_format(promise), "<Future finished result=0>");
    CHECK_EQ(cede_await(promise), 0);
    CHECK_EQ(cede_future_value(promise, &value), 0);
    CHECK_PTR(value, &here);
    cede_future_unref(promise);
}

TEST_TASK(future, a_broken_promise_takes_the_record_with_it)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_fail(promise, cede_raise(-EPIPE, "the peer hung up")), 0);
    CHECK_STR(test_format(promise), "<Future finished error=EPIPE 'the peer hung up'>");
    cede_error_clear();
    CHECK_EQ(cede_join(promise), -EPIPE);
    CHECK_STR(cede_error_message(cede_error_last()), "the peer hung up");
}

TEST_TASK(future, a_broken_promise_takes_no_record_of_another_code)
{
    cede_future *promise = cede_future_create();

    (void)cede_raise(-EPIPE, "unrelated");
    CHECK_EQ(cede_future_fail(promise, -EIO), 0);
    CHECK_PTR(cede_future_error(promise), NULL);
    CHECK_EQ(cede_join(promise), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "Input/output error");
}

TEST_TASK(future, a_promise_fails_with_a_negative_code_only)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_fail(promise, 0), -EINVAL);
    CHECK_EQ(cede_future_fail(promise, 5), -EINVAL);
    CHECK(!cede_future_is_done(promise));
    cede_future_unref(promise);
}

TEST_TASK(future, a_promise_that_fails_with_ecanceled_is_cancelled)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_fail(promise, -ECANCELED), 0);
    CHECK(cede_future_is_cancelled(promise));
    CHECK_STR(test_format(promise), "<Future cancelled>");
    CHECK_EQ(cede_join(promise), CEDE_EREVOKED);
}

TEST_TASK(future, only_a_promise_is_kept_by_hand)
{
    cede_future *task = cede_spawn(return_three, NULL);

    CHECK_EQ(cede_future_set(task, NULL), -EINVAL);
    CHECK_EQ(cede_future_fail(task, -EIO), -EINVAL);
    CHECK_EQ(cede_future_set(NULL, NULL), -EINVAL);
    CHECK_EQ(cede_join(task), 3);
}

TEST_TASK(future, d2_cancel_of_a_promise_is_true_once)
{
    cede_future *promise = cede_future_create();

    CHECK(cede_cancel(promise));
    CHECK(cede_future_is_done(promise));
    CHECK(!cede_cancel(promise));
    CHECK_EQ(cede_future_set(promise, NULL), CEDE_EDONE);
    cede_future_unref(promise);
}

TEST_TASK(future, the_outcome_of_what_is_not_done_is_an_error)
{
    void *value = "untouched";
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_status(promise), CEDE_ENOTDONE);
    CHECK_EQ(cede_future_value(promise, &value), CEDE_ENOTDONE);
    CHECK_STR(value, "untouched");
    CHECK_PTR(cede_future_error(promise), NULL);
    cede_future_unref(promise);
}

TEST_TASK(future, everyone_who_awaits_a_promise_is_told_in_the_order_they_came)
{
    cede_future *promise = cede_future_create();
    cede_future *a = cede_spawn(await_it, promise);
    cede_future *b = cede_spawn(await_it, promise);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_STR(test_notes(), ""); /* nobody runs inside of set */
    CHECK_EQ(cede_join(b), 0);
    CHECK_STR(test_notes(), "kept kept");
    CHECK_EQ(cede_join(a), 0);
    cede_future_unref(promise);
}

TEST_TASK(future, a_cancelled_await_cancels_the_promise)
{
    cede_future *promise;
    cede_future *a = await_for_a_second(await_it, &promise);

    CHECK(cede_cancel(a));
    CHECK_EQ(cede_join(a), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(promise));
    CHECK_EQ(cede_future_set(promise, NULL), CEDE_EDONE);
    cede_future_unref(promise);
}

TEST_TASK(future, completion_wins_over_a_cancellation_of_the_same_turn)
{
    cede_future *promise;
    cede_future *a = await_for_a_second(await_it, &promise);

    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK(cede_cancel(a));
    CHECK_EQ(cede_join(a), 0);
    CHECK_STR(test_notes(), "kept");
    cede_future_unref(promise);
}

TEST_TASK(future, null_is_einval_everywhere)
{
    cede_future *promise = cede_future_create();
    cede_future *futures[] = {promise, NULL};
    cede_completion *completion = NULL;

    CHECK_EQ(cede_await(NULL), -EINVAL);
    CHECK_EQ(cede_join(NULL), -EINVAL);
    CHECK_EQ(cede_shield(NULL), -EINVAL);
    CHECK_EQ(cede_wait_for(NULL, 0), -EINVAL);
    CHECK_EQ(cede_gather(futures, 2, NULL), -EINVAL);
    CHECK_EQ(cede_wait(futures, 2, NULL, NULL), -EINVAL);
    CHECK_EQ(cede_as_completed(futures, 2, CEDE_NEVER, &completion), -EINVAL);
    CHECK_PTR(completion, NULL);
    CHECK_PTR(cede_future_ref(NULL), NULL);
    cede_future_unref(NULL);
    cede_future_unref(promise);
}

TEST_TASK(future, await_of_a_failed_spawn_tells_why_it_failed)
{
    const cede_task_options options = {.stack_size = (size_t)1 << 50};

    CHECK_EQ(cede_join(cede_spawn_with(&options, return_three, NULL)), -EINVAL);
    CHECK_HAS(test_traceback(), "a stack of 1125899906842624 bytes is out of range");
    CHECK_HAS(test_traceback(), "This was the direct cause");
}

/* d1: done callbacks. */

static void note_done(cede_future *future, void *arg)
{
    CHECK(cede_future_is_done(future));
    CHECK_PTR(cede_task_current(), NULL);
    test_note("%s", (const char *)arg);
}

TEST_TASK(future, d1_callbacks_are_called_next_turn_in_the_order_they_were_added)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(promise, note_done, "a"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "b"), 0);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    /* done already: next turn all the same */
    CHECK_EQ(cede_future_on_done(promise, note_done, "c"), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "a b c");
    cede_future_unref(promise);
}

TEST_TASK(future, d1_a_callback_is_called_as_often_as_it_was_added)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(promise, note_done, "a"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "a"), 0);
    CHECK(cede_cancel(promise));
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "a a");
    cede_future_unref(promise);
}

TEST_TASK(future, d1_removing_callbacks_says_how_many)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(promise, note_done, "a"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "b"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "a"), 0);
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "a"), 2);
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "a"), 0);
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "z"), 0);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    /* its call has been arranged */
    CHECK_EQ(cede_future_remove_on_done(promise, note_done, "b"), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "b");
    cede_future_unref(promise);
}

static void add_another(cede_future *future, void *arg)
{
    test_note("first");
    CHECK_EQ(cede_future_on_done(future, note_done, arg), 0);
}

TEST_TASK(future, d1_callbacks_may_add_callbacks)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(promise, add_another, "last"), 0);
    CHECK_EQ(cede_future_on_done(promise, note_done, "second"), 0);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "first second");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "first second last");
    cede_future_unref(promise);
}

TEST_TASK(future, d1_a_callback_keeps_its_future)
{
    cede_future *task = cede_spawn(return_three, NULL);

    CHECK_EQ(cede_future_on_done(task, note_done, "called"), 0);
    cede_future_unref(task);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "called");
}

static void wait_in_callback(cede_future *future, void *arg)
{
    cede_future *promise = arg;
    cede_completion *completion;

    CHECK_EQ(cede_await(future), 0); /* done: there is nothing to wait for */
    CHECK_EQ(cede_await(promise), -EDEADLK);
    CHECK_EQ(cede_shield(promise), -EDEADLK);
    CHECK_EQ(cede_gather(&promise, 1, NULL), -EDEADLK);
    CHECK_EQ(cede_wait(&promise, 1, NULL, NULL), -EDEADLK);
    CHECK_EQ(cede_as_completed(&promise, 1, CEDE_NEVER, &completion), -EDEADLK);
    CHECK_EQ(cede_sleep(0), -EDEADLK);
    CHECK_EQ(cede_sleep(CEDE_S(1)), -EDEADLK);
    test_note("checked");
}

TEST_TASK(future, a_callback_must_not_wait)
{
    cede_future *done = cede_future_create(), *promise = cede_future_create();

    CHECK_EQ(cede_future_on_done(done, wait_in_callback, promise), 0);
    CHECK_EQ(cede_future_set(done, NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "checked");
    CHECK(!cede_future_is_done(promise));
    cede_future_unref(done);
    cede_future_unref(promise);
}

TEST(future, callbacks_that_were_not_called_go_with_the_loop)
{
    cede_loop *loop = NULL;
    cede_future *kept, *pending;

    test_count_allocations();
    CHECK_EQ(cede_loop_create(NULL, &loop), 0);
    kept = cede_future_create();
    pending = cede_future_create();
    CHECK_EQ(cede_future_on_done(kept, note_done, "a"), 0);
    CHECK_EQ(cede_future_on_done(pending, note_done, "b"), 0);
    CHECK_EQ(cede_future_set(kept, NULL), 0);
    CHECK_EQ(cede_loop_close(loop), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_await(kept), 0);
    CHECK_EQ(cede_await(pending), CEDE_ESHUTDOWN);
    CHECK_EQ(cede_future_set(pending, NULL), CEDE_ESHUTDOWN);
    cede_future_unref(kept);
    cede_future_unref(pending);
    CHECK_EQ(test_live_allocations(), 0);
}

/* d17: shield. */

static int shield_it(void *arg)
{
    const int rc = cede_shield(arg);

    test_note("%s at %g", cede_error_name(rc), cede_time_seconds(cede_now()));
    return rc;
}

TEST_TASK(future, d17_shield_keeps_a_cancellation_from_what_is_awaited)
{
    cede_time nap = CEDE_S(3);
    cede_future *inner = cede_spawn(sleep_for, &nap);
    cede_future *outer = cede_spawn(shield_it, inner);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(outer));
    CHECK_EQ(cede_join(outer), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ECANCELED at 1"); /* at once */
    CHECK_EQ(cede_join(inner), 0);
    CHECK_EQ(cede_now(), CEDE_S(3));
}

TEST_TASK(future, d17_a_shielded_future_that_is_cancelled_is_revoked)
{
    cede_time nap = CEDE_S(3);
    cede_future *inner = cede_spawn(sleep_for, &nap);
    cede_future *outer = cede_spawn(shield_it, inner);

    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    CHECK(cede_cancel(inner));
    CHECK_EQ(cede_join(outer), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "CEDE_EREVOKED at 1");
    cede_future_unref(inner);
}

static int fail_after_a_second(void *arg)
{
    CEDE_TRY(cede_sleep(CEDE_S(1)));
    return fail(arg);
}

TEST_TASK(future, d17_a_failure_behind_a_shield_that_was_left_is_reported)
{
    cede_future *inner = cede_spawn(fail_after_a_second, NULL);
    cede_future *outer = cede_spawn(shield_it, inner);

    test_capture_reports();
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(outer));
    CHECK_EQ(cede_join(outer), CEDE_EREVOKED);
    cede_future_unref(inner);
    CHECK_STR(test_reports(), "");
    CHECK_EQ(cede_sleep(CEDE_S(2)), 0);
    CHECK_HAS(test_reports(),
              "Task exception was never retrieved\n<Task finished name='fail_after_a_second'");
}

/* d15: wait_for. */

TEST_TASK(future, d15_wait_for_gives_the_result_in_time)
{
    cede_time nap = CEDE_S(1);
    cede_future *task = cede_spawn(sleep_for, &nap);

    CHECK_EQ(cede_wait_for(task, CEDE_S(2)), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
    cede_future_unref(task);
}

TEST_TASK(future, d15_wait_for_cancels_when_time_is_up)
{
    cede_time nap = CEDE_S(3);
    cede_future *task = cede_spawn(sleep_for, &nap);

    CHECK_EQ(cede_wait_for(task, CEDE_S(2)), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(2));
    CHECK(cede_future_is_cancelled(task));
    cede_future_unref(task);
}

TEST_TASK(future, d15_wait_for_without_a_limit_is_await)
{
    cede_time nap = CEDE_S(3);
    cede_future *task = cede_spawn(sleep_for, &nap);

    CHECK_EQ(cede_wait_for(task, CEDE_NEVER), 0);
    CHECK_EQ(cede_now(), CEDE_S(3));
    cede_future_unref(task);
}

TEST_TASK(future, d15_wait_for_no_time_takes_what_is_there_and_else_starts_nothing)
{
    cede_future *done = cede_spawn(return_three, NULL), *fresh;

    CHECK_EQ(cede_await(done), 3);
    CHECK_EQ(cede_wait_for(done, 0), 3);
    CHECK_EQ(cede_wait_for(done, CEDE_S(-1)), 3);
    fresh = cede_spawn(await_it, done);
    CHECK_EQ(cede_wait_for(fresh, 0), -ETIMEDOUT);
    CHECK_STR(test_notes(), ""); /* never ran */
    CHECK(cede_future_is_cancelled(fresh));
    CHECK_EQ(cede_now(), 0);
    cede_future_unref(done);
    cede_future_unref(fresh);
}

struct ending {
    int rc;        /* how it ends once it has been cancelled */
    cede_time nap; /* how long that takes */
};

static int end_slowly(void *arg)
{
    const struct ending *ending = arg;
    cede_scope shield;

    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    cede_scope_enter_shield(&shield, CEDE_NEVER);
    CHECK_EQ(cede_sleep(ending->nap), 0);
    CHECK_EQ(cede_scope_exit(&shield, 0), 0);
    return ending->rc == -EIO ? fail(NULL) : ending->rc;
}

TEST_TASK(future, d15_wait_for_waits_for_the_end_of_what_it_cancelled)
{
    struct ending ending = {-ECANCELED, CEDE_S(2)};
    cede_future *task = cede_spawn(end_slowly, &ending);

    CHECK_EQ(cede_wait_for(task, CEDE_S(1)), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(3));
    cede_future_unref(task);
}

TEST_TASK(future, d15_a_failure_during_cancellation_wins_over_the_timeout)
{
    struct ending ending = {-EIO, 0};
    cede_future *task = cede_spawn(end_slowly, &ending);

    CHECK_EQ(cede_wait_for(task, CEDE_S(1)), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "it failed");
    cede_future_unref(task);
}

TEST_TASK(future, d15_a_result_during_cancellation_wins_over_the_timeout)
{
    struct ending ending = {8, 0};
    cede_future *task = cede_spawn(end_slowly, &ending);

    CHECK_EQ(cede_wait_for(task, CEDE_S(1)), 8);
    cede_future_unref(task);
}

static int wait_for_two_seconds(void *arg)
{
    const int rc = cede_wait_for(arg, CEDE_S(2));

    test_note("%s", rc < 0 ? cede_error_name(rc) : "result");
    CHECK_EQ(cede_checkpoint(), -ECANCELED); /* the cancellation was not swallowed */
    return rc;
}

TEST_TASK(future, d15_a_result_and_a_cancellation_in_the_same_turn_lose_neither)
{
    cede_future *promise;
    cede_future *waiter = await_for_a_second(wait_for_two_seconds, &promise);

    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK(cede_cancel(waiter));
    CHECK_EQ(cede_join(waiter), 0);
    CHECK_STR(test_notes(), "result");
    cede_future_unref(promise);
}

TEST_TASK(future, d15_a_cancellation_from_outside_is_no_timeout)
{
    cede_future *promise;
    cede_future *waiter = await_for_a_second(wait_for_two_seconds, &promise);

    CHECK(cede_cancel(waiter));
    CHECK_EQ(cede_join(waiter), CEDE_EREVOKED);
    CHECK_STR(test_notes(), "ECANCELED");
    cede_future_unref(promise);
}

static void set_it(void *arg)
{
    (void)cede_future_set(arg, NULL);
}

TEST_TASK(future, d15_a_result_at_the_very_instant_of_the_deadline)
{
    cede_future *first = cede_future_create(), *second = cede_future_create();
    cede_scope scope;

    /* Equal times are served in the order of arming. */
    CHECK_EQ(cede_call_later(NULL, CEDE_S(1), set_it, first, NULL), 0);
    CHECK_EQ(cede_wait_for(first, CEDE_S(1)), 0);
    cede_scope_enter(&scope, cede_after(CEDE_S(1)));
    CHECK_EQ(cede_call_later(NULL, CEDE_S(1), set_it, second, NULL), 0);
    CHECK_EQ(cede_scope_exit(&scope, cede_await(second)), -ETIMEDOUT);
    CHECK(cede_future_is_cancelled(second));
    CHECK_EQ(cede_sleep(CEDE_MS(1)), 0); /* set_it comes too late, but comes */
    cede_future_unref(first);
    cede_future_unref(second);
}
