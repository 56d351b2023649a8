/* test_races.c - races that others needed years for, by their numbers in CPython. Others of these
 * are with their nouns: gh-90155 in test_semaphore.c, gh-77022 and gh-112202 in test_condition.c,
 * gh-128550, gh-128588 and gh-155418 in test_eager.c. */
/* SPDX-License-Identifier: MIT */
#include "harness/harness_task.h"

/* gh-86296: a result and a cancellation, or a time-out, of the same turn. */

static int wait_and_look(void *arg)
{
    test_note("got:%s", cede_error_name(cede_wait_for(arg, CEDE_S(10))));
    test_note("then:%s", cede_error_name(cede_checkpoint()));
    return 0;
}

TEST_TASK(races, d15_gh_86296_a_result_and_then_a_cancellation_in_one_turn_lose_neither)
{
    cede_future *promise = cede_future_create();
    cede_future *waiter = cede_spawn(wait_and_look, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK_EQ(cede_future_set(promise, NULL), 0);
    CHECK(cede_cancel(waiter));
    CHECK_EQ(cede_join(waiter), 0);
    CHECK_STR(test_notes(), "got:0 then:ECANCELED");
    cede_future_unref(promise);
}

TEST_TASK(races, d15_gh_86296_a_cancellation_and_then_a_result_in_one_turn_lose_neither)
{
    cede_future *promise = cede_future_create();
    cede_future *waiter = cede_spawn(wait_and_look, promise);

    CHECK_EQ(cede_sleep(0), 0);
    CHECK(cede_cancel(waiter));
    CHECK_EQ(cede_future_set(promise, "value"), 0);
    CHECK_EQ(cede_join(waiter), 0);
    CHECK_HAS(test_notes(), "then:ECANCELED"); /* that is what was lost */
    CHECK_EQ(cede_future_status(promise), 0);  /* and the result is where it was put */
    cede_future_unref(promise);
}

static void keep(void *promise)
{
    CHECK_EQ(cede_future_set(promise, NULL), 0);
}

TEST_TASK(races, d15_gh_86296_a_result_that_comes_with_the_end_of_the_time_counts)
{
    cede_future *promise = cede_future_create();

    CHECK_EQ(cede_call_later(NULL, CEDE_S(1), keep, promise, NULL), 0);
    CHECK_EQ(cede_wait_for(promise, CEDE_S(1)), 0);
    CHECK_EQ(cede_now(), CEDE_S(1));
    CHECK_EQ(cede_sleep(CEDE_S(1)), 0); /* no time-out is left over */
    CHECK_EQ(cede_task_cancelling(NULL), 0);
    cede_future_unref(promise);
}

/* gh-155433: a group that ends itself does not hide that it is ended from outside. */

static void end_group(void *group)
{
    cede_group_cancel(group);
}

/* A deadline and the group's own end at the same time; what came of it. */
static int end_by_both(bool group_first)
{
    static cede_group group; /* the call may come when this has returned */
    int rc = 0;

    if (group_first)
        CHECK_EQ(cede_call_later(NULL, CEDE_S(1), end_group, &group, NULL), 0);
    CEDE_TIMEOUT(CEDE_S(1), rc) {
        if (!group_first)
            CHECK_EQ(cede_call_later(NULL, CEDE_S(1), end_group, &group, NULL), 0);
        cede_group_init(&group);
        rc = cede_sleep(CEDE_S(5));
        rc = cede_group_join(&group, rc);
    }
    return rc;
}

TEST_TASK(races, d25_gh_155433_a_deadline_and_then_the_groups_own_end_is_a_time_out)
{
    CHECK_EQ(end_by_both(false), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

TEST_TASK(races, d25_gh_155433_the_groups_own_end_and_then_a_deadline_is_a_time_out)
{
    CHECK_EQ(end_by_both(true), -ETIMEDOUT);
    CHECK_EQ(cede_now(), CEDE_S(1));
}

static int join_a_group(void *arg)
{
    cede_group *group = arg;
    int rc;

    cede_group_init(group);
    rc = cede_sleep(CEDE_S(5));
    return cede_group_join(group, rc);
}

TEST_TASK(races, d25_gh_155433_a_cancellation_from_outside_goes_on_past_the_groups_own_end)
{
    for (int cancel_first = 0; cancel_first < 2; cancel_first++) {
        cede_group group;
        cede_future *task = cede_spawn(join_a_group, &group);

        CHECK_EQ(cede_sleep(0), 0);
        if (cancel_first)
            CHECK(cede_cancel(task));
        cede_group_cancel(&group);
        if (!cancel_first)
            CHECK(cede_cancel(task));
        CHECK_EQ(cede_join(task), CEDE_EREVOKED);
    }
}
