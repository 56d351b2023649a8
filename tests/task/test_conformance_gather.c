/* test_conformance_gather.c - what CPython's test_tasks.py pins down of wait, as_completed, shield
 * and gather and our own tests left open; tests/conformance/asyncio.md says which is which. */
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

static int give_way_twice(void *arg)
{
    (void)arg;
    CEDE_TRY(cede_sleep(0));
    CEDE_TRY(cede_sleep(0));
    return 12;
}

/* Wait and as_completed. */

TEST_TASK(conformance_gather, waiting_again_for_what_is_done_takes_no_time)
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

TEST_TASK(conformance_gather, a_failure_that_is_there_already_ends_a_wait_for_the_first_at_once)
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

TEST_TASK(conformance_gather, what_ends_at_the_instant_of_a_waits_deadline_is_done)
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

TEST_TASK(conformance_gather, a_deadline_that_is_not_needed_does_not_disturb_as_completed)
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

TEST_TASK(conformance_gather, what_is_given_twice_to_wait_counts_once)
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

TEST_TASK(conformance_gather, a_wait_for_the_first_counts_all_that_ended_before_the_waiter_ran)
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

TEST_TASK(conformance_gather, as_completed_may_be_left_and_taken_up_again)
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

TEST_TASK(conformance_gather, as_completed_delivers_all_that_end_in_one_instant)
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

/* Shield and gather. */

static int shield_it(void *arg)
{
    const int rc = cede_shield(arg);

    test_note("shield:%s", rc < 0 ? cede_error_name(rc) : "kept");
    return rc;
}

TEST_TASK(conformance_gather, shield_gives_the_result_also_of_what_is_done)
{
    cede_future *promise = cede_future_create(), *task = cede_spawn(shield_it, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK_EQ(cede_join(task), 0);
    CHECK_STR(test_notes(), "shield:kept");
    CHECK_EQ(cede_shield(promise), 0);
    cede_future_unref(promise);
}

TEST_TASK(conformance_gather, shield_gives_the_failure_with_its_record)
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

TEST_TASK(conformance_gather, a_shielded_gather_goes_on_when_who_awaits_it_is_cancelled)
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

TEST_TASK(conformance_gather, a_cancelled_gather_of_shields_leaves_what_is_behind_them)
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

TEST_TASK(conformance_gather, a_gather_of_all_waits_on_after_failures_and_cancellations)
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
