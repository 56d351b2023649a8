/* test_conformance_tasks.c - what CPython's test_tasks.py pins down and our own tests of tasks left
 * open; tests/conformance/asyncio.md says which is which. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

static int return_it(void *arg)
{
    return *(const int *)arg;
}

static int sleep_for(void *arg)
{
    return cede_sleep(*(const cede_time *)arg);
}

static int fail(void *arg)
{
    (void)arg;
    return cede_raise(-EIO, "it failed");
}

static int add_two_tasks(void *arg)
{
    int a = 42, b = 1000;
    cede_future *first = cede_spawn(return_it, &a), *second = cede_spawn(return_it, &b);

    (void)arg;
    return cede_join(first) + cede_join(second);
}

TEST_TASK(conformance_tasks, a_task_adds_up_what_others_return)
{
    CHECK_EQ(cede_join(cede_spawn(add_two_tasks, NULL)), 1042);
}

/* Cancellation. */

static int sleep_twice(void *arg)
{
    (void)arg;
    CHECK_EQ(cede_sleep(CEDE_S(10)), -ECANCELED);
    CHECK_EQ(cede_uncancel(), 0);
    return cede_sleep(CEDE_S(10));
}

TEST_TASK(conformance_tasks, a_task_that_took_its_cancellation_back_can_be_cancelled_again)
{
    cede_future *task = cede_spawn(sleep_twice, NULL);

    CHECK_EQ(cede_sleep(CEDE_MS(10)), 0);
    CHECK_EQ(cede_task_cancelling(task), 0);
    CHECK(!strstr(test_format(task), "cancelling"));
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_task_cancelling(task), 1);
    CHECK_HAS(test_format(task), " cancelling=1>");
    CHECK(!cede_future_is_cancelled(task));

    CHECK_EQ(cede_sleep(CEDE_MS(10)), 0);
    CHECK_EQ(cede_task_cancelling(task), 0);
    CHECK(!strstr(test_format(task), "cancelling"));
    CHECK(!cede_future_is_done(task));

    CHECK(cede_cancel(task));
    CHECK_EQ(cede_task_cancelling(task), 1);
    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(task));
    CHECK_EQ(cede_now(), CEDE_MS(20));
    cede_future_unref(task);
}

static void cancel_it(void *arg)
{
    test_note("cancel %s", cede_cancel(*(cede_future **)arg) ? "asked" : "too late");
}

/* A time-out made by hand of a cancellation from a callback; whether it struck. */
static bool sleep_under_a_hand_made_timeout(cede_time nap)
{
    cede_future *self = cede_task_current();
    int rc;

    CHECK_EQ(cede_call_later(NULL, CEDE_MS(100), cancel_it, &self, NULL), 0);
    rc = cede_sleep(nap);
    if (rc == 0)
        return false;
    CHECK_EQ(rc, -ECANCELED);
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_sleep(0), 0);
    return true;
}

TEST_TASK(conformance_tasks, a_block_cancelled_by_a_callback_takes_it_back_and_the_rest_goes_on)
{
    CHECK(sleep_under_a_hand_made_timeout(CEDE_S(10)));
    CHECK_EQ(cede_now(), CEDE_MS(100));
    CHECK_EQ(cede_task_cancelling(NULL), 0);
    CHECK_STR(test_notes(), "cancel asked");
    CHECK(!sleep_under_a_hand_made_timeout(CEDE_MS(50)));
    CHECK_EQ(cede_now(), CEDE_MS(150));
}

TEST_TASK(conformance_tasks, a_sleeper_that_is_cancelled_is_done_and_time_stands_still)
{
    cede_time nap = CEDE_S(10);
    cede_future *task = cede_spawn(sleep_for, &nap);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK(!cede_future_is_done(task));
    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK(cede_future_is_done(task));
    CHECK(cede_future_is_cancelled(task));
    CHECK(!cede_cancel(task));
    CHECK_EQ(cede_now(), 0);
    cede_future_unref(task);
}

TEST_TASK(conformance_tasks, a_callback_cancels_a_sleeper_at_its_time)
{
    cede_time nap = CEDE_S(5000);
    cede_future *task = cede_spawn(sleep_for, &nap);

    CHECK_EQ(cede_call_later(NULL, CEDE_MS(100), cancel_it, &task, NULL), 0);
    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), CEDE_MS(100));
    cede_future_unref(task);
}

static int give_way_twice(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sleep(0));
    CEDE_TRY(cede_sleep(0));
    return 12;
}

TEST_TASK(conformance_tasks, one_who_only_gives_way_is_cancelled_too)
{
    cede_future *task = cede_spawn(give_way_twice, NULL);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(task));
    CHECK(!cede_cancel(task));
    cede_future_unref(task);
}

static int await_it(void *arg)
{
    const int rc = cede_await(arg);

    test_note("%s", rc < 0 ? cede_error_name(rc) : "kept");
    return rc;
}

TEST_TASK(conformance_tasks, of_a_promise_and_its_awaiter_cancelled_in_one_turn_both_are)
{
    cede_future *promise = cede_future_create(), *task = cede_spawn(await_it, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(promise));
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(promise));
    CHECK(cede_future_is_done(task));
    cede_future_unref(task);
    cede_future_unref(promise);
}

struct two_promises {
    cede_future *first, *second;
};

static int catch_the_second(void *arg)
{
    const struct two_promises *two = arg;

    CHECK_EQ(cede_await(two->first), 0);
    return cede_await(two->second) == -ECANCELED ? 42 : 0;
}

TEST_TASK(conformance_tasks, a_task_may_catch_its_cancellation_and_return_a_result)
{
    struct two_promises two = {cede_future_create(), cede_future_create()};
    cede_future *task = cede_spawn(catch_the_second, &two);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_future_set(two.first, NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_await(task), 42);
    CHECK(cede_future_is_cancelled(two.second));
    CHECK(!cede_future_is_cancelled(task));
    cede_future_unref(task);
    cede_future_unref(two.first);
    cede_future_unref(two.second);
}

static int ignore_and_wait_on(void *arg)
{
    CHECK_EQ(cede_sleep(CEDE_NEVER), -ECANCELED);
    CHECK_EQ(cede_uncancel(), 0);
    CHECK_EQ(cede_await(arg), 0);
    return 42;
}

TEST_TASK(conformance_tasks, a_task_that_took_its_cancellation_back_waits_on)
{
    cede_future *promise = cede_future_create(), *task = cede_spawn(ignore_and_wait_on, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_future_is_cancelled(promise));
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_EQ(cede_await(task), 42);
    CHECK(!cede_future_is_cancelled(task));
    cede_future_unref(task);
    cede_future_unref(promise);
}

/* Wait and as_completed. */

TEST_TASK(conformance_tasks, waiting_again_for_what_is_done_takes_no_time)
{
    cede_time naps[] = {CEDE_MS(150), CEDE_MS(100)};
    cede_future *tasks[] = {cede_spawn(sleep_for, &naps[0]), cede_spawn(sleep_for, &naps[1])};
    size_t n_done = 0;

    for (int i = 0; i < 2; i++) {
        CHECK_EQ(cede_wait(tasks, 2, NULL, &n_done), 0);
        CHECK_EQ(n_done, 2);
        CHECK_EQ(cede_now(), CEDE_MS(150));
    }
    CHECK_EQ(cede_join(tasks[0]), 0);
    CHECK_EQ(cede_join(tasks[1]), 0);
}

TEST_TASK(conformance_tasks, a_failure_that_is_there_already_ends_a_wait_for_the_first_at_once)
{
    cede_time nap = CEDE_S(10);
    cede_future *tasks[] = {cede_spawn(fail, NULL), cede_spawn(sleep_for, &nap)};
    size_t n_done = 0;

    CHECK_EQ(cede_wait(tasks, 2, &(cede_wait_options){.until = CEDE_FIRST_ERROR}, &n_done), 0);
    CHECK_EQ(n_done, 1);
    CHECK_EQ(cede_now(), 0);
    CHECK(!cede_future_is_done(tasks[1]));
    CHECK_EQ(cede_join(tasks[0]), -EIO);
    CHECK_EQ(cede_join(tasks[1]), 0);
}

TEST_TASK(conformance_tasks, what_ends_at_the_instant_of_a_waits_deadline_is_done)
{
    cede_time naps[] = {CEDE_MS(100), CEDE_MS(150)};
    cede_future *tasks[] = {cede_spawn(sleep_for, &naps[0]), cede_spawn(sleep_for, &naps[1])};
    size_t n_done = 0;

    CHECK_EQ(cede_sleep(0), 0); /* both sleep: their timers were armed before the deadline */
    CHECK_EQ(cede_wait(tasks, 2, &(cede_wait_options){.deadline = CEDE_MS(100)}, &n_done), 0);
    CHECK_EQ(n_done, 1);
    CHECK_EQ(cede_now(), CEDE_MS(100));
    CHECK(cede_future_is_done(tasks[0]));
    CHECK_EQ(cede_join(tasks[0]), 0);
    CHECK_EQ(cede_join(tasks[1]), 0);
}

TEST_TASK(conformance_tasks, a_deadline_that_is_not_needed_does_not_disturb_as_completed)
{
    cede_time nap = CEDE_MS(10);
    cede_future *task = cede_spawn(sleep_for, &nap), *future = NULL;
    cede_completion *completion = NULL;

    CHECK_EQ(cede_as_completed(&task, 1, CEDE_S(1), &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &future), 1);
    CHECK_PTR(future, task);
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    CHECK_EQ(cede_now(), CEDE_MS(10));
    cede_completion_destroy(completion);
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(conformance_tasks, what_is_given_twice_to_wait_counts_once)
{
    int one = 1, two = 2;
    cede_future *a = cede_spawn(return_it, &one), *b = cede_spawn(return_it, &two);
    size_t n_done = 0;

    CHECK_EQ(cede_wait((cede_future *[]){a, a, b}, 3, NULL, &n_done), 0);
    CHECK_EQ(n_done, 2);
    CHECK_EQ(cede_join(a), 1);
    CHECK_EQ(cede_join(b), 2);
}

static int give_way_once(void *arg)
{
    (void)arg;
    return cede_sleep(0);
}

TEST_TASK(conformance_tasks, a_wait_for_the_first_counts_all_that_ended_before_the_waiter_ran)
{
    cede_future *tasks[] = {cede_spawn(give_way_twice, NULL), cede_spawn(give_way_once, NULL)};
    size_t n_done = 0;

    CHECK_EQ(cede_wait(tasks, 2, &(cede_wait_options){.until = CEDE_FIRST_COMPLETED}, &n_done), 0);
    CHECK_EQ(n_done, 2);
    CHECK(cede_future_is_done(tasks[0]));
    CHECK(cede_future_is_done(tasks[1]));
    CHECK_EQ(cede_join(tasks[0]), 12);
    CHECK_EQ(cede_join(tasks[1]), 0);
}

TEST_TASK(conformance_tasks, as_completed_may_be_left_and_taken_up_again)
{
    int numbers[] = {0, 1, 2, 3}, n_delivered = 0;
    cede_future *tasks[4], *future = NULL;
    cede_completion *completion = NULL;

    for (int i = 0; i < 4; i++)
        tasks[i] = cede_spawn(return_it, &numbers[i]);
    CHECK_EQ(cede_as_completed(tasks, 4, CEDE_NEVER, &completion), 0);
    while (n_delivered < 2 && cede_completion_next(completion, &future) == 1)
        CHECK_EQ(cede_await(future), n_delivered++);
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0);
    while (cede_completion_next(completion, &future) == 1)
        CHECK_EQ(cede_await(future), n_delivered++);
    CHECK_EQ(n_delivered, 4);
    cede_completion_destroy(completion);
    for (int i = 0; i < 4; i++)
        cede_future_unref(tasks[i]);
}

TEST_TASK(conformance_tasks, as_completed_delivers_all_that_end_in_one_instant)
{
    cede_time nap = CEDE_MS(50);
    cede_future *tasks[] = {cede_spawn(sleep_for, &nap), cede_spawn(sleep_for, &nap)};
    cede_future *delivered[2] = {NULL, NULL}, *future = NULL;
    cede_completion *completion = NULL;

    CHECK_EQ(cede_as_completed(tasks, 2, CEDE_NEVER, &completion), 0);
    CHECK_EQ(cede_completion_next(completion, &delivered[0]), 1);
    CHECK_EQ(cede_completion_next(completion, &delivered[1]), 1);
    CHECK_EQ(cede_completion_next(completion, &future), 0);
    CHECK_EQ(cede_now(), CEDE_MS(50));
    CHECK_PTR(delivered[0], tasks[0]);
    CHECK_PTR(delivered[1], tasks[1]);
    cede_completion_destroy(completion);
    CHECK_EQ(cede_join(tasks[0]), 0);
    CHECK_EQ(cede_join(tasks[1]), 0);
}

/* The current task. */

struct pair {
    cede_future *mine, *theirs; /* promises */
    cede_future *self;
};

static int check_who_runs(void *arg)
{
    const struct pair *pair = arg;

    CHECK_PTR(cede_task_current(), pair->self);
    CHECK_EQ(cede_future_set(pair->theirs, NULL), 0);
    CHECK_EQ(cede_await(pair->mine), 0);
    CHECK_PTR(cede_task_current(), pair->self);
    return 0;
}

TEST_TASK(conformance_tasks, of_tasks_that_take_turns_each_is_the_current_one_while_it_runs)
{
    cede_future *a = cede_future_create(), *b = cede_future_create();
    cede_future *self = cede_task_current();
    struct pair one = {.mine = a, .theirs = b}, two = {.mine = b, .theirs = a};

    one.self = cede_spawn(check_who_runs, &one);
    two.self = cede_spawn(check_who_runs, &two);
    CHECK_EQ(cede_gather((cede_future *[]){one.self, two.self}, 2, NULL), 0);
    CHECK_PTR(cede_task_current(), self);
    cede_future_unref(one.self);
    cede_future_unref(two.self);
    cede_future_unref(a);
    cede_future_unref(b);
}

/* Shield and gather. */

static int shield_it(void *arg)
{
    const int rc = cede_shield(arg);

    test_note("shield:%s", rc < 0 ? cede_error_name(rc) : "kept");
    return rc;
}

TEST_TASK(conformance_tasks, shield_gives_the_result_also_of_what_is_done)
{
    cede_future *promise = cede_future_create(), *task = cede_spawn(shield_it, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "shield:kept");
    CHECK_EQ(cede_shield(promise), 0);
    cede_future_unref(promise);
}

TEST_TASK(conformance_tasks, shield_gives_the_failure_with_its_record)
{
    cede_future *promise = cede_future_create(), *task = cede_spawn(shield_it, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_future_fail(promise, cede_raise(-EIO, "expected")), 0);
    CHECK_EQ(cede_join(task), -EIO);
    CHECK_STR(cede_error_message(cede_error_last()), "expected");
    cede_future_unref(promise);
}

static int gather_both(void *arg)
{
    return cede_gather(arg, 2, NULL);
}

TEST_TASK(conformance_tasks, a_shielded_gather_goes_on_when_who_awaits_it_is_cancelled)
{
    cede_future *children[] = {cede_future_create(), cede_future_create()};
    cede_future *gatherer = cede_spawn(gather_both, children);
    cede_future *outer = cede_spawn(shield_it, gatherer);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(outer));
    CHECK_EQ(cede_join(outer), CEDE_EREVOKED);
    CHECK_EQ(cede_future_set(children[0], NULL), 0);
    CHECK_EQ(cede_future_set(children[1], NULL), 0);
    CHECK_EQ(cede_join(gatherer), 0);
    cede_future_unref(children[0]);
    cede_future_unref(children[1]);
}

TEST_TASK(conformance_tasks, a_cancelled_gather_of_shields_leaves_what_is_behind_them)
{
    cede_future *children[] = {cede_future_create(), cede_future_create()};
    cede_future *shields[] = {cede_spawn(shield_it, children[0]),
                              cede_spawn(shield_it, children[1])};
    cede_future *gatherer = cede_spawn(gather_both, shields);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(gatherer));
    CHECK_EQ(cede_join(gatherer), CEDE_EREVOKED);
    for (int i = 0; i < 2; i++) {
        CHECK(cede_future_is_cancelled(shields[i]));
        CHECK(!cede_future_is_done(children[i]));
        CHECK_EQ(cede_future_set(children[i], NULL), 0);
        cede_future_unref(shields[i]);
        cede_future_unref(children[i]);
    }
}

TEST_TASK(conformance_tasks, a_gather_of_all_waits_on_after_failures_and_cancellations)
{
    cede_future *promises[6];

    for (int i = 0; i < 6; i++)
        promises[i] = cede_future_create();
    cede_future *gatherer = cede_spawn(gather_both, promises);
    CHECK_EQ(cede_future_set(promises[0], NULL), 0);
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_future_is_done(gatherer));
    CHECK_EQ(cede_future_fail(promises[1], -EIO), 0);
    CHECK_EQ(cede_join(gatherer), -EIO);

    CHECK(cede_cancel(promises[2]));
    CHECK_EQ(cede_future_set(promises[3], NULL), 0);
    CHECK(cede_cancel(promises[4]));
    CHECK_EQ(cede_future_fail(promises[5], -EPIPE), 0);
    CHECK(cede_gather(promises, 6, NULL) < 0);
    const int expected[] = {0, -EIO, CEDE_EREVOKED, 0, CEDE_EREVOKED, -EPIPE};
    for (int i = 0; i < 6; i++) {
        CHECK_EQ(cede_future_status(promises[i]), expected[i]);
        cede_future_unref(promises[i]);
    }
}

/* Sleep. */

static void note_call(void *arg)
{
    test_note("%s", (const char *)arg);
}

TEST_TASK(conformance_tasks, a_sleep_of_zero_lets_callbacks_run)
{
    CHECK_EQ(cede_call_soon(NULL, note_call, "called"), 0);
    CHECK_STR(test_notes(), "");
    CHECK_EQ(cede_sleep(0), 0);
    CHECK_STR(test_notes(), "called");
}

TEST_TASK(conformance_tasks, two_halves_of_a_nap_make_a_whole)
{
    CHECK_EQ(cede_sleep(CEDE_MS(50)), 0);
    CHECK_EQ(cede_now(), CEDE_MS(50));
    CHECK_EQ(cede_sleep(CEDE_MS(50)), 0);
    CHECK_EQ(cede_now(), CEDE_MS(100));
}

TEST_TASK(conformance_tasks, a_failure_stays_unseen_when_the_task_is_cancelled_afterwards)
{
    cede_future *task = cede_spawn(fail, NULL);

    test_capture_reports();
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(!cede_cancel(task));
    cede_future_unref(task);
    CHECK_HAS(test_reports(), "EIO: it failed\n");
}
