/* test_conformance_tasks.c - what CPython's test_tasks.py pins down and our own tests of tasks left
 * open; tests/conformance/asyncio.md says which is which. */
/* SPDX-License-Identifier: MIT */
#include <cede/local.h>

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

static int await_promise(void *arg)
{
    return cede_await(arg);
}

static int cancel_oneself_and_await(void *arg)
{
    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(cede_task_current()));
    return cede_await(arg);
}

TEST_TASK(conformance_tasks, one_who_was_cancelled_before_its_await_cancels_what_it_awaits)
{
    cede_future *promise = cede_future_create(), *nested = cede_spawn(await_promise, promise);
    cede_future *task = cede_spawn(cancel_oneself_and_await, nested);

    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK(cede_future_is_cancelled(task));
    CHECK(cede_future_is_cancelled(nested));
    CHECK(cede_future_is_cancelled(promise));
    cede_future_unref(task);
    cede_future_unref(nested);
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

/* Values of tasks. */

static cede_local number;

static int keep_numbers(void *arg)
{
    const int *mine = arg;

    for (int i = 0; i < 10; i++) {
        CEDE_TRY(cede_local_set(&number, (void *)(mine + i)));
        CEDE_TRY(cede_sleep(CEDE_MS((*mine * 7 + i * 3) % 11)));
        CHECK_PTR(cede_local_get(&number), mine + i);
    }
    return 0;
}

TEST_TASK(conformance_tasks, a_hundred_tasks_that_take_turns_each_have_their_own_value)
{
    enum { N = 100 };
    static int numbers[N + 10];
    cede_future *tasks[N];

    for (int i = 0; i < N; i++) {
        numbers[i] = i;
        tasks[i] = cede_spawn(keep_numbers, &numbers[i]);
    }
    CHECK_EQ(cede_gather(tasks, N, NULL), 0);
    CHECK_PTR(cede_local_get(&number), NULL);
    for (int i = 0; i < N; i++)
        cede_future_unref(tasks[i]);
}

/* Eager tasks. */

static const cede_task_options eager = {.eager = true};

static int keep_it(void *arg)
{
    return cede_future_set(arg, NULL);
}

TEST_TASK(conformance_tasks, an_eager_task_keeps_a_promise_before_the_spawn_returns)
{
    cede_future *promise = cede_future_create();
    cede_future *task = cede_spawn_with(&eager, keep_it, promise);

    CHECK(cede_future_is_done(task));
    CHECK(cede_future_is_done(promise));
    CHECK_EQ(cede_join(promise), 0);
    CHECK_EQ(cede_join(task), 0);
}

TEST_TASK(conformance_tasks, an_eager_task_that_has_ended_cannot_be_cancelled)
{
    int status = 5;
    cede_future *task = cede_spawn_with(&eager, return_it, &status);

    CHECK(!cede_cancel(task));
    CHECK_EQ(cede_await(task), 5);
    CHECK(!cede_future_is_cancelled(task));
    cede_future_unref(task);
}

TEST_TASK(conformance_tasks, an_eager_task_that_waits_is_cancelled_as_any_other)
{
    cede_time nap = CEDE_MS(100);
    cede_future *task = cede_spawn_with(&eager, sleep_for, &nap);

    CHECK(!cede_future_is_done(task));
    CHECK(cede_cancel(task));
    CHECK_EQ(cede_task_cancelling(task), 1);
    CHECK_EQ(cede_await(task), CEDE_EREVOKED);
    CHECK_EQ(cede_now(), 0);
    cede_future_unref(task);
}

static bool is_among_all(const cede_future *task)
{
    cede_future *tasks[8];
    const size_t n = cede_task_all(tasks, 8);
    bool found = false;

    CHECK(n <= 8);
    for (size_t i = 0; i < n; i++) {
        found = found || tasks[i] == task;
        cede_future_unref(tasks[i]);
    }
    return found;
}

static int be_among_all(void *arg)
{
    CHECK(is_among_all(cede_task_current()));
    return arg ? cede_await(arg) : 0;
}

TEST_TASK(conformance_tasks, an_eager_task_is_among_all_tasks_until_it_ends)
{
    cede_future *promise = cede_future_create();
    cede_future *short_one = cede_spawn_with(&eager, be_among_all, NULL);
    cede_future *long_one = cede_spawn_with(&eager, be_among_all, promise);

    CHECK(!is_among_all(short_one));
    CHECK(is_among_all(long_one));
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_EQ(cede_join(short_one), 0);
    CHECK_EQ(cede_await(long_one), 0);
    CHECK(!is_among_all(long_one));
    cede_future_unref(long_one);
    cede_future_unref(promise);
}

static int stay_the_current_one(void *arg)
{
    cede_future *self = cede_task_current();

    *(cede_future **)arg = self;
    CEDE_TRY(cede_sleep(CEDE_MS(100)));
    CHECK_PTR(cede_task_current(), self);
    return 0;
}

TEST_TASK(conformance_tasks, an_eager_task_is_the_current_one_before_and_after_its_first_wait)
{
    cede_future *inside = NULL, *task = cede_spawn_with(&eager, stay_the_current_one, &inside);

    CHECK_PTR(inside, task);
    CHECK_EQ(cede_join(task), 0);
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
